"""Working days: Monday to Friday without the bank holidays of the setting's nation, on its own clock. Pure.

Every period that a policy counts in working days is counted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import models

_SATURDAY = 5


class Nation(models.TextChoices):
    """Which bank holidays a setting keeps, in the codes of ISO 3166-2:GB."""

    ENGLAND = "ENG", "England"
    SCOTLAND = "SCT", "Scotland"
    WALES = "WLS", "Wales"
    NORTHERN_IRELAND = "NIR", "Northern Ireland"


def is_working_day(day: date, nation: Nation) -> bool:
    """Return whether people are expected at work that day."""
    return day.weekday() < _SATURDAY and day not in _bank_holidays(day.year, nation)


def working_days_after(day: date, nation: Nation) -> Iterator[date]:
    """Yield the working days after a day, in order: the day itself is never one of them."""
    while True:
        day += timedelta(days=1)
        if is_working_day(day, nation):
            yield day


def end_of_working_day(moment: datetime, count: int, *, nation: Nation, zone: ZoneInfo) -> datetime:
    """Return when the ``count``-th working day after a moment is over: the midnight behind it, on that clock.

    Returned in the time zone of ``moment``, which may be a day or an hour away: a day is what the setting's clock says.
    """
    days = working_days_after(moment.astimezone(zone).date(), nation)
    for _ in range(count - 1):
        next(days)
    midnight = datetime.combine(next(days) + timedelta(days=1), time.min, tzinfo=zone)
    return midnight.astimezone(moment.tzinfo)


@lru_cache(maxsize=64)
def _bank_holidays(year: int, nation: Nation) -> frozenset[date]:
    import holidays  # here: it knows the whole world, and most commands never ask

    return frozenset(holidays.country_holidays("GB", subdiv=nation.value, years=year))
