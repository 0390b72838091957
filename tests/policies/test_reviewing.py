"""Looking at the policy again: late to the instant, open again by itself, and asked for by what happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from stairgate.channels.selectors import channel_now
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import RoleHeld
from stairgate.organisations.roles import end_role, give_role
from stairgate.organisations.rules import Role
from stairgate.policies.models import Trigger
from stairgate.policies.review import ReviewFacts, dues, overdue
from stairgate.policies.reviewing import (
    CannotReview,
    keep_as_it_is,
    note_trigger,
    review_dues,
    review_now,
)
from stairgate.policies.selectors import in_force
from stairgate.policies.services import adopt
from tests.cast import Cast, willow_lane

LONDON = ZoneInfo("Europe/London")
INSTANT = timedelta(microseconds=1)


@pytest.mark.clause("C105")
@pytest.mark.clause("C106")
@given(
    minutes=st.integers(0, 1_000_000),
    days=st.integers(1, 366),
    trigger_days=st.integers(1, 28),
)
def test_a_look_is_late_the_instant_after_it_is_due(minutes: int, days: int, trigger_days: int) -> None:
    at = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)).astimezone(LONDON)
    facts = ReviewFacts(at, days, trigger_days, LONDON)
    for known in (
        facts,
        replace(facts, asked_at=at + timedelta(hours=1)),
        replace(facts, lead_changed_on=at.date() + timedelta(days=1)),
    ):
        first = dues(known)[0]
        assert overdue(dues(known), first.at) is None
        assert overdue(dues(known), first.at + INSTANT) == first
    assert len(dues(replace(facts, asked_at=at, lead_changed_on=at.date()))) == 3


def test_the_days_after_a_change_of_lead_count_whole_through_the_change_of_the_clocks() -> None:
    facts = ReviewFacts(
        datetime(2026, 10, 1, tzinfo=LONDON), 365, 28, LONDON, lead_changed_on=date(2026, 10, 10)
    )
    assert dues(facts)[0].at == datetime(2026, 11, 8, tzinfo=LONDON)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return willow_lane(now)


def shut_by(cast: Cast, at: datetime) -> set[str]:
    return {found.clause for found in channel_now(cast.channel, at).restrictions} & {"C105", "C106"}


def keep(cast: Cast, at: datetime, **change: object) -> None:
    page = review_now(cast.organisation, at)
    assert page is not None
    given: dict[str, object] = {"seen": page.seen, "reason": "Gwen and I read it all.", **change}
    actor = given.pop("actor", cast.priya)
    keep_as_it_is(actor=actor, organisation=cast.organisation, at=at, **given)  # type: ignore[arg-type]


@pytest.mark.clause("C105")
def test_a_late_look_shuts_the_account_and_looking_opens_it(cast: Cast, now: datetime) -> None:
    due = now + timedelta(days=cast.policy.parameters.review_every_days)
    assert shut_by(cast, due) == set() and shut_by(cast, due + INSTANT) == {"C105"}
    # to correct a detail is no look at the whole
    adopt(
        actor=cast.priya,
        organisation=cast.organisation,
        title="Policy",
        text="Corrected",
        parameters=cast.policy.parameters,
        at=now + timedelta(days=300),
        correction=True,
    )
    assert shut_by(cast, due + INSTANT) == {"C105"}
    with pytest.raises(NotAllowed):
        keep(cast, due + INSTANT, actor=cast.kofi)
    with pytest.raises(CannotReview, match="Say in a sentence"):
        keep(cast, due + INSTANT, reason="   fine    ")
    keep(cast, due + INSTANT)
    assert shut_by(cast, due + INSTANT) == set()
    assert shut_by(cast, due + timedelta(days=365) + INSTANT) == set()
    assert shut_by(cast, due + timedelta(days=365) + 2 * INSTANT) == {"C105"}


@pytest.mark.clause("C106")
def test_what_happens_asks_for_a_look_and_nobody_decides_without_seeing_it(cast: Cast, now: datetime) -> None:
    def note(actor: object, at: datetime) -> Trigger:
        kind, words = Trigger.Kind.GUIDANCE, "The EYFS of next September"
        return note_trigger(actor=actor, organisation=cast.organisation, kind=kind, note=words, at=at)  # type: ignore[arg-type]

    for other in (cast.tom, cast.outsider):
        with pytest.raises(NotAllowed):
            note(other, now)
    with pytest.raises(CannotReview, match="in up to 300 letters"):
        note_trigger(
            actor=cast.gwen, organisation=cast.organisation, kind=Trigger.Kind.OTHER, note=" ", at=now
        )
    page = review_now(cast.organisation, now)
    assert page is not None
    # noted at the very moment of the last look: it was not seen by it
    trigger = note(cast.gwen, now)
    assert trigger.noted_at > now
    due = trigger.noted_at + timedelta(days=cast.policy.parameters.trigger_review_days)
    assert shut_by(cast, due) == set() and shut_by(cast, due + INSTANT) == {"C106"}
    with pytest.raises(CannotReview, match="Something more has happened"):
        keep(cast, due, seen=page.seen)
    keep(cast, due + INSTANT)
    assert shut_by(cast, due + INSTANT) == set()
    after = review_now(cast.organisation, due + INSTANT)
    assert after is not None and after.triggers == () and len(after.reviews) == 1


@pytest.mark.clause("C106")
def test_a_change_of_lead_asks_for_a_look_also_on_the_day_of_the_last_one(cast: Cast, now: datetime) -> None:
    day = cast.organisation.day(now)
    assert [due.clause for due in review_dues(cast.policy)] == ["C105"]
    give_role(
        actor=cast.priya,
        membership=cast.member(cast.kofi),
        role=Role.DSL,
        starts_on=day,
        ends_on=None,
        at=now,
    )
    [change, _] = review_dues(cast.policy)
    assert change.title == "The safeguarding lead has changed"
    assert shut_by(cast, change.at) == set() and shut_by(cast, change.at + INSTANT) == {"C106"}
    keep(cast, now)
    version = in_force(cast.organisation)
    assert version is not None and [due.clause for due in review_dues(version)] == ["C105"]
    later = now + timedelta(days=5)
    end_role(actor=cast.priya, held=RoleHeld.objects.get(role=Role.DSL, membership__user=cast.gwen), at=later)
    version = in_force(cast.organisation)
    assert version is not None and [due.clause for due in review_dues(version)] == ["C106", "C105"]
