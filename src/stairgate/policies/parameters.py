"""The parameters of the policy: numbers that code reads and never repeats (law 9 of the house).

Each has a value we ship and a floor. A setting may be stricter than the floor, never looser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields


class TooLoose(ValueError):
    """A parameter was set looser than its floor, or to what it cannot be. The message names it and the limit."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What one adopted version of the policy demands."""

    approvers: int = 1  # people who must say yes besides the author (C78)
    approval_life_hours: int = 72  # after that an approval lapses
    sending_window_minutes: int = 30  # how late a post may still go out before it asks for a new time
    quiet_from_hour: int = 21  # on the setting's own clock; nothing goes out by itself from then on …
    quiet_until_hour: int = 7  # … until then. The same hour twice: no quiet hours. No clause asks for them
    safeguarding_lead_approves: bool = False  # besides page administrators (C78)
    page_administrators: int = 2  # qualified people who must be there (C18)
    check_every_days: int = 7  # weekly is the floor (C38)
    review_every_days: int = 365  # the policy itself (C105)
    health_every_hours: int = 24  # how often the connection is proved
    profanity_level: int = 3  # 3 = strong (C31)
    identifiable_children: bool = False  # the shipped default (C35)
    keep_words_years: int = 3  # posts, approvals and decisions (reference.md §3)

    def to_json(self) -> dict[str, int | bool]:
        """Return the parameters as plain values for storing."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Parameters:
        """Return parameters from stored values: unknown names are ignored, missing ones take what we ship.

        Raises `TooLoose` when a stored value is looser than its floor, or of another kind: nothing ever fails open.
        """
        names = {field.name for field in fields(cls)}
        parameters = cls(**{name: value for name, value in stored.items() if name in names})  # type: ignore[arg-type]
        for field in fields(cls):
            if type(getattr(parameters, field.name)) is not type(field.default):
                raise TooLoose(f"“{field.name}” is of the wrong kind.")
        for name, (low, high) in _LIMITS.items():
            value = getattr(parameters, name)
            if not low <= value <= high:
                raise TooLoose(f"“{name}” is {value}; it must be from {low} to {high}.")
        return parameters


_LIMITS: dict[str, tuple[int, int]] = {
    "approvers": (1, 2),
    "approval_life_hours": (1, 168),
    "sending_window_minutes": (1, 120),
    "quiet_from_hour": (0, 23),
    "quiet_until_hour": (0, 23),
    "page_administrators": (2, 50),
    "check_every_days": (1, 7),
    "review_every_days": (1, 366),
    "health_every_hours": (1, 24),
    "profanity_level": (1, 3),
    "keep_words_years": (3, 100),
}
