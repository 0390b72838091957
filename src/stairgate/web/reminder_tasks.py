"""Today's lines that come from rows of reminders: what nothing else on Today says already."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from stairgate.assurance.reminding.models import Reminder
from stairgate.assurance.reminding.rules import Kind, Weight
from stairgate.assurance.reminding.selectors import of_member
from stairgate.organisations.models import Membership
from stairgate.web.tasks import Task
from stairgate.web.today import Today

#: the other kinds are on Today from the records themselves, and these only while they are put off
_FROM_RECORDS = frozenset({Kind.RUNS_OUT, Kind.LEAVER})
_SAID = frozenset({Kind.HARM, Kind.RESTRICTED, Kind.COMMENTS, Kind.SECOND_LOOK, Kind.UNSIGNED})
_SHOWN = frozenset(Kind) - _FROM_RECORDS - _SAID
_MOST = 50
_EACH = 5


def with_reminders(page: Today, me: Membership, now: datetime) -> Today:
    """Return Today with what waits for this person: what cannot wait before everything else, the rest behind it; and
    without what of the register they put off. One query.
    """
    here = Q(kind__in=_SHOWN) & (Q(snoozed_until=None) | Q(snoozed_until__lte=now))
    put_off = Q(kind__in=_FROM_RECORDS, snoozed_until__gt=now)
    rows = list(of_member(me).filter(here | put_off)[:_MOST])
    hidden = {row.subject for row in rows if row.kind in _FROM_RECORDS}
    shown = [row for row in rows if row.kind in _SHOWN]
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
