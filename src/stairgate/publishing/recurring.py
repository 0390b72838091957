"""The worker's sweep over recurring posts: each row that is due makes its draft, and one in trouble stops no other."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from stairgate.organisations.access import NotAllowed
from stairgate.publishing.models import Recurrence
from stairgate.publishing.services import Refusal, make_due_draft

log = structlog.get_logger(__name__)

_AGAIN = timedelta(hours=1)


def sweep(now: datetime, worker: str, *, limit: int = 50) -> int:
    """Make every draft that is due; return how many were made."""
    due = Recurrence.objects.filter(due_at__lte=now).order_by("due_at")
    return sum(_make(row, now) for row in due.only("pk", "due_at")[:limit])


def _make(row: Recurrence, now: datetime) -> bool:
    """Make one draft; when it cannot be made, say why where a manager sees it, and try again in an hour."""
    try:
        return make_due_draft(recurrence_id=row.pk, now=now) is not None
    except (NotAllowed, Refusal) as refusal:
        why = f"The next draft could not be made. {refusal}"
    except Exception:
        log.exception("recurrence_trouble", recurrence=str(row.pk))
        why = "The next draft could not be made: something unexpected happened. We try again every hour."
    Recurrence.objects.filter(pk=row.pk, due_at=row.due_at).update(trouble=why, due_at=now + _AGAIN)
    return False
