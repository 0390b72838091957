"""The history of each clause: written when something changes, once, whoever looks; and told by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from stairgate.assurance import watching
from stairgate.assurance.marks import Worth
from stairgate.assurance.models import ClauseChange, Watch, WatchedDay
from stairgate.assurance.past import Change, days, past_of, past_of_account
from stairgate.channels.pausing import pause
from stairgate.ledger.models import Entry
from stairgate.organisations.models import Organisation
from tests.accounts import open_group
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast(db: None) -> Cast:
    return willow_lane(NOW)


def changes(clause: str) -> list[tuple[str, datetime]]:
    return list(ClauseChange.objects.filter(clause=clause).order_by("at").values_list("worth", "at"))


def test_the_first_look_writes_all_and_the_next_only_what_changed(cast: Cast) -> None:
    assert watching.sweep(NOW, "one") == 111
    assert watching.sweep(NOW + 2 * MINUTE, "one") == 0
    pause(
        actor=cast.priya, channel=cast.channel, reason="Somebody else has the password", at=NOW + 3 * MINUTE
    )
    assert watching.sweep(NOW + 4 * MINUTE, "one") == 1
    assert changes("C04") == [("met", NOW), ("broken", NOW + 4 * MINUTE)]
    newest = Entry.objects.filter(kind="assurance.changed").latest("index")
    assert newest.body == {"clauses": {"C04": "broken"}}
    assert Watch.objects.get().worths["C04"] == "broken"


def test_a_second_worker_writes_nothing_twice_and_nothing_older(cast: Cast) -> None:
    watching.sweep(NOW, "one")
    assert watching.sweep(NOW + timedelta(seconds=10), "two") == 0
    pause(actor=cast.priya, channel=cast.channel, reason="Somebody else has the password", at=NOW)
    assert watching.look(cast.organisation, NOW - MINUTE) == 0  # facts from before the last look
    assert watching.look(cast.organisation, NOW) == 0
    assert ClauseChange.objects.count() == 111
    assert WatchedDay.objects.count() == 1


def test_a_look_of_a_wrong_clock_does_not_stop_the_history(cast: Cast) -> None:
    watching.sweep(NOW + timedelta(days=400), "one")
    assert watching.sweep(NOW, "one") > 0
    assert Watch.objects.get().at == NOW


def test_only_settings_with_a_policy_are_looked_at_and_trouble_stops_no_other(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Organisation] = []

    def trouble(organisation: Organisation, now: datetime) -> int:
        looked.append(organisation)
        raise ValueError

    monkeypatch.setattr(watching, "look", trouble)
    with pytest.raises(ExceptionGroup):
        watching.sweep(NOW, "one")
    assert looked == [cast.organisation]


def test_the_worst_of_a_day_counts_and_a_day_without_a_look_is_a_gap() -> None:
    until = date(2026, 11, 24)
    on = [until - timedelta(days=ago) for ago in (5, 3, 3, 1)]
    told = [
        Change(day, worth)
        for day, worth in zip(on, (Worth.MET, Worth.BROKEN, Worth.MET, Worth.RISK), strict=True)
    ]
    watched = {until - timedelta(days=ago) for ago in (5, 4, 3, 1, 0)}
    assert days(told, watched, until, 7) == [
        *(None, Worth.MET, Worth.MET, Worth.BROKEN, None, Worth.RISK, Worth.RISK),
    ]


def test_days_are_those_of_the_setting(cast: Cast) -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight on 1 July in London
    watching.look(cast.organisation, late)
    past = past_of(cast.organisation, "C04", until=date(2026, 7, 1))
    assert past.strip == " " * 41 + "o"
    assert past.label == "The last 42 days: met on 1, not looked at on 41"
    assert [change.at for change in past.told] == [late]


def test_each_account_has_a_history_of_its_own(cast: Cast) -> None:
    other = open_group(cast.nursery, NOW)
    watching.sweep(NOW, "one")
    pause(actor=cast.priya, channel=cast.channel, reason="Somebody else has the password", at=NOW)
    watching.sweep(NOW + timedelta(days=1), "one")
    watching.sweep(NOW + timedelta(days=1) + 2 * MINUTE, "one")
    until = cast.organisation.day(NOW) + timedelta(days=1)
    mine, theirs = past_of_account(cast.channel, until=until), past_of_account(other, until=until)
    paused = [row for row in mine.told if row.clause == "C04"]
    assert [row.worth for row in paused] == ["broken"] and mine.strip.endswith("b")
    assert not [row for row in theirs.told if row.clause == "C04" and row.worth == "broken"]
    assert mine.strip.count(" ") == 40 and "not looked at on 40" in mine.label
