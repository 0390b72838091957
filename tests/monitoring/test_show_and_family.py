"""Showing again what is hidden, and asking a family to take something down."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from stairgate.monitoring.families import services as families
from stairgate.monitoring.families.rules import LONGEST_WAIT, ask_problem
from stairgate.monitoring.models import Decision, FamilyAsk, Item
from stairgate.monitoring.serious.services import stop
from stairgate.organisations.access import NotAllowed
from stairgate.publishing.services import Refusal
from tests.cast import Cast
from tests.monitoring.hands import act, decide, kinds, read
from tests.monitoring.pages import signed_in
from tests.practice.fixtures import Practice

HARM = "Which days is the one in the red coat in? I am round there most mornings"
TODAY = date(2026, 12, 1)
GOOD: dict[str, Any] = {"what": "Take the picture down", "of_whom": "Maisie’s gran", "way": "phone"}


@given(st.integers(-400, 400))
def test_the_day_to_look_again_is_tomorrow_at_the_earliest_and_soon(days: int) -> None:
    problem = ask_problem(**GOOD, look_on=TODAY + timedelta(days=days), today=TODAY)
    assert (problem == "") is (0 < days <= LONGEST_WAIT.days)


@pytest.mark.parametrize(
    "wrong", [{"what": "x"}, {"what": "x" * 301}, {"of_whom": ""}, {"of_whom": "x" * 101}, {"way": "fax"}]
)
def test_what_of_whom_and_how_have_to_be_said(wrong: dict[str, str]) -> None:
    assert ask_problem(**(GOOD | wrong), look_on=TODAY + timedelta(days=1), today=TODAY)
    assert ask_problem(**GOOD, look_on=None, today=TODAY)


@pytest.fixture
def item(cast: Cast, practice: Practice, on_page: str) -> Item:
    practice.comment(on_page, "Gran", "Here is Maisie at the pond")
    read()
    return Item.objects.get()


def asked(cast: Cast, item: Item, **other: Any) -> FamilyAsk:
    values = GOOD | {"look_on": cast.organisation.day(timezone.now()) + timedelta(days=2)} | other
    return families.ask_family(actor=cast.kofi, item=item, version=item.version, at=timezone.now(), **values)


@pytest.mark.clause("C40")
def test_it_comes_back_on_its_day_when_it_is_still_there(cast: Cast, item: Item) -> None:
    ask = asked(cast, item)
    assert ask.decision.kind == Decision.Kind.FAMILY and ask.decision.reason == "Take the picture down"
    assert not item.actions.exists(), "nothing is done on the page"
    assert families.sweep(ask.due_at - timedelta(seconds=1), "w") == 0
    assert Item.objects.get().state == Item.State.DECIDED
    assert families.sweep(ask.due_at, "w") == 1 and families.sweep(ask.due_at, "w") == 0
    assert Item.objects.get().state == Item.State.OPEN and "monitoring.family_looked" in kinds(cast)
    assert cast.organisation.local(ask.due_at).hour == 0


@pytest.mark.clause("C40")
def test_it_stays_away_when_the_family_removed_it(cast: Cast, practice: Practice, item: Item) -> None:
    ask = asked(cast, item)
    practice.deed("delete-comment", comment=item.external_id)
    read()
    assert families.sweep(ask.due_at, "w") == 0
    ask.refresh_from_db()
    assert ask.was_gone and Item.objects.get().state == Item.State.DECIDED


def test_what_was_stopped_meanwhile_is_left_to_those_steps(cast: Cast, item: Item) -> None:
    ask = asked(cast, item)
    stop(actor=cast.gwen, organisation=cast.organisation, item=item, at=timezone.now())
    Item.objects.update(state=Item.State.DECIDED)
    families.sweep(ask.due_at, "w")
    assert Item.objects.get().state == Item.State.DECIDED


@pytest.mark.clause("C40")
def test_who_may_not_decide_asks_no_family_and_not_about_old_words(cast: Cast, item: Item) -> None:
    for actor in (cast.tom, cast.outsider):
        with pytest.raises(NotAllowed):
            families.ask_family(
                actor=actor,
                item=item,
                version=item.version,
                at=timezone.now(),
                look_on=cast.organisation.day(timezone.now()) + timedelta(days=1),
                **GOOD,
            )
    with pytest.raises(Refusal):
        asked(cast, item, look_on=None)
    Item.objects.update(text="Something else")
    with pytest.raises(Refusal, match="changed"):
        asked(cast, item)
    Item.objects.update(gone_at=timezone.now())
    with pytest.raises(Refusal, match="no longer"):
        asked(cast, item)
    assert not Decision.objects.exists()
    with pytest.raises(Refusal):
        decide(cast.kofi, item, Decision.Kind.FAMILY)


@pytest.fixture
def hidden(cast: Cast, practice: Practice, on_page: str) -> Item:
    practice.comment(on_page, "friendly_8", HARM)
    read()
    act()
    return Item.objects.get()


@pytest.mark.clause("C40")
def test_what_stairgate_hid_is_shown_again_by_one_press(
    cast: Cast, practice: Practice, hidden: Item, settings: LazySettings
) -> None:
    settings.DEMO = True
    client = signed_in(cast.gwen)
    page = client.get(reverse("monitoring:item", args=[hidden.pk])).content.decode()
    assert 'value="show"' in page and "Stairgate hid it by itself. I have read it" in page
    assert 'value="no_action"' not in page and "{#" not in page
    typed = {"kind": "show", "version": hidden.version, "reason": "It is our own gran, and she means well"}
    assert client.post(reverse("monitoring:decide", args=[hidden.pk]), typed).status_code == 302
    act()
    assert "red coat" in practice.public_page()
    hidden.refresh_from_db()
    assert not hidden.is_hidden and hidden.decisions.get().kind == Decision.Kind.SHOW


def test_once_somebody_has_decided_no_reason_is_filled_in(
    cast: Cast, hidden: Item, settings: LazySettings
) -> None:
    settings.DEMO = True
    decide(cast.kofi, hidden, Decision.Kind.HIDE)
    page = signed_in(cast.gwen).get(reverse("monitoring:item", args=[hidden.pk])).content.decode()
    assert 'value="show"' in page and "hid it by itself" not in page


def test_what_is_to_be_seen_cannot_be_shown_again(cast: Cast, item: Item) -> None:
    with pytest.raises(Refusal, match="not hidden"):
        decide(cast.kofi, item, Decision.Kind.SHOW)


def test_a_hide_on_its_way_can_be_undone(cast: Cast, practice: Practice, item: Item) -> None:
    decide(cast.kofi, item, Decision.Kind.HIDE)
    decide(cast.kofi, Item.objects.get(), Decision.Kind.SHOW)
    for _ in range(2):
        act()
    assert "Maisie" in practice.public_page()


def test_by_its_form_and_for_nobody_elsewhere(cast: Cast, item: Item, settings: LazySettings) -> None:
    settings.DEMO = True
    where = reverse("monitoring:item", args=[item.pk])
    day = cast.organisation.day(timezone.now()) + timedelta(days=2)
    typed = GOOD | {"version": item.version, "look_on": day.isoformat()}
    assert signed_in(cast.outsider).post(f"{where}family/", typed).status_code == 404
    kofi = signed_in(cast.kofi)
    for wrong in ({"of_whom": ""}, {"look_on": "never"}):
        refused = kofi.post(f"{where}family/", typed | wrong)
        assert refused.status_code == 422 and "Take the picture down" in refused.content.decode()
    assert kofi.post(f"{where}family/", typed).status_code == 302
    page = kofi.get(where).content.decode()
    assert "Maisie’s gran, by telephone" in page
    assert kofi.post(f"{where}decide/", {"kind": "family", "reason": "x y z"}).status_code == 404
