"""The clause table: every clause of the policy with its state, its controls and its tests. Pure but for files."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from stairgate.clauses.registry import Claim, Coverage, load_controls


class State(enum.StrEnum):
    """How far a clause is enforced by code."""

    ENFORCED = "enforced"
    PARTLY = "partly"
    NOT_YET = "not yet"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the source policy, in our own words."""

    id: str
    section: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    clause: Clause
    state: State
    controls: tuple[Claim, ...]
    tests: tuple[str, ...]


@cache
def clauses() -> tuple[Clause, ...]:
    """Return every clause, C01 to C111, in order."""
    return tuple(Clause(**row) for row in json.loads(_read("clauses.json")))


@cache
def tests() -> Mapping[str, tuple[str, ...]]:
    """Return the tests that hold each clause, as written by ``pytest --write-clause-tests``."""
    return {clause: tuple(found) for clause, found in json.loads(_read("tests.json")).items()}


def rows(claims: Iterable[Claim] | None = None) -> tuple[Row, ...]:
    """Return the table. Only what has both a control and a test counts. Django must be set up."""
    by_clause: dict[str, list[Claim]] = {}
    for claim in load_controls() if claims is None else claims:
        by_clause.setdefault(claim.clause, []).append(claim)
    return tuple(_row(clause, tuple(by_clause.get(clause.id, ()))) for clause in clauses())


def _row(clause: Clause, claims: tuple[Claim, ...]) -> Row:
    proved = tests().get(clause.id, ())
    if not claims or not proved:
        return Row(clause, State.NOT_YET, claims, proved)
    whole = any(claim.coverage == Coverage.WHOLE for claim in claims)
    return Row(clause, State.ENFORCED if whole else State.PARTLY, claims, proved)


def _read(name: str) -> str:
    return files("stairgate.clauses").joinpath(name).read_text("utf-8")
