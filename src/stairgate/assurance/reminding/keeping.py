"""The sweep that keeps the rows true: what is due has an open row, what is not due any more is closed.

Done again it changes nothing. Several workers at once, or one that is killed, make no row twice: the setting is locked while
rows are written, they are worked out again under the lock, and the database allows one open row for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime

import structlog
from django.db import connection, transaction

from stairgate.assurance.reminding.models import Reminder
from stairgate.assurance.reminding.rules import Due
from stairgate.assurance.reminding.setting import Setting, Source
from stairgate.assurance.reminding.sources import SOURCES
from stairgate.clauses import control
from stairgate.organisations.models import Organisation

log = structlog.get_logger(__name__)

_LONGEST = 240


def sweep(now: datetime, worker: str) -> int:
    """Keep the rows of every setting; return how many were opened or closed. One in trouble stops none of the others.

    Raises `ExceptionGroup` with all of the trouble at the end.
    """
    changed, trouble = 0, []
    for organisation in Organisation.objects.order_by("pk"):
        try:
            changed += keep(organisation, now)
        except Exception as error:
            log.exception("reminders_trouble", organisation=str(organisation.pk))
            trouble.append(error)
    if trouble:
        raise ExceptionGroup("reminders in trouble", trouble)
    return changed


@control("C19", "Whoever is concerned is reminded 90, 30 and 7 days before a check is due for review")
@control("C20", "Whoever is concerned is reminded 90, 30 and 7 days before training runs out")
@control("C105", "The yearly review is reminded of 90, 30 and 7 days before, and when it is overdue")
def keep(organisation: Organisation, now: datetime, sources: Sequence[Source] = SOURCES) -> int:
    """Bring the open rows of one setting in line with what is due; return how many were opened or closed."""
    if not _difference(organisation, now, sources):
        return 0
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        found = _difference(organisation, now, sources)
        return found.write(organisation, now) if found else 0


class _Difference:
    """What has to be written so that the rows say what is due."""

    def __init__(self, new: list[Due], changed: list[Reminder], over: list[Reminder]) -> None:
        self.new, self.changed, self.over = new, changed, over

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.over)

    def write(self, organisation: Organisation, now: datetime) -> int:
        Reminder.objects.filter(pk__in=[row.pk for row in self.over]).update(done_at=now)
        Reminder.objects.bulk_update(self.changed, ["says", "about", "count", "due_at"], batch_size=200)
        Reminder.objects.bulk_create(
            [_row(organisation, due, now) for due in self.new], ignore_conflicts=True, batch_size=200
        )
        return len(self.new) + len(self.over)


def _row(organisation: Organisation, due: Due, now: datetime) -> Reminder:
    return Reminder(
        organisation=organisation,
        user_id=due.user,
        kind=due.kind,
        subject=due.subject,
        about=due.about,
        says=due.says[:_LONGEST],
        count=due.count,
        due_at=due.due_at,
        made_at=now,
    )


def _difference(organisation: Organisation, now: datetime, sources: Sequence[Source]) -> _Difference:
    wanted: dict[tuple[object, ...], Due] = {}
    known: set[str] = set()
    setting = Setting(organisation, now)
    for source in sources:
        found = _ask(source, setting)
        if found is not None:
            known |= source.kinds
            wanted |= {due.key: due for due in found}
    open_rows = list(Reminder.objects.filter(organisation=organisation, done_at__isnull=True))
    have = {(row.user_id, row.kind, row.subject): row for row in open_rows}
    return _Difference(
        new=[due for key, due in wanted.items() if key not in have],
        changed=[row for key, row in have.items() if key in wanted and _changes(row, wanted[key])],
        over=[row for key, row in have.items() if key not in wanted and row.kind in known],
    )


def _ask(source: Source, setting: Setting) -> Iterable[Due] | None:
    """Return what a source finds; None when it cannot say. Not knowing is never "nothing is due"."""
    try:
        # under the lock a failed query must not spoil what comes after it; outside nothing is to be locked for reading
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            return list(source.find(setting))
    except Exception:
        log.exception(
            "reminder_source_trouble", source=sorted(source.kinds), organisation=str(setting.organisation.pk)
        )
        return None


def _changes(row: Reminder, due: Due) -> bool:
    """Bring a row in line with what is due; return whether that changed it. A moment that is only "now" stays as it was."""
    says = due.says[:_LONGEST]
    same = (row.says, row.about, row.count) == (says, due.about, due.count)
    if same and (row.due_at == due.due_at or row.is_urgent or row.kind == "mail"):
        return False
    row.says, row.about, row.count = says, due.about, due.count
    if not (row.is_urgent or row.kind == "mail"):
        row.due_at = due.due_at
    return True
