"""What a clause can be worth, and what is said of it. Pure.

A clause is *met* when its control stands and the facts of the setting speak for it, *broken* when a fact says that
it is not so, *at risk* when that soon will be, *not applicable* when there is nothing here that it speaks of, and
*still on paper* while no code enforces it.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from stairgate.organisations.words import together


class Worth(enum.StrEnum):
    """What a clause is worth in a setting at a moment."""

    MET = "met"
    RISK = "risk"
    BROKEN = "broken"
    OFF = "off"
    NOT_YET = "not_yet"

    @property
    def bar(self) -> str:
        """How the fence draws it."""
        return _BARS[self]

    @property
    def words(self) -> str:
        return _WORDS[self]


_BARS = {Worth.MET: "o", Worth.RISK: "r", Worth.BROKEN: "b", Worth.OFF: "x", Worth.NOT_YET: "n"}
_WORDS = {
    Worth.MET: "Met",
    Worth.RISK: "At risk",
    Worth.BROKEN: "Broken",
    Worth.OFF: "Not applicable",
    Worth.NOT_YET: "Still on paper",
}


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody by first name. ``user`` is None for those who do not sign in."""

    user: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked at, what was seen, as of when, and the page that shows it."""

    looked_at: str
    saw: str
    at: datetime | date | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """The next thing to do, as the words of a button, and the page where it is done."""

    words: str
    page: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What the facts say of one clause."""

    worth: Worth
    why: str
    proof: tuple[Proof, ...] = ()
    next_action: Step | None = None
    waits_for: tuple[Who, ...] = ()

    @property
    def with_whom(self) -> str:
        """Whom the next action waits for, by first name; "" when it waits for nobody."""
        return listed([who.name for who in self.waits_for]) if self.next_action else ""

    @property
    def also_with(self) -> str:
        """The same, unless the sentence has just told them."""
        return "" if self.with_whom in self.why else self.with_whom


def met(why: str, *proof: Proof, next_action: Step | None = None, waits_for: Sequence[Who] = ()) -> Mark:
    return Mark(Worth.MET, why, proof, next_action, tuple(waits_for))


def risk(why: str, *proof: Proof, then: Step, waits_for: Sequence[Who]) -> Mark:
    return Mark(Worth.RISK, why, proof, then, tuple(waits_for))


def broken(why: str, *proof: Proof, then: Step, waits_for: Sequence[Who]) -> Mark:
    return Mark(Worth.BROKEN, why, proof, then, tuple(waits_for))


def off(why: str, *proof: Proof) -> Mark:
    return Mark(Worth.OFF, why, proof)


#: of so many people the names are told; a sentence stays a sentence with 300
_NAMED = 3


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence has them: "Leah", "Leah and Tom", "Aisha, Leah, Ruth and 9 others"."""
    shown, more = list(names[:_NAMED]), len(names) - _NAMED
    if more > 0:
        return f"{', '.join(shown)} and {more} other{'s' if more > 1 else ''}"
    return together(shown)


def things(count: int, one: str) -> str:
    """Return a count with its word."""
    return f"{count} {one}{'' if count == 1 else 's'}"


def accounts(count: int, *, one: str = "is", plural: str = "are") -> str:
    """Return how many accounts are or were something."""
    return f"{things(count, 'account')} {one if count == 1 else plural}"


def _clauses(*numbers: int) -> tuple[str, ...]:
    return tuple(f"C{number:02d}" for number in numbers)


#: every clause once, in the groups in which a manager looks for it
GROUPS: dict[str, tuple[str, ...]] = {
    "Our policy and its risks": _clauses(
        *(1, 2, 5, 6, 7, 8, 9, 11, 15, 21, 55, 70, 105, 106),
    ),
    "Who may speak for us": _clauses(12, 13, 14, 17, 18, 19, 20, 25, 27, 48, 54, 84, 85, 88),
    "Accounts and passwords": _clauses(
        *(4, 16, 22, 23, 24, 26, 30, 31, 32, 33, 34, 83),
    ),
    "Asking to open an account": _clauses(*range(89, 105)),
    "What we post": _clauses(3, 28, 29, 35, 36, 71, 73, 78, 79, 81, 82),
    "Comments, messages and checking": _clauses(
        *(37, 38, 39, 40, 42, 53, 58, 59, 60, 61, 62, 69, 76),
    ),
    "What everybody signs": _clauses(
        *(44, 45, 46, 47, 50, 51, 52, 56, 57, 68, 72, 74, 75, 77, 80),
        *(107, 108, 109, 110, 111),
    ),
    "When something goes wrong": _clauses(10, 41, 43, 49, 63, 64, 65, 66, 67, 86, 87),
}
