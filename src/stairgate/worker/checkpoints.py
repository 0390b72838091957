"""Signing, each hour, how long every setting's ledger is and what is in it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from stairgate.ledger.models import Checkpoint, Log
from stairgate.ledger.services import checkpoint

EVERY = timedelta(hours=1)


def sweep(now: datetime, worker: str) -> int:
    """Sign each log that grew and was not signed within the hour; return how many were signed."""
    newest = Checkpoint.objects.filter(log=OuterRef("pk")).order_by("-id")
    logs = Log.objects.annotate(
        signed_at=Subquery(newest.values("at")[:1]), signed_size=Subquery(newest.values("size")[:1])
    )
    due = [
        organisation
        for organisation, size, at, signed in logs.values_list(
            "organisation_id", "size", "signed_at", "signed_size"
        )
        if at is None or (size > signed and now - at >= EVERY)
    ]
    for organisation in due:
        checkpoint(organisation_id=organisation, at=now)
    return len(due)
