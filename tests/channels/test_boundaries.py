"""An account is restricted and open again exactly at the instants when a day of the setting begins, wherever it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from stairgate.channels.selectors import accounts_now, channel_now
from stairgate.organisations.models import Membership, Organisation, RoleHeld
from stairgate.organisations.rules import Duty
from stairgate.people.models import Check, Person, Training
from stairgate.people.services import record_training
from stairgate.policies.selectors import fit_for, in_force, why_not
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.fixture
def cast(db: None, settings: Any) -> Cast:
    settings.DEMO = True
    return willow_lane(NOW)


def shut_by(cast: Cast, at: datetime) -> set[str]:
    """The clauses that shut the account, as both readers of it say."""
    cast.channel.organisation.refresh_from_db()
    one = {found.clause for found in channel_now(cast.channel, at).restrictions}
    [row] = accounts_now(cast.channel.organisation, at)
    assert one == {found.clause for found in row.restrictions}
    return one & {"C18", "C54"}


#: the last day something holds, beside a change of the clocks; in Santiago midnight itself is left out that night
DAYS = [
    ("Europe/London", date(2026, 3, 28)),
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 24)),
    ("Europe/London", date(2026, 10, 25)),
    ("America/Santiago", date(2026, 9, 5)),
    ("Pacific/Auckland", date(2026, 4, 5)),
    ("Asia/Kathmandu", date(2026, 6, 30)),
]


@pytest.mark.clause("C18")
@pytest.mark.clause("C19")
@pytest.mark.clause("C20")
@pytest.mark.clause("C54")
@pytest.mark.parametrize(("zone", "last"), DAYS)
def test_shut_from_the_first_instant_of_the_day_after_and_open_when_mended(
    cast: Cast, zone: str, last: date
) -> None:
    Organisation.objects.update(timezone=zone)
    over = datetime.combine(last + timedelta(days=1), time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    kofi = Person.objects.get(user=cast.kofi)
    member = Membership.objects.get(user=cast.kofi)
    far = date(2028, 1, 1)
    for rows, field, clause in (
        (Check.objects.filter(person=kofi), "review_on", "C18"),
        (kofi.training.filter(course=Training.Course.SAFEGUARDING), "expires_on", "C18"),
        (kofi.training.filter(course=Training.Course.ONLINE_SAFETY), "expires_on", "C54"),
        (RoleHeld.objects.filter(membership=member, role="page_administrator"), "ends_on", "C18"),
    ):
        rows.update(**{field: last})
        assert shut_by(cast, over - TICK) == set(), (field, "its last day counts to the end")
        assert shut_by(cast, over) == {clause}, (field, "and not an instant longer")
        rows.update(**{field: far})
        assert shut_by(cast, over) == set(), (field, "mended: open by itself")
    Check.objects.filter(person=kofi).update(review_on=last)
    place = Organisation.objects.get(pk=cast.organisation.pk)
    for at, fits in ((over - TICK, True), (over, False)):
        on = place.day(at)
        for duty in (Duty.WRITE, Duty.APPROVE, Duty.DECIDE, Duty.LOOK_AFTER):
            fit = fit_for(place, duty, parameters=cast.policy.parameters, on=on)
            assert (cast.kofi in [row.user for row in fit]) is fits
            assert (why_not(member, duty, version=in_force(place), on=on) == ()) is fits


@pytest.mark.clause("C54")
def test_two_people_with_online_safety_training_whoever_they_are(cast: Cast) -> None:
    day = cast.organisation.day(NOW)
    rows = Training.objects.filter(course=Training.Course.ONLINE_SAFETY)
    assert shut_by(cast, NOW) == set() and rows.count() == 2
    gone = Person.objects.get(user=cast.priya)
    rows.exclude(person=gone).delete()
    assert shut_by(cast, NOW) == {"C54"}
    again = {"course": Training.Course.ONLINE_SAFETY, "provider": "", "completed_on": day, "at": NOW}
    record_training(actor=cast.priya, person=gone, expires_on=day, **again)  # type: ignore[arg-type]
    assert shut_by(cast, NOW) == {"C54"}, "one person twice is one"
    record_training(
        actor=cast.priya,
        person=Person.objects.get(user=cast.tom),
        expires_on=day,
        **again,  # type: ignore[arg-type]
    )
    assert shut_by(cast, NOW) == set()
    Person.objects.filter(user=cast.tom).update(ended_on=day - timedelta(days=1))
    assert shut_by(cast, NOW) == {"C54"}, "who has left does not count"


@pytest.mark.clause("C20")
def test_a_lead_decides_only_with_training_at_lead_level(cast: Cast) -> None:
    gwen, day = cast.member(cast.gwen), cast.organisation.day(NOW)
    person = Person.objects.get(user=cast.gwen)
    version = cast.policy

    def said() -> tuple[str, ...]:
        return why_not(gwen, Duty.DECIDE, version=version, on=day)

    assert said() == ()
    person.training.update(level="Basic awareness")
    assert "no child protection training at lead level" in said()[0]
    assert cast.gwen not in [
        row.user for row in fit_for(cast.organisation, Duty.DECIDE, parameters=None, on=day)
    ]
    person.training.update(level="Level 3, designated person", expires_on=day - timedelta(days=1))
    assert "safeguarding training has run out" in " ".join(said())
    kofi = cast.member(cast.kofi)
    assert why_not(kofi, Duty.DECIDE, version=cast.policy, on=day) == (), "others decide without it"
