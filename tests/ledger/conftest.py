"""Fixtures of the ledger's tests."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests.ledger.flushing import allow_flush

allow_flush()


@pytest.fixture
def setting() -> UUID:
    """A setting nobody else writes to."""
    return uuid4()
