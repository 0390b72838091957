"""The policy, live: what each clause is worth in this setting at this moment.

A clause is *met* when its control stands and nothing in the setting's own facts speaks against it, *broken*
when a fact shuts a gate, *at risk* when it soon will, and *still on paper* when no code enforces it yet. Before
a policy is adopted the setting has promised nothing, so all of it is on paper.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from stairgate.channels.selectors import ChannelNow
from stairgate.clauses.table import Row, State, rows
from stairgate.organisations.models import Organisation
from stairgate.policies.models import PolicyVersion

_SOON = timedelta(days=30)


class Worth(enum.StrEnum):
    MET = "met"
    RISK = "risk"
    BROKEN = "broken"
    NOT_YET = "not_yet"


_BAR = {Worth.MET: "o", Worth.RISK: "r", Worth.BROKEN: "b", Worth.NOT_YET: "n"}


@dataclass(frozen=True, slots=True)
class LiveClause:
    """One clause, now."""

    row: Row
    worth: Worth
    why: str

    @property
    def partly(self) -> bool:
        return self.row.state == State.PARTLY


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    clauses: tuple[LiveClause, ...]

    @property
    def states(self) -> str:
        return "".join(_BAR[clause.worth] for clause in self.clauses)

    @property
    def on(self) -> int:
        return sum(1 for clause in self.clauses if clause.worth != Worth.NOT_YET)


@dataclass(frozen=True, slots=True)
class Live:
    """The whole policy, now."""

    sections: tuple[Section, ...]

    def _count(self, worth: Worth) -> int:
        return sum(1 for section in self.sections for clause in section.clauses if clause.worth == worth)

    @property
    def met(self) -> int:
        return self._count(Worth.MET)

    @property
    def in_part(self) -> int:
        live = (
            clause for section in self.sections for clause in section.clauses if clause.worth == Worth.MET
        )
        return sum(1 for clause in live if clause.partly)

    @property
    def risk(self) -> int:
        return self._count(Worth.RISK)

    @property
    def broken(self) -> int:
        return self._count(Worth.BROKEN)

    @property
    def not_yet(self) -> int:
        return self._count(Worth.NOT_YET)

    @property
    def total(self) -> int:
        return self.met + self.risk + self.broken + self.not_yet

    @property
    def fence(self) -> str:
        return "|".join(section.states for section in self.sections)

    @property
    def label(self) -> str:
        return (
            f"{self.total} clauses drawn as the bars of a gate: {self.met} live, {self.risk} at risk, "
            f"{self.broken} broken, {self.not_yet} still on paper"
        )


@cache
def _table() -> tuple[Row, ...]:
    return rows()


def live_policy(
    organisation: Organisation,
    now: datetime,
    *,
    version: PolicyVersion | None,
    accounts: Sequence[ChannelNow],
) -> Live:
    """Return every clause with what it is worth now. Makes no query of its own."""
    against = _facts(now, version, accounts) if version else None
    sections: dict[str, list[LiveClause]] = {}
    for row in _table():
        sections.setdefault(row.clause.section, []).append(_judge(row, against))
    return Live(tuple(Section(name, tuple(clauses)) for name, clauses in sections.items()))


def _judge(row: Row, against: dict[str, tuple[Worth, str]] | None) -> LiveClause:
    if row.state == State.NOT_YET:
        return LiveClause(row, Worth.NOT_YET, "Still on paper: nothing in Stairgate enforces it yet.")
    if against is None:
        return LiveClause(row, Worth.NOT_YET, "Still on paper: no policy is adopted yet.")
    worth, why = against.get(row.clause.id, (Worth.MET, ""))
    return LiveClause(row, worth, why)


def _facts(
    now: datetime, version: PolicyVersion, accounts: Iterable[ChannelNow]
) -> dict[str, tuple[Worth, str]]:
    """Return what the setting's own facts say against single clauses."""
    found: dict[str, tuple[Worth, str]] = {}
    for account in accounts:
        for restriction in account.restrictions:
            found[restriction.clause] = (Worth.BROKEN, restriction.says)
    due = version.adopted_at + timedelta(days=version.parameters.review_every_days)
    if now <= due < now + _SOON:
        found["C105"] = (Worth.RISK, "The policy’s yearly review is due within 30 days.")
    return found
