"""Today's line about the library: that our safeguarding policy is not there. What runs out comes by reminders."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse

from stairgate.organisations.models import Membership
from stairgate.policies.library.rules import Kind
from stairgate.policies.library.services import may_record
from stairgate.web.tasks import Task


def library_tasks(me: Membership, lasts: date | None, now: datetime) -> list[Task]:
    """Return that our safeguarding policy is missing, for whoever may put it there; ``lasts`` is until when it counts."""
    if lasts is not None or not may_record(me, Kind.SAFEGUARDING, now):
        return []
    return [
        Task(
            kind="bad",
            icon="shield-check",
            title="Add your safeguarding and child protection policy",
            why="Say where people find it, and when it is looked at again. Until then nothing can go out.",
            status="bad",
            status_words="Put this right first",
            href=f"{reverse('library:new')}?kind={Kind.SAFEGUARDING.value}",
            button="Add it",
            minutes=3,
        )
    ]
