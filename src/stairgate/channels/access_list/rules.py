"""Who may be on the access list of an account, and when it is due. Pure: everything known is an argument."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from stairgate.channels.rules import Restriction
from stairgate.clauses import Coverage, control
from stairgate.organisations.rules import Role

#: whose access the policy allows: senior managers and the named responsible people
MAY_REACH = frozenset({Role.MANAGER, Role.SERVICE_MANAGER, Role.PAGE_ADMINISTRATOR})
SHORTEST_DONE = 5
#: where the network tells who is on the list, it is read so often; the policy asks for it less often
READ_EVERY = timedelta(hours=24)
#: how long before its day a comparison is spoken of
COMES_UP = timedelta(days=7)


class Why(enum.StrEnum):
    """What is wrong with somebody on the list."""

    UNKNOWN = "unknown"
    LEFT = "left"
    NO_ROLE = "no_role"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Whom somebody on the list was said to be: their last day, and the roles they hold today."""

    ended_on: date | None
    roles: Collection[str]


@control(
    "C84",
    "Whoever can reach an account on the network, and is not on the register with a role for it, is a finding that "
    "stays until a named person has said what was done and the list shows it",
    coverage=Coverage.WHOLE,
)
def amiss(who: Colleague | None, on: date) -> Why | None:
    """Return what is wrong with somebody on the list on a day, None when nothing is. ``who``: None, nobody said yet."""
    if who is None:
        return Why.UNKNOWN
    if who.ended_on is not None and who.ended_on < on:
        return Why.LEFT
    return None if MAY_REACH & set(who.roles) else Why.NO_ROLE


def due_at(checked_at: datetime | None, connected_at: datetime, every_days: int) -> datetime:
    """Return until when the list has to be compared again: from when it last was, else from when we were connected."""
    return (checked_at or connected_at) + timedelta(days=every_days)


@control("C84", "A list that nobody compared in time shuts the account until it is compared")
def restrictions(
    name: str, checked_at: datetime | None, connected_at: datetime, now: datetime, *, days: int
) -> tuple[Restriction, ...]:
    """Return what shuts a connected account because nobody compared its list in time; nothing else here does."""
    if now <= due_at(checked_at, connected_at, days):
        return ()
    says = (
        f"{name}: nobody has compared for {days} days who can reach it there. It opens again by itself when its access "
        "list is read, or gone through."
    )
    return (Restriction("C84", says),)


def why_stays(*, still_there: bool, still_amiss: bool, done: str, read_at: str) -> str:
    """Return why a finding stays open, or "": what was done must be said, and show on a list that was read since."""
    if len(done.strip()) < SHORTEST_DONE:
        return "Say in a few words what was done."
    if still_there and still_amiss:
        return (
            f"They were still on the list {read_at}. Take them off there, have the list read again, then say so. "
            "Or say which colleague it is."
        )
    return ""


def not_seen_gone(name: str, *, seen_since: bool, there: bool, somebody_unknown: bool) -> str:
    """Return why it is not proved that a leaver is off the list of an account, or "".

    ``seen_since``: whether the list was read on their last day or after it; before that day, today.
    """
    if not seen_since:
        return f"nobody has looked who can reach it without {name}. Have its access list read, or go through it there."
    if there:
        return f"{name} is still on its access list. Take them off there, then have the list read again."
    if somebody_unknown:
        return "somebody is on its access list, and nobody has said who that is."
    return ""
