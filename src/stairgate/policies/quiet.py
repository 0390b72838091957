"""Quiet hours: when nothing goes out by itself, on the setting's own clock. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from stairgate.policies.parameters import Parameters


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours of one setting. From and until the same hour means that there are none."""

    from_hour: int
    until_hour: int
    zone: ZoneInfo

    @classmethod
    def of(cls, parameters: Parameters, timezone: str) -> QuietHours:
        """Return the quiet hours of a policy in a time zone, named as in "Europe/London"."""
        return cls(parameters.quiet_from_hour, parameters.quiet_until_hour, ZoneInfo(timezone))

    @property
    def says(self) -> str:
        """The hours in words, as "21:00 to 07:00"."""
        return f"{self.from_hour:02}:00 to {self.until_hour:02}:00"

    def include(self, moment: datetime) -> bool:
        """Return whether a moment lies in them. They begin on the hour, and are over on the hour."""
        hour = moment.astimezone(self.zone).hour
        if self.from_hour <= self.until_hour:
            return self.from_hour <= hour < self.until_hour
        return hour >= self.from_hour or hour < self.until_hour

    def next_open(self, moment: datetime) -> datetime:
        """Return the moment itself, or the end of the quiet hours it lies in, in the moment's own time zone.

        Clock times, not a count of hours: the night is an hour shorter in March, and longer in October.
        """
        if not self.include(moment):
            return moment
        local = moment.astimezone(self.zone)
        day = local.date() if local.hour < self.until_hour else local.date() + timedelta(days=1)
        end = datetime.combine(day, time(self.until_hour), tzinfo=self.zone)
        return end.astimezone(moment.tzinfo)
