"""What is alike is shown and decided together; and what we know of whoever wrote it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from stairgate.monitoring.alike import keys
from stairgate.monitoring.alike.rules import keys_of, links_of, plain
from stairgate.monitoring.alike.services import MOST_TOGETHER, decide_together
from stairgate.monitoring.looks.services import ask_look
from stairgate.monitoring.models import Decision, Item, Likeness
from stairgate.monitoring.selectors import alike
from stairgate.monitoring.serious.services import stop
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.publishing.services import Refusal
from tests.cast import Cast
from tests.monitoring.hands import decide
from tests.monitoring.pages import signed_in
from tests.monitoring.test_again import FOUND, keep

SPAM = "FREE childcare vouchers! Look: https://www.vouchers.example/get?who=1"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lovely soup!", "  lovely   SOUP…"),
        ("Café day", "cafe day!!"),
        ("See www.vouchers.example/get", "Go to HTTPS://vouchers.example/get/?a=2#x now"),
        ("❤️", "❤️"),
    ],
)
def test_the_same_plain_words_or_a_same_link_are_alike(one: str, other: str) -> None:
    assert keys_of(one) & keys_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Lovely soup", "Lovely bread"), ("a.example/x", "b.example/x"), ("", ""), ("❤️", "😡")],
)
def test_other_words_and_other_links_are_not(one: str, other: str) -> None:
    assert not keys_of(one) & keys_of(other)


@given(st.text())
def test_keys_are_digests_and_never_words(text: str) -> None:
    found = keys_of(text)
    assert all(len(key) == 33 and key[0] in "wl" for key in found)
    assert bool(found) is bool(plain(text) or text.strip())
    assert keys_of(f"{text} ") == found


def test_a_full_stop_after_a_link_is_not_part_of_it() -> None:
    assert links_of("Go to https://a.example/b. Or www.c.example!") == ["a.example/b", "c.example"]


@pytest.fixture
def items(cast: Cast) -> list[Item]:
    """Three of the same spam, and something else by the account of the first."""
    found = [
        replace(
            FOUND, external_id=f"s{number}", author_id=f"{number}", author_name=f"spam{number}", text=SPAM
        )
        for number in range(3)
    ]
    other = replace(found[0], external_id="k", text="Lovely", created_at=FOUND.created_at - timedelta(days=1))
    keep(cast, *found, other)
    return list(Item.objects.filter(text=SPAM).order_by("external_id"))


def together(
    actor: User, items: list[Item], kind: Decision.Kind = Decision.Kind.HIDE, reason: str = "A scam"
) -> tuple[int, int]:
    read: dict[UUID, str] = {one.pk: one.version for one in items}
    done = decide_together(actor=actor, item=items[0], read=read, kind=kind, reason=reason, at=timezone.now())
    return done.decided, done.left


@pytest.mark.clause("C40")
def test_all_that_were_shown_are_decided_each_with_its_own_row(cast: Cast, items: list[Item]) -> None:
    assert together(cast.kofi, items) == (3, 0)
    assert Decision.objects.filter(kind="hide", by=cast.kofi, reason="A scam").count() == 3
    assert Item.objects.get(text="Lovely").state == Item.State.OPEN


@pytest.mark.clause("C40")
def test_what_changed_meanwhile_or_is_not_alike_is_left(cast: Cast, items: list[Item]) -> None:
    Item.objects.filter(pk=items[1].pk).update(text=f"{SPAM} Changed")
    stop(actor=cast.gwen, organisation=cast.organisation, item=items[2], at=timezone.now())
    lovely = Item.objects.get(text="Lovely")
    assert together(cast.kofi, [*items, lovely]) == (1, 3)
    lovely.refresh_from_db()
    assert lovely.state == Item.State.OPEN


def test_ones_own_decision_that_is_asked_about_is_left(cast: Cast, items: list[Item]) -> None:
    decide(cast.kofi, items[1], Decision.Kind.NO_ACTION)
    items[1].refresh_from_db()
    version = items[1].version
    ask_look(actor=cast.gwen, item=items[1], version=version, why="A scam?", at=timezone.now())
    items[1].refresh_from_db()
    assert together(cast.kofi, items) == (2, 1)


def test_nothing_is_decided_when_one_of_them_cannot_be(cast: Cast, items: list[Item]) -> None:
    with pytest.raises(Refusal):
        together(cast.kofi, items, Decision.Kind.REPORT)
    with pytest.raises(Refusal):
        together(cast.kofi, items, reason=" ")
    for kind in (Decision.Kind.DELETE, Decision.Kind.SHOW, Decision.Kind.REPLY, Decision.Kind.FAMILY):
        with pytest.raises(Refusal, match="one by one"):
            together(cast.kofi, items, kind)
    for actor in (cast.tom, cast.outsider):
        with pytest.raises(NotAllowed):
            together(actor, items)
    assert not Decision.objects.exists()


def test_only_so_many_at_once(cast: Cast, items: list[Item]) -> None:
    read = {UUID(int=number): "x" for number in range(MOST_TOGETHER + 1)}
    for wrong in (read, {}):
        with pytest.raises(Refusal, match="Choose some"):
            decide_together(
                actor=cast.kofi,
                item=items[0],
                read=wrong,
                kind=Decision.Kind.HIDE,
                reason="A scam",
                at=timezone.now(),
            )


@pytest.mark.clause("C59")
def test_what_may_be_by_a_child_is_decided_by_itself(cast: Cast, items: list[Item]) -> None:
    Item.objects.filter(pk=items[1].pk).update(under_18=True)
    assert [one.pk for one in alike(items[0])] == [items[2].pk]


def test_what_was_there_before_is_found_after_a_sweep(cast: Cast, items: list[Item]) -> None:
    Likeness.objects.all().delete()
    assert not alike(items[0]).exists()
    assert keys.sweep(timezone.now(), "w") == 4 and keys.sweep(timezone.now(), "w") == 0
    assert alike(items[0]).count() == 2


def test_a_changed_comment_is_like_others_by_its_new_words(cast: Cast, items: list[Item]) -> None:
    keep(cast, replace(FOUND, external_id="s1", author_id="1", author_name="spam1", text="Sorry"))
    assert [one.pk for one in alike(items[0])] == [items[2].pk]


def test_the_item_says_what_we_know_of_its_writer(
    cast: Cast, items: list[Item], settings: LazySettings
) -> None:
    settings.DEMO = True
    decide(cast.gwen, Item.objects.get(text="Lovely"), Decision.Kind.NO_ACTION)
    page = signed_in(cast.kofi).get(reverse("monitoring:item", args=[items[0].pk])).content.decode()
    assert "1 other thing" in page and "“Lovely”" in page and "No action needed" in page
    assert "2 others wait" in page
    page = signed_in(cast.kofi).get(reverse("monitoring:item", args=[items[1].pk])).content.decode()
    assert "We know nothing else from this account here." in page


def test_by_its_form_and_for_nobody_elsewhere(cast: Cast, items: list[Item], settings: LazySettings) -> None:
    settings.DEMO = True
    where = reverse("monitoring:alike", args=[items[0].pk])
    kofi, stranger = signed_in(cast.kofi), signed_in(cast.outsider)
    typed = {"kind": "hide", "reason": "A scam", "read": [f"{one.pk} {one.version}" for one in items]}
    assert stranger.get(where).status_code == stranger.post(f"{where}decide/", typed).status_code == 404
    page = kofi.get(where).content.decode()
    assert page.count("vouchers.example") == 3 and 'value="delete"' not in page
    assert kofi.post(f"{where}decide/", typed | {"kind": "delete"}).status_code == 404
    assert kofi.post(f"{where}decide/", typed | {"reason": ""}).status_code == 422
    assert kofi.post(f"{where}decide/", typed | {"read": "nonsense"}).status_code == 422
    assert kofi.post(f"{where}decide/", typed).status_code == 302
    assert "None of them waits any more" in kofi.get(where).content.decode()
