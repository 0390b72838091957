"""What of the register has to be done soon: what runs out, and what a leaver left to do. One line for each person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Value

from stairgate.clauses import control
from stairgate.organisations.models import Organisation
from stairgate.people.models import LeavingTask, Person
from stairgate.people.rules import WARNINGS, Expiry, running_out
from stairgate.people.selectors import columns, facts_of


@dataclass(frozen=True, slots=True)
class Reminder:
    """One person of whom something has to be done."""

    person: Person
    runs_out: tuple[Expiry, ...]
    left_to_do: bool  # of what is due on their last day

    @property
    def due_on(self) -> date:
        """Return the day that makes it urgent."""
        if self.left_to_do and self.person.ended_on is not None:
            return self.person.ended_on
        return self.runs_out[0].ends_on


@control("C25", "What a leaver left to do stays on every manager's Today until a named person has ticked it")
def reminders(organisation: Organisation, *, on: date, user: UUID | None = None) -> list[Reminder]:
    """Return what is due of everybody, the most urgent first; of one ``user`` only what runs out. One query."""
    whose = {"person": OuterRef("pk")}
    last = on + timedelta(days=max(WARNINGS))
    to_do = LeavingTask.objects.filter(done_at__isnull=True, due_on__lte=on, **whose)
    here = Q(ended_on__isnull=True) | Q(ended_on__gte=on)
    soon = (
        Q(check_review_on__lte=last)
        | Q(training_expires_on__lte=last)
        | Q(online_safety_expires_on__lte=last)
    )
    people = Person.objects.filter(organisation=organisation)
    if user is not None:
        people = people.filter(user=user)
    rows = people.annotate(
        **columns(on, whose), has_signed=Value(False), unread=Value(""), left_to_do=Exists(to_do)
    ).filter(Q(left_to_do=True) | (here & soon))
    found = [_reminder(row, on, leavers=user is None) for row in rows]
    return sorted(
        (r for r in found if r.left_to_do or r.runs_out), key=lambda r: (r.due_on, str(r.person.pk))
    )


def _reminder(row: Person, on: date, *, leavers: bool) -> Reminder:
    gone = row.ended_on is not None and row.ended_on < on
    left_to_do = leavers and bool(getattr(row, "left_to_do", False))
    return Reminder(row, () if gone else running_out(facts_of(row, row), on), left_to_do)
