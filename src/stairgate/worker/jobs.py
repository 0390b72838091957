"""What the worker does, and how often it looks."""

from __future__ import annotations

from stairgate.channels import health
from stairgate.monitoring import actions, collect
from stairgate.publishing import delivery
from stairgate.worker import checkpoints, doorbells
from stairgate.worker.loop import Job


def jobs() -> list[Job]:
    """Return every job, those the public feels first."""
    return [
        Job("deliveries", 0.5, delivery.sweep),
        Job("actions on the page", 0.5, actions.sweep),
        Job("what the public wrote", 0.5, collect.sweep),
        Job("doorbells", 5.0, doorbells.sweep),
        Job("health of accounts", 10.0, health.sweep),
        Job("ledger checkpoints", 60.0, checkpoints.sweep),
    ]
