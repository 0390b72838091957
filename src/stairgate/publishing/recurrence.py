"""On which days a recurring post goes out, and when its draft is made. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models

from stairgate.publishing.calendar import moment


class Every(models.TextChoices):
    """How often."""

    WEEK = "week", "every week"
    MONTH = "month", "every month"
    DATES = "dates", "on the days given"


@dataclass(frozen=True, slots=True)
class Rule:
    """When something recurs: from a day on, to a day if there is an end; or on these days."""

    every: Every
    starts_on: date
    ends_on: date | None = None
    dates: tuple[date, ...] = ()

    def from_day(self, day: date) -> date | None:
        """Return the first day on or after the given one; None when it is over."""
        day = max(day, self.starts_on)
        found = _NEXT[self.every](self, day)
        over = found is None or (self.ends_on is not None and found > self.ends_on)
        return None if over else found


def _weekly(rule: Rule, day: date) -> date:
    return day + timedelta(days=(rule.starts_on.weekday() - day.weekday()) % 7)


def _monthly(rule: Rule, day: date) -> date:
    found = _in_month(rule.starts_on.day, day.year, day.month)
    if found >= day:
        return found
    later = date(day.year, day.month, 28) + timedelta(days=4)  # some day of the next month
    return _in_month(rule.starts_on.day, later.year, later.month)


def _in_month(wanted: int, year: int, month: int) -> date:
    """Return that day of a month; the last day of a month that is too short for it."""
    return date(year, month, min(wanted, calendar.monthrange(year, month)[1]))


def _given(rule: Rule, day: date) -> date | None:
    return min((given for given in rule.dates if given >= day), default=None)


_NEXT = {Every.WEEK: _weekly, Every.MONTH: _monthly, Every.DATES: _given}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a message is to recur: on which days and at what time, how long ahead its draft is made, and where to."""

    rule: Rule
    at: time
    days_ahead: int
    channel_ids: tuple[UUID, ...]
    purpose: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One day of a recurring post: when it is to go out, and when its draft is due."""

    on: date
    send_at: datetime
    due_at: datetime


def next_turn(
    rule: Rule, *, at: time, days_ahead: int, zone: ZoneInfo, now: datetime, last: date | None
) -> Turn | None:
    """Return the next day that is still ahead and comes after ``last``; None when there is none.

    A day whose time has passed is left out: nobody could approve it any more.
    """
    day = now.astimezone(zone).date()
    if last is not None:
        day = max(day, last + timedelta(days=1))
    on = rule.from_day(day)
    if on is not None and moment(on, at, zone) <= now:
        on = rule.from_day(on + timedelta(days=1))
    if on is None:
        return None
    return Turn(on, moment(on, at, zone), moment(on - timedelta(days=days_ahead), at, zone))


def dates_from(lines: Iterable[str]) -> tuple[date, ...]:
    """Return days as stored, in order."""
    return tuple(sorted(date.fromisoformat(line) for line in lines))
