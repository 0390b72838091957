"""Reads of the ledger: what happened, newest first, and how far it has got."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from stairgate.ledger.models import Checkpoint, Entry


def history(
    organisation_id: UUID, *, subject: str | None = None, actor: str | None = None
) -> QuerySet[Entry]:
    """Return a setting's entries, newest first; of one record or one person when named."""
    entries = Entry.objects.filter(log__organisation_id=organisation_id).order_by("-index")
    if subject is not None:
        entries = entries.filter(subject=subject)
    return entries if actor is None else entries.filter(actor=actor)


def newest_at(organisation_id: UUID) -> datetime | None:
    """Return the latest time any entry of a setting carries, or None when nothing has happened yet."""
    times = (
        Entry.objects.filter(log__organisation_id=organisation_id)
        .order_by("-at")
        .values_list("at", flat=True)
    )
    return times.first()


def newest_checkpoint(organisation_id: UUID) -> Checkpoint | None:
    """Return the last signed checkpoint of a setting, or None."""
    return Checkpoint.objects.filter(log__organisation_id=organisation_id).order_by("-id").first()
