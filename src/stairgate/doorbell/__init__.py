"""The doorbell: on PostgreSQL, a deed that makes work due wakes a worker, on whichever machine one is free.

The rows are the truth, and every worker sweeps them anyway. So a bell carries nothing but the name of a sweep; one
that is lost costs at most the time to the next sweep, and one that is rung twice, or for nothing, does no harm.
"""

from __future__ import annotations

from enum import StrEnum
from functools import partial

import structlog
from django.db import connection, transaction

log = structlog.get_logger(__name__)

QUEUE, TASK = "doorbell", "stairgate.sweep"


class Bell(StrEnum):
    """What a worker can be woken for: the names of its sweeps."""

    DELIVERIES = "deliveries"
    ACTIONS = "actions"
    TAKE_DOWNS = "take-downs"
    COMMENTS = "comments"
    READ_BACKS = "read-backs"


def ring(bell: Bell) -> None:
    """Wake one worker for a sweep, once the transaction is committed. On SQLite the one worker needs no waking."""
    if connection.vendor == "postgresql":
        transaction.on_commit(partial(_wake, bell))


def _wake(bell: Bell) -> None:
    """Put the bell where a worker hears it. The deed is done, so no trouble here may reach whoever did it."""
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued

    try:
        app.configure_task(TASK, queue=QUEUE, queueing_lock=bell.value).defer(bell=bell.value)
    except AlreadyEnqueued:
        pass  # it rings already, and whoever answers it will see our row too
    except Exception:
        log.exception("bell_lost", bell=bell.value)
