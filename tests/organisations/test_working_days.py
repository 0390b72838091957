"""Working days: weekends, bank holidays by nation, and days that are an hour shorter or longer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.organisations.working_days import (
    Nation,
    end_of_working_day,
    is_working_day,
    working_days_after,
)

LONDON = ZoneInfo("Europe/London")
ENGLAND, SCOTLAND, WALES, NORTH = Nation


def next_after(day: date, nation: Nation = ENGLAND) -> date:
    return next(working_days_after(day, nation))


@pytest.mark.parametrize(
    ("day", "nation", "following"),
    [
        (date(2026, 11, 25), ENGLAND, date(2026, 11, 26)),  # an ordinary Wednesday
        (date(2026, 11, 27), ENGLAND, date(2026, 11, 30)),  # a Friday
        (date(2026, 11, 28), ENGLAND, date(2026, 11, 30)),  # a Saturday
        (date(2026, 11, 27), SCOTLAND, date(2026, 12, 1)),  # St Andrew's Day
        (date(2026, 12, 24), ENGLAND, date(2026, 12, 29)),  # Christmas, Boxing Day moved from a Saturday
        (date(2027, 12, 24), ENGLAND, date(2027, 12, 29)),  # Christmas on a Saturday: two days instead
        (date(2026, 12, 31), ENGLAND, date(2027, 1, 4)),  # a Friday New Year
        (date(2025, 12, 31), ENGLAND, date(2026, 1, 2)),
        (date(2025, 12, 31), SCOTLAND, date(2026, 1, 5)),  # 2 January is one in Scotland
        (date(2026, 4, 2), ENGLAND, date(2026, 4, 7)),  # Good Friday and Easter Monday
        (date(2026, 4, 2), WALES, date(2026, 4, 7)),
        (date(2026, 4, 2), SCOTLAND, date(2026, 4, 6)),  # no Easter Monday in Scotland
        (date(2026, 3, 16), ENGLAND, date(2026, 3, 17)),
        (date(2026, 3, 16), NORTH, date(2026, 3, 18)),  # St Patrick's Day
    ],
)
def test_the_next_working_day(day: date, nation: Nation, following: date) -> None:
    assert next_after(day, nation) == following


def test_a_working_day_is_no_bank_holiday_and_no_weekend() -> None:
    assert is_working_day(date(2026, 4, 1), ENGLAND)
    assert not is_working_day(date(2026, 4, 4), ENGLAND) and not is_working_day(date(2026, 4, 5), ENGLAND)
    assert not is_working_day(date(2026, 4, 6), ENGLAND) and is_working_day(date(2026, 4, 6), SCOTLAND)


@pytest.mark.parametrize(
    ("moment", "count", "end"),
    [
        # Friday before the clocks go back (25 October 2026): Monday ends in winter time
        (datetime(2026, 10, 23, 6, 0, tzinfo=UTC), 1, datetime(2026, 10, 27, 0, 0, tzinfo=UTC)),
        # Friday before the clocks go forward (29 March 2026): Monday ends in summer time
        (datetime(2026, 3, 27, 6, 0, tzinfo=UTC), 1, datetime(2026, 3, 30, 23, 0, tzinfo=UTC)),
        # 23:30 by UTC on a summer Monday is Tuesday on the setting's clock
        (datetime(2026, 7, 6, 23, 30, tzinfo=UTC), 1, datetime(2026, 7, 8, 23, 0, tzinfo=UTC)),
        (datetime(2026, 11, 25, 6, 0, tzinfo=UTC), 1, datetime(2026, 11, 27, 0, 0, tzinfo=UTC)),
        (datetime(2026, 11, 25, 6, 0, tzinfo=UTC), 3, datetime(2026, 12, 1, 0, 0, tzinfo=UTC)),
    ],
)
def test_a_period_ends_with_the_last_of_its_days_on_the_settings_clock(
    moment: datetime, count: int, end: datetime
) -> None:
    assert end_of_working_day(moment, count, nation=ENGLAND, zone=LONDON) == end


@given(
    moment=st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    nation=st.sampled_from(Nation),
    count=st.integers(1, 5),
)
def test_a_period_holds_exactly_its_working_days(moment: datetime, nation: Nation, count: int) -> None:
    end = end_of_working_day(moment, count, nation=nation, zone=LONDON)
    last = end.astimezone(LONDON).date() - timedelta(days=1)
    start = moment.astimezone(LONDON).date()
    between = [start + timedelta(days=n + 1) for n in range((last - start).days)]
    assert sum(is_working_day(day, nation) for day in between) == count
    assert list(islice(working_days_after(start, nation), count))[-1] == last
