"""What asks for a new settings sheet before its month is over: who may reach an account has changed, or something happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from stairgate.assurance.marks import Worth
from stairgate.assurance.reminding.keeping import sweep as remind
from stairgate.assurance.reminding.models import Reminder
from stairgate.channels.access_list.services import note as note_access
from stairgate.channels.access_list.services import say_who
from stairgate.channels.baseline.rules import Asked, Settings, Why, first_asked
from stairgate.channels.models import Channel, Envelope, PlatformPerson
from stairgate.channels.selectors import accounts_now, channel_now
from stairgate.cli.demo_settings import settle
from stairgate.networks.base import AccessHolder
from stairgate.organisations.models import User
from stairgate.organisations.roles import end_role, give_role
from stairgate.organisations.rules import Role
from stairgate.people.leaving import leave
from stairgate.people.models import Person
from stairgate.policies.models import Trigger
from stairgate.policies.reviewing import note_trigger
from tests.cast import Cast, willow_lane
from tests.channels.test_baseline import DAY, NOW, sheet, shut_by, sign, signed_in, worth


@pytest.fixture
def cast(db: None, settings: Any) -> Iterator[Cast]:
    settings.DEMO = True
    with time_machine.travel(NOW, tick=False):
        yield willow_lane(NOW)


def asked(cast: Cast, at: datetime) -> Asked | None:
    """Return what asks for a new sheet, as every way of reading it says."""
    one = channel_now(Channel.objects.get(pk=cast.channel.pk), at).settings.asked
    assert sheet(cast, at).asked == one
    assert [row.settings.asked for row in accounts_now(cast.organisation, at)] == [one]
    return one


def joins(cast: Cast, user: User, at: datetime, starts_on: date | None = None) -> None:
    given = {"starts_on": starts_on or cast.organisation.day(at), "ends_on": None, "at": at}
    give_role(actor=cast.priya, membership=cast.member(user), role=Role.SERVICE_MANAGER, **given)  # type: ignore[arg-type]


@pytest.mark.clause("C34")
def test_somebody_new_who_can_reach_it_asks_for_a_sheet_and_shuts_it_after_three_days(cast: Cast) -> None:
    at = NOW + 10 * DAY
    assert asked(cast, at) is None
    joins(cast, cast.tom, at, starts_on=cast.organisation.day(at + DAY))
    assert asked(cast, at) is None, "not before they begin"
    found = asked(cast, at + DAY)
    assert found is not None and found.why == Why.REACH
    begins = cast.organisation.local(found.at)
    assert (begins.date(), begins.hour) == (cast.organisation.day(at + DAY), 0)
    assert worth(cast, "C34", at + DAY) == Worth.RISK and shut_by(cast, at + DAY) == set()
    late = found.at + timedelta(days=3, seconds=1)
    assert shut_by(cast, late) == {"C34"} and worth(cast, "C34", late) == Worth.BROKEN
    says = next(one.says for one in channel_now(cast.channel, late).restrictions if one.clause == "C34")
    assert "who may reach it has changed, and nobody has gone through its privacy settings since" in says
    settle(cast.nursery, cast.channel, late)
    assert asked(cast, late) is None and shut_by(cast, late) == set()


@pytest.mark.clause("C34")
def test_on_the_day_of_the_sheet_a_change_counts_from_the_sheet(cast: Cast) -> None:
    joins(cast, cast.tom, NOW + timedelta(hours=1))
    found = asked(cast, NOW + timedelta(hours=1))
    assert found is not None and found.at == NOW
    sign(cast, at=NOW + timedelta(hours=2))
    assert asked(cast, NOW + timedelta(hours=3)) is None


@pytest.mark.clause("C34", "C25")
def test_who_leaves_or_gives_up_the_role_asks_for_a_sheet_and_who_never_had_one_does_not(cast: Cast) -> None:
    at = NOW + 5 * DAY
    leaver = Person.objects.select_related("organisation").get(user=cast.tom)
    leave(actor=cast.priya, person=leaver, last_day=cast.organisation.day(at), at=at)
    assert asked(cast, at + DAY) is None, "Tom only writes"
    end_role(actor=cast.priya, held=cast.member(cast.kofi).roles.get(role="page_administrator"), at=at)
    found = asked(cast, at)
    assert found is not None and found.why == Why.REACH
    sign(cast, actor=cast.priya, at=at)
    assert asked(cast, at + 30 * DAY) is None
    helen = Person.objects.select_related("organisation").get(user=cast.helen)
    leave(actor=cast.priya, person=helen, last_day=cast.organisation.day(at + DAY), at=at)
    assert asked(cast, at + DAY) is None and asked(cast, at + 2 * DAY) is not None


@pytest.mark.clause("C34", "C84")
def test_a_stranger_on_the_list_an_opened_envelope_and_a_noted_incident_ask_for_a_sheet(cast: Cast) -> None:
    at = NOW + 4 * DAY
    note_access(channel=cast.channel, holders=[AccessHolder("7", "Sam Stranger")], by=None, at=at)
    found = asked(cast, at)
    assert found is not None and (found.at, found.why) == (at, Why.INCIDENT)
    person = PlatformPerson.objects.get()
    say_who(actor=cast.priya, channel=cast.channel, person=person.pk, user=cast.kofi.pk, at=at + DAY)
    assert asked(cast, at + DAY) is None, "it was only one of us"
    given = {"organisation": cast.organisation, "note": "A page was taken over", "at": at}
    note_trigger(actor=cast.priya, kind=Trigger.Kind.GUIDANCE, **given)  # type: ignore[arg-type]
    assert asked(cast, at) is None
    note_trigger(actor=cast.priya, kind=Trigger.Kind.INCIDENT, **given)  # type: ignore[arg-type]
    assert asked(cast, at + DAY) is not None
    sign(cast, at=at + DAY)
    assert asked(cast, at + DAY) is None
    Envelope.objects.create(
        organisation=cast.organisation,
        channel=cast.channel,
        number=1,
        kept_where="In the safe",
        printed_at=NOW,
        printed_by=cast.priya,
        opened_at=at + 2 * DAY,
        opened_by=cast.priya,
        opened_why="Nobody was there",
    )
    found = asked(cast, at + 2 * DAY)
    assert found is not None and found.at == at + 2 * DAY


@pytest.mark.clause("C34")
def test_a_sheet_that_is_asked_for_is_on_today_at_once_and_by_e_mail(cast: Cast) -> None:
    at = NOW + timedelta(hours=1)
    joins(cast, cast.tom, at)
    with time_machine.travel(at, tick=False):
        remind(at, "worker")
        told_ = Reminder.objects.filter(kind="settings_due", done_at=None)
        assert {one.user.first_name for one in told_} == {"Priya", "Kofi", "Helen", "Tom"}
        today = signed_in(cast.kofi).get("/").content.decode()
        assert "Who may reach it has changed. Look at each, and sign the sheet by" in today
        page = signed_in(cast.kofi).get(reverse("channels:settings", args=[cast.channel.pk]))
        assert ": who may reach it has changed. After that the account shuts." in page.content.decode()
        sign(cast, at=at)
        remind(at, "worker")
        assert not Reminder.objects.filter(kind="settings_due", done_at=None).exists()


@pytest.mark.clause("C34")
@given(
    reach=st.none() | st.integers(-50, 50), incident=st.none() | st.integers(-50, 50), days=st.integers(1, 31)
)
def test_a_sheet_is_never_due_later_because_something_happened(
    reach: int | None, incident: int | None, days: int
) -> None:
    when = {"reach": reach, "incident": incident}
    moments = {name: None if n is None else NOW + n * DAY for name, n in when.items()}
    found = first_asked(NOW, **moments)
    due = Settings(NOW, asked=found).due(days, 3)
    plain = Settings(NOW).due(days, 3)
    assert due is not None and plain is not None and due <= plain
    assert found is None or found.at >= NOW
    assert first_asked(None, **moments) is None and Settings(None, asked=found).due(days, 3) is None
