"""Quiet hours on the setting's own clock, through the nights on which the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.policies.parameters import Parameters
from stairgate.policies.quiet import QuietHours

LONDON = ZoneInfo("Europe/London")
NIGHT = QuietHours(21, 7, LONDON)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_they_come_from_the_policy_and_the_settings_own_clock() -> None:
    assert QuietHours.of(Parameters(), "Europe/London") == NIGHT
    assert NIGHT.says == "21:00 to 07:00"


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-06-10T19:59", "2026-06-10T19:59"),  # a minute to nine in summer
        ("2026-06-10T20:00", "2026-06-11T06:00"),
        ("2026-06-11T05:59", "2026-06-11T06:00"),
        ("2026-06-11T06:00", "2026-06-11T06:00"),
        ("2026-10-24T22:10", "2026-10-25T07:00"),  # 23:10; the night the clocks go back is an hour longer
        ("2026-10-25T00:30", "2026-10-25T07:00"),  # 01:30 for the first time
        ("2026-10-25T01:30", "2026-10-25T07:00"),  # 01:30 for the second time
        ("2027-03-27T23:10", "2027-03-28T06:00"),  # 23:10; the night the clocks go forward is an hour shorter
    ],
)
def test_the_end_is_a_time_on_the_clock_not_a_count_of_hours(moment: str, opens: str) -> None:
    assert NIGHT.next_open(utc(moment)) == utc(opens)


def test_the_end_can_lie_in_the_hour_that_is_skipped() -> None:
    assert QuietHours(21, 1, LONDON).next_open(utc("2027-03-27T23:10")) == utc("2027-03-28T01:00")


def test_the_same_hour_twice_means_none() -> None:
    assert not any(QuietHours(8, 8, LONDON).include(utc(f"2026-06-10T{hour:02}:30")) for hour in range(24))


@given(
    start=st.integers(0, 23),
    until=st.integers(0, 23),
    minutes=st.integers(0, 3 * 24 * 60),
    around=st.sampled_from(("2026-10-24T00:00", "2027-03-27T00:00", "2026-06-10T00:00")),
)
def test_what_they_let_out_is_never_quiet_and_never_early(
    start: int, until: int, minutes: int, around: str
) -> None:
    hours, moment = QuietHours(start, until, LONDON), utc(around) + timedelta(minutes=minutes)
    opens = hours.next_open(moment)
    assert moment <= opens < moment + timedelta(hours=25) and not hours.include(opens)
    assert opens == moment or hours.include(opens - timedelta(minutes=1))
