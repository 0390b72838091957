"""Somebody leaves: from the day after their last nothing is open to them, and what else is due that day is ticked off."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from stairgate.clauses import control
from stairgate.organisations.access import manager_in
from stairgate.organisations.models import Membership, User
from stairgate.organisations.roles import keep_a_manager
from stairgate.organisations.services import end_membership
from stairgate.people.models import LeavingTask, Person
from stairgate.people.services import write_down


class CannotLeave(Exception):
    """Nothing was changed; the message says why and what to do."""


@control(
    "C25",
    "A leaver's roles and sign-in end after their last day, and what is due that day is a list with names",
)
@transaction.atomic
def leave(*, actor: User, person: Person, last_day: date, at: datetime) -> None:
    """Record somebody's last day: roles and sign-in end after it, and a checklist is due on it.

    A last day that has not come can be moved. Raises `NotAllowed`, `CannotLeave`, and `CannotChangeRole` for the
    only manager.
    """
    manager_in(actor, person.organisation_id)
    person = Person.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=person.pk)
    today = person.organisation.day(at)
    if person.ended_on is not None and person.ended_on < today:
        raise CannotLeave(f"{person.first_name} has left already.")
    if last_day < person.started_on:
        raise CannotLeave(f"{person.first_name} started later than that.")
    place = Membership.objects.filter(user=person.user_id, organisation=person.organisation_id).first()
    if place is not None and (place.ended_on is None or place.ended_on >= today):
        keep_a_manager(place, at=at)
        end_membership(actor=actor, membership=place, at=at, last_day=last_day)
    person.ended_on = last_day
    person.save(update_fields=["ended_on"])
    LeavingTask.objects.bulk_create(
        [LeavingTask(person=person, kind=kind, due_on=last_day) for kind in LeavingTask.Kind],
        ignore_conflicts=True,
    )
    person.leaving_tasks.filter(done_at__isnull=True).update(due_on=last_day)
    write_down(actor, person, "people.leaving", {"last_day": last_day.isoformat()}, at)


@transaction.atomic
def tick(*, actor: User, task: LeavingTask, at: datetime) -> None:
    """Record that one thing a leaver left to do is done, and by whom. Raises `NotAllowed`.

    The lowest step: people come here through `channels.leavers.tick`, which looks at the leaver's accounts first.
    """
    manager_in(actor, task.person.organisation_id)
    done = LeavingTask.objects.filter(pk=task.pk, done_at__isnull=True).update(done_at=at, done_by=actor)
    if done:
        write_down(actor, task.person, "people.leaving_done", {"what": task.kind}, at)
