"""Today's lines that come from rows of reminders: what nothing else on Today says already."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from stairgate.assurance.reminding.models import Reminder
from stairgate.assurance.reminding.rules import Weight
from stairgate.assurance.reminding.selectors import FROM_RECORDS
from stairgate.organisations.models import Membership
from stairgate.web.context import waiting_of
from stairgate.web.tasks import Task
from stairgate.web.today import Today

_EACH = 5


def with_reminders(page: Today, me: Membership, now: datetime) -> Today:
    """Return Today with what waits for this person: what cannot wait before everything else, the rest behind it; and
    without what of the register they put off. No query but the frame's own.
    """
    rows = waiting_of(me).reminders
    hidden = {row.subject for row in rows if row.kind in FROM_RECORDS}
    shown = [row for row in rows if row.kind not in FROM_RECORDS]
    urgent = [_task(row, now) for row in shown if row.is_urgent][:_EACH]
    others = [_task(row, now) for row in shown if not row.is_urgent][:_EACH]
    kept = [task for task in page.tasks if task.subject not in hidden]
    return replace(page, tasks=(*urgent, *kept, *others))


def _task(row: Reminder, now: datetime) -> Task:
    late = row.due_at < now
    kind = "bad" if row.words.weight == Weight.URGENT else "risk" if late else "wait"
    return Task(
        kind=kind,
        icon=row.words.icon,
        title=row.says,
        why=f"{row.count} altogether." if row.count > 1 else "",
        status=kind,
        status_words="Do this now" if kind == "bad" else "Late" if late else "Waiting for you",
        href=row.href,
        button=row.words.button,
        minutes=row.words.minutes,
    )
