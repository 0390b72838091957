"""The policy, live: what each clause is worth in this setting at this moment, with its proof and the next thing to do.

The clause table says what code enforces; the judges say what the facts make of it. A fact that speaks against a
clause counts also where no code enforces it yet. Before a policy is adopted the setting has promised nothing, so
all of it is on paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from uuid import UUID

from stairgate.assurance.judging import marks
from stairgate.assurance.known import Known
from stairgate.assurance.marks import GROUPS, Mark, Worth
from stairgate.clauses.table import Row, State, rows

_SPEAKS_AGAINST = frozenset({Worth.RISK, Worth.BROKEN})
_ON_PAPER = Mark(Worth.NOT_YET, "Nothing in Stairgate enforces it yet.")
_NOT_ADOPTED = Mark(Worth.NOT_YET, "No policy is adopted yet.")
_STANDS = Mark(Worth.MET, "")


@dataclass(frozen=True, slots=True)
class LiveClause:
    """One clause, now."""

    row: Row
    mark: Mark

    @property
    def id(self) -> str:
        return self.row.clause.id

    @property
    def worth(self) -> Worth:
        return self.mark.worth

    @property
    def why(self) -> str:
        return self.mark.why

    @property
    def partly(self) -> bool:
        return self.row.state == State.PARTLY

    @property
    def to_mend(self) -> bool:
        return self.worth in _SPEAKS_AGAINST

    def waits_for(self, user: UUID) -> bool:
        """Return whether the next action waits for somebody."""
        return self.to_mend and any(who.user == user for who in self.mark.waits_for)


@dataclass(frozen=True, slots=True)
class Section:
    """One group of clauses."""

    name: str
    clauses: tuple[LiveClause, ...]

    @property
    def states(self) -> str:
        return "".join(clause.worth.bar for clause in self.clauses)

    @property
    def met(self) -> int:
        return sum(clause.worth == Worth.MET for clause in self.clauses)

    @property
    def label(self) -> str:
        return said(clause.worth for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Glance:
    """What the clauses are worth, and no more: the bars of the gate, group by group."""

    groups: tuple[tuple[Worth, ...], ...]

    def _count(self, worth: Worth) -> int:
        return sum(group.count(worth) for group in self.groups)

    @property
    def met(self) -> int:
        return self._count(Worth.MET)

    @property
    def risk(self) -> int:
        return self._count(Worth.RISK)

    @property
    def broken(self) -> int:
        return self._count(Worth.BROKEN)

    @property
    def off(self) -> int:
        return self._count(Worth.OFF)

    @property
    def not_yet(self) -> int:
        return self._count(Worth.NOT_YET)

    @property
    def to_mend(self) -> int:
        return self.broken + self.risk

    @property
    def total(self) -> int:
        return sum(len(group) for group in self.groups)

    @property
    def fence(self) -> str:
        return "|".join("".join(worth.bar for worth in group) for group in self.groups)

    @property
    def label(self) -> str:
        return said(worth for group in self.groups for worth in group)


def glance(worths: Mapping[str, str]) -> Glance:
    """Return the bars from what each clause was worth when the worker last looked; unknown ones are on paper."""
    return Glance(
        tuple(
            tuple(Worth(worths.get(number, Worth.NOT_YET)) for number in numbers)
            for numbers in GROUPS.values()
        )
    )


@dataclass(frozen=True, slots=True)
class Live:
    """The whole policy, now."""

    sections: tuple[Section, ...]

    @property
    def glance(self) -> Glance:
        return Glance(tuple(tuple(clause.worth for clause in section.clauses) for section in self.sections))

    @property
    def clauses(self) -> tuple[LiveClause, ...]:
        return tuple(clause for section in self.sections for clause in section.clauses)

    @property
    def to_mend(self) -> tuple[LiveClause, ...]:
        """What is broken, then what is at risk."""
        mend = [clause for clause in self.clauses if clause.to_mend]
        return tuple(sorted(mend, key=lambda clause: clause.worth != Worth.BROKEN))

    def clause(self, number: str) -> LiveClause | None:
        return next((clause for clause in self.clauses if clause.id == number), None)

    @property
    def in_part(self) -> int:
        return sum(clause.worth == Worth.MET and clause.partly for clause in self.clauses)


def said(worths: Iterable[Worth]) -> str:
    """Return the bars of a fence in words."""
    counts = Counter(worths)
    parts = ", ".join(f"{counts[worth]} {worth.words.lower()}" for worth in Worth if counts[worth])
    return f"{counts.total()} clauses drawn as the bars of a gate: {parts}"


@cache
def table() -> dict[str, Row]:
    """Return the clause table by clause."""
    return {row.clause.id: row for row in rows()}


def live_policy(known: Known, *, names: bool, only: Iterable[str] | None = None) -> Live:
    """Return every clause, or ``only`` some, with what it is worth. ``names``: whether to tell who lacks what on the
    register. Makes no query.
    """
    found = marks(replace(known, names=names))
    wanted = None if only is None else frozenset(only)
    groups = (
        Section(
            name, tuple(_clause(number, found, known) for number in numbers if not wanted or number in wanted)
        )
        for name, numbers in GROUPS.items()
    )
    return Live(tuple(group for group in groups if group.clauses))


def _clause(number: str, found: dict[str, Mark], known: Known) -> LiveClause:
    row = table()[number]
    mark = found.get(number)
    if known.policy is None:
        return LiveClause(row, _NOT_ADOPTED)
    if mark and mark.worth in _SPEAKS_AGAINST:
        return LiveClause(row, mark)
    if row.state == State.NOT_YET:
        return LiveClause(row, _ON_PAPER)
    return LiveClause(row, mark or _STANDS)
