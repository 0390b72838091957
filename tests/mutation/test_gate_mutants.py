"""No condition of the rules of the gate can be taken out unnoticed. The rest of the gate: by the command."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from stairgate.publishing.changing import ChangeFacts
from stairgate.publishing.rules import ApprovalFact, GateFacts
from stairgate.publishing.urgent import TemplateFacts, UrgentFacts
from tests.databases import plain_environment
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.run import Result, _page
from tests.mutation.targets import FACTS


@pytest.mark.clause("C78")
def test_no_condition_of_the_rules_can_be_taken_out_unnoticed() -> None:
    command = [sys.executable, "-m", "tests.mutation.run", "--quick", "--workers", "2"]
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(
        command, cwd=root, capture_output=True, text=True, timeout=600, env=plain_environment()
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert " 0 survived" in run.stdout


def test_every_fact_the_gate_reads_is_taken_on_trust_once() -> None:
    for facts in (GateFacts, ApprovalFact, TemplateFacts, UrgentFacts, ChangeFacts):
        assert set(FACTS[facts.__name__]) == {field.name for field in fields(facts)}


def test_each_condition_is_held_true_and_false_and_each_deed_left_out() -> None:
    source = "def may(a, b):\n    if a and b > 1:\n        note()\n    return b\n"
    assert [mutant.what for mutant in mutants(source)] == [
        "always: a",
        "never: a",
        "always: b > 1",
        "never: b > 1",
        "left out: note()",
    ]


def test_a_mutant_is_the_function_with_one_thing_changed() -> None:
    source = "def may(a):\n    if a:\n        return 'yes'\n    return 'no'\n"
    always, never = mutants(source)
    scope: dict[str, object] = {}
    exec(source, scope)  # the two lines above
    may = scope["may"]
    answers = []
    for mutant in (always, never):
        assert mutant.code is not None
        may.__code__ = mutant.code  # type: ignore[attr-defined]
        answers.append(may(None))  # type: ignore[operator]
    assert answers == ["yes", "no"]


def test_a_module_tried_by_itself_changes_only_its_own_part_of_the_page() -> None:
    lost = Mutant("may", 1, "always: a", None)
    before = _page([Result("a.one", lost, ""), Result("b.two", lost, "")])
    assert ": 0 noticed, 0 that change nothing, 2 survived." in before
    after = _page([Result("b.two", lost, "test_it[x]")], before)
    assert after == _page([Result("a.one", lost, ""), Result("b.two", lost, "test_it[x]")])
    assert "2 conditions taken out one at a time: 1 noticed, 0 that change nothing, 1 survived." in after
