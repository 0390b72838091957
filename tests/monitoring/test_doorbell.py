"""A webhook is a doorbell and no more: believed only when signed, heard once, and what it says is read back."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from stairgate.monitoring import collect, hooks, keeping
from stairgate.monitoring.models import Item, Receipt, Sweep
from stairgate.networks.facebook import Facebook
from tests.cast import Cast
from tests.monitoring.hands import read
from tests.practice.fixtures import Practice
from tests.practice.listener import Listener, Ring, listening

LATER = timedelta(hours=5)


@pytest.fixture
def listener(practice: Practice) -> Iterator[Listener]:
    """Where the practice network rings: a test carries on to Stairgate what came, as it came."""
    with listening(practice.given["verify_token"]) as heard:
        Facebook().subscribe(practice.account, heard.url)
        yield heard
    practice.deed("reset")


@pytest.fixture
def quiet(cast: Cast) -> Sweep:
    """An account that was read just now and is not due for hours."""
    now = timezone.now()
    return Sweep.objects.create(channel=cast.channel, due_at=now + LATER, complete_at=now)


class Door:
    """Stairgate's own door, where a network rings."""

    def __init__(self, cast: Cast, practice: Practice, client: Client) -> None:
        self.address = f"/hooks/facebook/{cast.channel.pk}/"
        self._secret = practice.given["app_secret"].encode()
        self._client = client

    def carry(self, ring: Ring) -> Any:
        """Deliver exactly what the practice network sent."""
        return self.ring(ring.raw, ring.headers["X-Hub-Signature-256"])

    def ring(self, raw: bytes, signature: str = "", to: str = "", **more: Any) -> Any:
        headers = {"X-Hub-Signature-256": signature} if signature else {}
        return self._client.post(
            to or self.address, raw, content_type="application/json", headers=headers, **more
        )

    def signed(self, raw: bytes) -> Any:
        return self.ring(raw, "sha256=" + hmac.new(self._secret, raw, hashlib.sha256).hexdigest())

    def get(self, **query: str) -> Any:
        return self._client.get(self.address, {f"hub.{key}": value for key, value in query.items()})


@pytest.fixture
def door(cast: Cast, practice: Practice, client: Client) -> Door:
    return Door(cast, practice, client)


def note(page: str, **value: object) -> bytes:
    entry = {"id": page, "time": 1, "changes": [{"field": "feed", "value": {"item": "comment", **value}}]}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


def due() -> bool:
    return Sweep.objects.get().due_at <= timezone.now()


def rings(listener: Listener, count: int) -> list[Ring]:
    return listener.wait(lambda heard: len(heard) >= count)


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


def test_it_is_signed_over_its_raw_bytes(
    quiet: Sweep, door: Door, practice: Practice, listener: Listener, on_page: str
) -> None:
    practice.comment(on_page, "Sam", "Lovely")
    (ring,) = rings(listener, 1)
    same = json.dumps(json.loads(ring.raw), indent=1).encode()
    assert json.loads(same) == json.loads(ring.raw)
    assert door.ring(same, ring.headers["X-Hub-Signature-256"]).status_code == 403
    assert not due()


@pytest.mark.parametrize(
    "signature", ["", "sha256=", "sha256=00", "sha1=00", "nonsense", "sha256=" + "é" * 64], ids=ascii
)
def test_a_false_signature_rings_nothing_and_is_counted(
    quiet: Sweep, door: Door, practice: Practice, signature: str
) -> None:
    assert door.ring(note(practice.page, verb="add"), signature).status_code == 403
    row = Sweep.objects.get()
    assert (row.bad_signatures, row.rung_at, row.rung_posts) == (1, None, [])
    assert not due() and not Receipt.objects.exists()


def test_the_practice_networks_forgery_is_turned_away_and_polling_finds_the_comment(
    quiet: Sweep, door: Door, practice: Practice, listener: Listener, on_page: str
) -> None:
    practice.fault("webhook_bad_signature")
    practice.comment(on_page, "Sam", "Lovely")
    (ring,) = rings(listener, 1)
    assert door.carry(ring).status_code == 403 and not due()
    read()
    assert Item.objects.get().text == "Lovely"


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"entry": 1}'], ids=ascii
)
def test_what_is_signed_and_makes_no_sense_is_turned_away(quiet: Sweep, door: Door, raw: bytes) -> None:
    assert door.signed(raw).status_code == 403
    assert not due() and not Receipt.objects.exists()


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 413)])
def test_what_is_too_long_is_not_read(
    quiet: Sweep, door: Door, practice: Practice, more: int, status: int
) -> None:
    raw = note(practice.page, verb="add")
    long = raw + b" " * (hooks.MOST_BYTES + more - len(raw))
    assert door.signed(long).status_code == status
    assert due() is (status == 200)


def test_a_length_that_is_no_number_is_a_bad_request(quiet: Sweep, door: Door) -> None:
    assert door.ring(b"{}", CONTENT_LENGTH="many").status_code == 400


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
    monkeypatch.setattr("stairgate.networks.facebook.client.NEWEST_POSTS", 0)
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
    Sweep.objects.update(due_at=timezone.now())
    collect.sweep(timezone.now(), "test")
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


# ── Whose door it is ──


def test_a_ring_at_no_door_of_ours_is_not_there(cast: Cast, door: Door, practice: Practice) -> None:
    for address in (
        f"/hooks/facebook/{uuid4()}/",
        f"/hooks/bluesky/{cast.channel.pk}/",
        "/hooks/facebook/x/",
    ):
        assert door.ring(b"{}", to=address).status_code == 404
    cast.channel.connection.delete()
    assert door.ring(b"{}").status_code == 404
    assert not Sweep.objects.exists()


def test_a_note_about_another_page_changes_nothing_here(quiet: Sweep, door: Door) -> None:
    raw = note("100000000000009", verb="add", comment_id="1_2", post_id="100000000000009_1")
    assert door.signed(raw).status_code == 200
    assert Sweep.objects.get().rung_posts == []


def test_the_handshake_echoes_the_challenge_to_who_knows_the_token(door: Door, practice: Practice) -> None:
    ours = practice.given["verify_token"]
    answer = door.get(mode="subscribe", verify_token=ours, challenge="<b>42</b>")
    assert (answer.status_code, answer.content) == (200, b"<b>42</b>")
    assert answer["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"mode": "subscribe", "challenge": "echo-me"},
        {"mode": "subscribe", "verify_token": "", "challenge": "echo-me"},
        {"mode": "subscribe", "verify_token": "another", "challenge": "echo-me"},
        {"mode": "unsubscribe", "verify_token": "ours", "challenge": "echo-me"},
    ],
)
def test_the_handshake_is_nobody_elses(door: Door, practice: Practice, query: dict[str, str]) -> None:
    given = {
        key: practice.given["verify_token"] if value == "ours" else value for key, value in query.items()
    }
    answer = door.get(**given)
    assert answer.status_code == 404 and b"echo-me" not in answer.content
