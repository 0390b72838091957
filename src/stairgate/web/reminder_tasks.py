"""Today's lines that come from rows of reminders: what nothing else on Today says already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from stairgate.assurance.reminding.models import Reminder
from stairgate.assurance.reminding.rules import Kind, Weight
from stairgate.assurance.reminding.selectors import of_member
from stairgate.organisations.models import Membership
from stairgate.web.tasks import Task

#: the other kinds are on Today from the records themselves, and these only while they are put off
_FROM_RECORDS = frozenset({Kind.RUNS_OUT, Kind.LEAVER})
_SAID = frozenset({Kind.HARM, Kind.RESTRICTED, Kind.COMMENTS, Kind.SECOND_LOOK, Kind.UNSIGNED})
_SHOWN = frozenset(Kind) - _FROM_RECORDS - _SAID
_MOST = 50


@dataclass(frozen=True, slots=True)
class FromRows:
    """Lines for Today, what cannot wait apart from the rest, and the subjects of the register's that were put off."""

    urgent: list[Task]
    tasks: list[Task]
    put_off: frozenset[str]


def reminder_tasks(me: Membership, now: datetime) -> FromRows:
    """Return what waits for this person, and what of the register they put off. One query."""
    here = Q(kind__in=_SHOWN) & (Q(snoozed_until=None) | Q(snoozed_until__lte=now))
    put_off = Q(kind__in=_FROM_RECORDS, snoozed_until__gt=now)
    rows = list(of_member(me).filter(here | put_off)[:_MOST])
    return FromRows(
        urgent=[_task(row, now) for row in rows if row.kind in _SHOWN and row.is_urgent],
        tasks=[_task(row, now) for row in rows if row.kind in _SHOWN and not row.is_urgent],
        put_off=frozenset(row.subject for row in rows if row.kind in _FROM_RECORDS),
    )


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
