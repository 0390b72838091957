"""Which tests run beside both databases, and which once: in doubt, both."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests import databases
from tests.conftest import first_cases
from tests.databases import own_database


def test_whoever_runs_once_opens_no_database() -> None:
    with pytest.raises(AssertionError, match="runs once for both"), own_database():
        pass


@pytest.mark.django_db
def test_whoever_asks_for_one_may_open_another() -> None:
    assert databases.refused_to == ""


def test_a_table_is_gone_through_once_and_whole_where_a_database_is_tried() -> None:
    names = ("web/test_a.py::test_x[1]", "web/test_a.py::test_x[2]", "ledger/test_b.py::test_y[1]")
    items: list[Any] = [
        SimpleNamespace(nodeid=f"tests/{name}") for name in (*names, "ledger/test_b.py::test_y[2]")
    ]
    assert first_cases(items) == [items[0], *items[2:]]
