"""Which tests run beside both databases, and which once: in doubt, both."""

from __future__ import annotations

import pytest

from tests import databases
from tests.databases import own_database


def test_whoever_runs_once_opens_no_database() -> None:
    with pytest.raises(AssertionError, match="runs once for both"), own_database():
        pass


@pytest.mark.django_db
def test_whoever_asks_for_one_may_open_another() -> None:
    assert databases.refused_to == ""
