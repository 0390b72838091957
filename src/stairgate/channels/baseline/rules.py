"""Whether the settings of a page are as they should be, what has moved, and what that shuts. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from stairgate.channels.rules import Restriction
from stairgate.clauses import Coverage, control


class Answer(enum.StrEnum):
    """What somebody saw, or the network said, of one setting."""

    WANTED = "wanted"
    OTHER = "other"
    NOT_OFFERED = "none"


class Standing(enum.StrEnum):
    """How one line of the sheet stands."""

    SAME = "same"
    NOT_OFFERED = "none"  # the network has no such setting: nothing is stronger
    WEAKER = "weaker"  # for a while, with a reason
    MOVED = "moved"
    OLD = "old"  # looked at too long ago, or something else is asked of it now
    UNSEEN = "unseen"


#: how long before a sheet has to be signed anew people are told
SHEET_TOLD = timedelta(days=7)
#: a sheet with any other line is not signed
FINE = frozenset({Standing.SAME, Standing.NOT_OFFERED, Standing.WEAKER})


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest that is known of one setting. ``since``: when it was first seen like this."""

    answer: Answer
    found: str
    since: datetime
    looked_at: datetime
    stands_for: str


@dataclass(frozen=True, slots=True)
class Weaker:
    """Leave for one weaker answer, until a day. ``over_at``: the first moment at which it does not count any more."""

    found: str
    until: date
    over_at: datetime


@control(
    "C30",
    "A setting that is weaker than agreed counts only with a reason and an end date, and for just that answer",
    coverage=Coverage.WHOLE,
)
def standing(
    stands_for: str, seen: Seen | None, weaker: Weaker | None, *, now: datetime, days: int
) -> Standing:
    """Return how a line stands. ``stands_for``: what is asked of it now; ``days``: how long a look counts."""
    if seen is None:
        return Standing.UNSEEN
    excused = weaker is not None and weaker.found == seen.found and now < weaker.over_at
    if seen.answer == Answer.OTHER and not excused:
        return Standing.MOVED
    if seen.stands_for != stands_for or now > seen.looked_at + timedelta(days=days):
        return Standing.OLD
    if seen.answer == Answer.OTHER:
        return Standing.WEAKER
    return Standing.SAME if seen.answer == Answer.WANTED else Standing.NOT_OFFERED


def moved_since(seen: Seen, weaker: Weaker | None) -> datetime:
    """Return since when nobody has excused a setting that is not as agreed."""
    if weaker is None or weaker.found != seen.found:
        return seen.since
    return max(seen.since, weaker.over_at)


@dataclass(frozen=True, slots=True)
class Moved:
    """A setting that is not as agreed, and that nobody excuses."""

    line: str
    name: str
    clause: str
    wanted: str
    found: str
    since: datetime
    settable: bool  # we can ask the network to put it back
    refused: bool = False  # and it did not when we asked last

    @property
    def says(self) -> str:
        return f"“{self.name}” is “{self.found}”; we agreed “{self.wanted}”"


class Why(enum.StrEnum):
    """What asks for a new sheet before its month is over."""

    REACH = "who may reach it has changed"
    INCIDENT = "something happened that may have changed them"


@dataclass(frozen=True, slots=True)
class Asked:
    """Since when a new sheet is asked for, and why."""

    at: datetime
    why: Why


def first_asked(
    signed_at: datetime | None, *, reach: datetime | None, incident: datetime | None
) -> Asked | None:
    """Return what asked first since a sheet was signed. ``reach``: the day on which who may reach the account changed."""
    if signed_at is None:
        return None
    found = [Asked(max(reach, signed_at), Why.REACH)] if reach else []
    found += [Asked(incident, Why.INCIDENT)] if incident and incident > signed_at else []
    return min(found, key=lambda one: one.at, default=None)


@dataclass(frozen=True, slots=True)
class Settings:
    """What is known of the settings of an account's page."""

    signed_at: datetime | None = None  # the newest sheet
    moved: tuple[Moved, ...] = ()
    asked: Asked | None = None  # what asks for a new sheet before its month is over

    @control(
        "C34",
        "Somebody new who can reach the account, somebody who cannot any more, or an incident asks for a new sheet at once",
        coverage=Coverage.WHOLE,
    )
    def due(self, days: int, mend_days: int) -> datetime | None:
        """Return until when the newest sheet counts; None when there is none.

        ``days``: how long, when nothing happens. ``mend_days``: how long, once something asks for a new one.
        """
        if self.signed_at is None:
            return None
        monthly = self.signed_at + timedelta(days=days)
        return min(monthly, self.asked.at + timedelta(days=mend_days)) if self.asked else monthly


@control(
    "C30",
    "Nothing goes out before a sheet on which each setting is as strict as it goes is signed",
    coverage=Coverage.WHOLE,
)
@control(
    "C34",
    "Settings that nobody went through in time shut the account until somebody has",
)
@control("C83", "As long as its settings are overdue or stay weaker than agreed, the account is shut")
@control(
    "C32", "A setting that lets the public put pictures on the page shuts the account unless mended in time"
)
def restrictions(
    name: str, settings: Settings, now: datetime, *, days: int, mend_days: int
) -> tuple[Restriction, ...]:
    """Return what shuts a connected account because of its settings, each with its clause."""
    due = settings.due(days, mend_days)
    if due is None:
        says = f"{name}: nobody has gone through its privacy settings and signed the sheet."
        return (Restriction("C30", says, to_confirm=True),)
    late = [one for one in settings.moved if now > mend_by(one, mend_days)]
    found = [Restriction(one.clause, f"{name}: {one.says}, for too long now.") for one in late]
    if now > due:
        found.insert(0, Restriction("C34", f"{name}: {_overdue(settings, days)} Sign the sheet anew."))
    return tuple(found)


def _overdue(settings: Settings, days: int) -> str:
    if settings.asked is None:
        return f"its privacy settings have not been gone through for {days} days."
    return f"{settings.asked.why}, and nobody has gone through its privacy settings since."


def mend_by(moved: Moved, mend_days: int) -> datetime:
    """Return until when a setting has to be put back, before it shuts the account."""
    return moved.since + timedelta(days=mend_days)


@control(
    "C30",
    "Whoever lets a setting be weaker gives a reason and a last day, no further ahead than the policy says",
)
def why_not_weaker(reason: str, until: date | None, *, on: date, days: int) -> str:
    """Return why a setting may not stay weaker like this, or "". ``days``: how far ahead the end may be."""
    if len(reason) < 10:
        return "Say why it has to be weaker for a while, in a sentence."
    if until is None or until <= on:
        return "Choose the last day on which it may be weaker. It lies ahead."
    last = on + timedelta(days=days)
    if until > last:
        return f"Our policy allows {days} days at most: until {last.day} {last:%B %Y}."
    return ""
