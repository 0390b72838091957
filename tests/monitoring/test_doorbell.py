"""A webhook is a doorbell and no more: believed only when signed, heard once, and what it says is read back."""

from __future__ import annotations

import pytest
from django.utils import timezone

from stairgate.monitoring import collect, keeping
from stairgate.monitoring.models import Item, Receipt, Sweep
from tests.monitoring.door import Door, due, note, rings
from tests.monitoring.hands import push_down, read
from tests.practice.fixtures import Practice
from tests.practice.listener import Listener

# ── What is believed ──


def test_it_is_heard_and_the_words_are_read_back(
    quiet: Sweep, door: Door, practice: Practice, listener: Listener, on_page: str
) -> None:
    practice.comment(on_page, "Sam", "Lovely")
    (ring,) = rings(listener, 1)
    assert door.carry(ring).status_code == 200
    assert due() and not Item.objects.exists()  # nothing is kept from the webhook itself
    collect.sweep(timezone.now(), "test")
    assert Item.objects.get().text == "Lovely"


def test_nothing_it_says_is_believed_even_signed(
    quiet: Sweep, door: Door, practice: Practice, on_page: str
) -> None:
    made = practice.comment(on_page, "Sam", "Lovely")
    there = {"comment_id": made, "post_id": on_page, "from": {"id": "5", "name": "Max"}}
    assert door.signed(note(practice.page, verb="add", message="Horrid", **there)).status_code == 200
    invented = {"comment_id": "9_9", "post_id": f"{practice.page}_9", "message": "Invented"}
    assert door.signed(note(practice.page, verb="add", **invented)).status_code == 200
    assert door.signed(note(practice.page, verb="remove", **there)).status_code == 200
    collect.sweep(timezone.now(), "test")
    item = Item.objects.get()
    assert (item.text, item.author_name, item.gone_at) == ("Lovely", "Sam", None)


def test_the_practice_networks_forgery_is_turned_away_and_polling_finds_the_comment(
    quiet: Sweep, door: Door, practice: Practice, listener: Listener, on_page: str
) -> None:
    practice.fault("webhook_bad_signature")
    practice.comment(on_page, "Sam", "Lovely")
    (ring,) = rings(listener, 1)
    assert door.carry(ring).status_code == 404 and not due()
    read()
    assert Item.objects.get().text == "Lovely"


# ── Twice, late, out of order ──


def test_it_is_heard_once_however_often_it_comes(
    quiet: Sweep, door: Door, practice: Practice, listener: Listener, on_page: str
) -> None:
    practice.fault("webhook_duplicate")
    practice.comment(on_page, "Sam", "Lovely")
    first, second = rings(listener, 2)
    assert door.carry(first).status_code == 200
    rung = Sweep.objects.get().rung_at
    collect.sweep(timezone.now(), "test")
    for _ in range(3):  # Facebook's own repeat, and somebody who recorded it
        assert door.carry(second).status_code == 200
    assert Sweep.objects.get().rung_at == rung and not due()
    assert Receipt.objects.count() == 1 and Item.objects.count() == 1


def test_one_that_comes_out_of_order_brings_back_no_old_words(
    quiet: Sweep, door: Door, practice: Practice, listener: Listener, on_page: str
) -> None:
    practice.fault("webhook_out_of_order")
    made = practice.comment(on_page, "Sam", "Lovely")
    practice.deed("edit-comment", comment=made, message="Not lovely at all")
    after, before = rings(listener, 2)
    assert (after.value["verb"], before.value["verb"]) == ("edited", "add")
    for ring in (after, before):
        door.carry(ring)
        collect.sweep(timezone.now(), "test")
    item = Item.objects.get()
    assert [seen.text for seen in item.sightings.all()] == ["Not lovely at all"]


def test_one_that_comes_late_brings_back_nothing_that_is_gone(
    quiet: Sweep, door: Door, practice: Practice, listener: Listener, on_page: str
) -> None:
    practice.fault("webhook_late", seconds=0.5)
    made = practice.comment(on_page, "Sam", "Lovely")
    read()
    practice.deed("delete-comment", comment=made)
    read()
    assert Item.objects.get().gone_at is not None
    for ring in rings(listener, 2):
        assert door.carry(ring).status_code == 200
    collect.sweep(timezone.now(), "test")
    assert Item.objects.get().gone_at is not None


def test_it_is_heard_for_posts_that_are_read_no_longer(
    quiet: Sweep, door: Door, practice: Practice, on_page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "RECENT_POSTS", 0)
    push_down(practice, monkeypatch)
    made = practice.comment(on_page, "Sam", "Years later")
    read()
    assert not Item.objects.exists()
    door.signed(note(practice.page, verb="add", comment_id=made, post_id=on_page))
    collect.sweep(timezone.now(), "test")
    assert Item.objects.get().text == "Years later" and Sweep.objects.get().rung_posts == []


def test_a_ring_waits_as_long_as_the_network_asked_us_to(
    quiet: Sweep, door: Door, practice: Practice, on_page: str
) -> None:
    practice.fault("throttle")
    practice.deed("usage", percent=100)  # five minutes until it answers again
    read()
    wait = Sweep.objects.get().not_before
    assert wait is not None and wait > timezone.now()
    door.signed(note(practice.page, verb="add", comment_id=f"{on_page}_1", post_id=on_page))
    assert not due() and Sweep.objects.get().due_at == wait
    practice.deed("usage", percent=3)
    read()
    assert Sweep.objects.get().not_before is None


def test_it_is_heard_in_the_middle_of_a_reading(
    quiet: Sweep, door: Door, practice: Practice, on_page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = keeping.keep

    def rung_meanwhile(*given: object) -> int:
        made = practice.comment(on_page, "Sam", "Just after")
        door.signed(note(practice.page, verb="add", comment_id=made, post_id=on_page))
        return keep(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(keeping, "keep", rung_meanwhile)
    read()
    monkeypatch.undo()
    assert due() and not Item.objects.exists()
    collect.sweep(timezone.now(), "test")
    assert Item.objects.get().text == "Just after"
