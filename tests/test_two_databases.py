"""Which tests run beside both databases, and which once: in doubt, both."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests import databases
from tests.conftest import FIRST, for_the_second_database
from tests.databases import own_database


def test_whoever_runs_once_opens_no_database() -> None:
    with pytest.raises(AssertionError, match="runs once for both"), own_database():
        pass


@pytest.mark.django_db
def test_whoever_asks_for_one_may_open_another() -> None:
    assert databases.refused_to == ""


@pytest.mark.parametrize(
    ("file", "whole"),
    [
        ("web/test_today.py", False),
        ("people/test_leaving.py", False),
        ("cli/test_archive.py", False),
        ("cli/test_backup.py", True),
        ("crash/test_matrix.py", True),
        ("ledger/test_guards.py", True),
        ("monitoring/test_at_once.py", True),
        ("publishing/test_by_hand_at_once.py", True),
        ("publishing/test_gate_conditions.py", True),
    ],
)
def test_of_a_file_the_first_tests_run_beside_both_and_all_where_a_database_is_tried(
    file: str, whole: bool
) -> None:
    items: list[Any] = [SimpleNamespace(nodeid=f"tests/{file}::test_x[{number}]") for number in range(9)]
    assert for_the_second_database(items) == (items if whole else items[:FIRST])


def test_what_asks_nothing_of_a_database_and_is_long_runs_beside_one() -> None:
    items: list[Any] = [SimpleNamespace(nodeid="tests/web/test_budget.py::test_x")]
    assert for_the_second_database(items) == []
