"""Days, weeks and months on a setting's own clock, through the changes of that clock. Pure."""

from __future__ import annotations

import calendar
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
#: days near the ends of the calendar are not asked about: a month must have a whole week on either side
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)


class Show(enum.StrEnum):
    """How much of the calendar a page shows."""

    MONTH = "month"
    WEEK = "week"
    LIST = "list"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Span:
    """Some days in a row: the first, and the day after the last."""

    first: date
    after: date

    def days(self) -> Iterator[date]:
        """Yield each day once, in order."""
        for number in range((self.after - self.first).days):
            yield self.first + number * _DAY

    @property
    def last(self) -> date:
        return self.after - _DAY


@dataclass(frozen=True, slots=True)
class Moments:
    """One local day as moments: its first, and the first of the next day. 23, 24 or 25 hours apart."""

    day: date
    begins: datetime
    ends: datetime


def day_from(typed: str) -> date | None:
    """Return the day that an address names, or None."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def month_of(day: date) -> Span:
    """Return the whole month a day is in."""
    _, length = calendar.monthrange(day.year, day.month)
    first = day.replace(day=1)
    return Span(first, first + length * _DAY)


def week_of(day: date) -> Span:
    """Return the week a day is in, from its Monday."""
    monday = day - day.weekday() * _DAY
    return Span(monday, monday + _WEEK)


def shown(show: Show, on: date) -> Span:
    """Return the days a page shows. A month is drawn in whole weeks, so it borrows days of its neighbours."""
    month = month_of(on)
    return {
        Show.MONTH: Span(week_of(month.first).first, week_of(month.last).after),
        Show.WEEK: week_of(on),
        Show.LIST: month,
        Show.DAY: Span(on, on + _DAY),
    }[show]


def named(show: Show, on: date) -> Span:
    """Return the days a page is named after: a month without its borrowed days, a week, a day."""
    return month_of(on) if show is Show.MONTH else shown(show, on)


def neighbours(show: Show, on: date) -> tuple[date, date]:
    """Return the first day of the page before, and of the page after."""
    here = named(show, on)
    return named(show, here.first - _DAY).first, here.after


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return what the setting's clock shows as that day and time, in UTC.

    A time the clock leaves out (an hour in March) is taken as long after the hour before it; of a time the
    clock shows twice (an hour in October) the first is meant.
    """
    return datetime.combine(day, at.replace(tzinfo=None, fold=0), zone).astimezone(UTC)


def moments(span: Span, zone: ZoneInfo) -> tuple[Moments, ...]:
    """Return the days of a span as moments: without a gap, and without an overlap."""
    begins = [moment(day, time.min, zone) for day in (*span.days(), span.after)]
    return tuple(Moments(day, begins[n], begins[n + 1]) for n, day in enumerate(span.days()))
