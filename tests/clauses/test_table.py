"""The clause table claims only what code enforces and a test holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stairgate.clauses import Claim, Coverage, control, load_controls, table
from stairgate.clauses.table import State, clauses, rows
from tests.conftest import WHOLE_SUITE

_ROOT = Path(__file__).resolve().parents[2]


def test_every_clause_is_there_once_in_our_own_words() -> None:
    assert [clause.id for clause in clauses()] == [f"C{number:02}" for number in range(1, 112)]
    titles = [clause.title for clause in clauses()]
    assert len(set(titles)) == len(titles)
    assert all(
        8 < len(title) <= 100 and clause.section for title, clause in zip(titles, clauses(), strict=True)
    )


def test_no_control_is_claimed_without_a_test() -> None:
    assert {claim.clause for claim in load_controls()} - set(table.tests()) == set()


def test_no_test_is_marked_without_a_control() -> None:
    assert set(table.tests()) - {claim.clause for claim in load_controls()} == set()


def test_only_clauses_of_the_policy_are_named() -> None:
    known = {clause.id for clause in clauses()}
    assert {claim.clause for claim in load_controls()} - known == set()
    assert set(table.tests()) - known == set()


def test_the_list_of_tests_is_the_one_the_markers_make(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Else: .venv/bin/pytest --collect-only -q --write-clause-tests"""
    if whole := request.config.stash.get(WHOLE_SUITE, None):  # it is all here: no need to collect it again
        assert {clause: tuple(names) for clause, names in whole.items()} == table.tests()
        return
    found = tmp_path / "tests.json"
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, f"--write-clause-tests={found}"], cwd=_ROOT, capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]
    assert {clause: tuple(names) for clause, names in json.loads(found.read_text()).items()} == table.tests()


def claim(coverage: Coverage) -> Claim:
    return Claim("C78", "Somebody else approves", "somewhere", coverage)


@pytest.mark.parametrize(
    ("claims", "state"),
    [
        ([], State.NOT_YET),
        ([claim(Coverage.PART)], State.PARTLY),
        ([claim(Coverage.PART), claim(Coverage.WHOLE)], State.ENFORCED),
    ],
)
def test_a_state_follows_from_what_is_claimed_and_held(claims: list[Claim], state: State) -> None:
    assert {row.clause.id: row.state for row in rows(claims)}["C78"] == state


def test_a_claim_no_test_holds_counts_for_nothing() -> None:
    held = next(clause.id for clause in clauses() if clause.id not in table.tests())
    alone = Claim(held, "A promise", "somewhere", Coverage.WHOLE)
    assert {row.clause.id: row.state for row in rows([alone])}[held] == State.NOT_YET


@pytest.mark.parametrize("wrong", ["C1", "38", "C1234", "c38", "C38 "])
def test_a_control_names_a_clause_properly(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a clause number"):
        control(wrong, "Nothing")
