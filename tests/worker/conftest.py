"""A PostgreSQL for workers in processes of their own, and the setting that they work for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from tests.cast import willow_lane
from tests.ledger.flushing import allow_flush
from tests.practice.fixtures import Practice
from tests.publishing.conftest import Desk
from tests.worker.crew import Crew

allow_flush()  # a turn of the worker really commits


@pytest.fixture
def quiet(transactional_db: None) -> Iterator[None]:
    """A PostgreSQL with nothing in the queue, before and after: Django does not clear what is not its own."""
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite there is one worker, and nothing to wake it")
    _clear_queue()
    yield
    _clear_queue()


def _clear_queue() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@pytest.fixture
def desk(quiet: None, practice: Practice) -> Desk:
    """Willow Lane, its page on the practice network."""
    now = timezone.now()
    return Desk(willow_lane(now, credentials=practice.credentials), now)


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    found = Crew(tmp_path)
    yield found
    for process in found.processes:
        process.kill()
        process.wait()
