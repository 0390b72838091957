"""Who is whose line manager: to whom somebody reports an exception, or harm to a good name."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from stairgate.clauses import control
from stairgate.organisations.access import manager_in
from stairgate.organisations.models import User
from stairgate.people.models import Person
from stairgate.people.services import CannotRegister, write_down


def could_manage(person: Person, on: date) -> QuerySet[Person]:
    """Return who can be somebody's line manager: colleagues who work here that day and sign in, by first name."""
    here = Q(ended_on__isnull=True) | Q(ended_on__gte=on)
    rows = Person.objects.filter(here, organisation=person.organisation_id, user__is_active=True)
    return rows.filter(started_on__lte=on).exclude(pk=person.pk).order_by("first_name", "pk")


@control("C86", "Everybody on the register has a line manager of their own, or else the managers are it")
@transaction.atomic
def name_line_manager(*, actor: User, person: Person, manager: Person | None, at: datetime) -> None:
    """Say who somebody's line manager is; None: whoever manages the setting. Raises `NotAllowed`, `CannotRegister`."""
    manager_in(actor, person.organisation_id)
    if manager is not None:
        on = person.organisation.day(at)
        if not could_manage(person, on).filter(pk=manager.pk).exists():
            raise CannotRegister("A line manager is somebody else, who works here and signs in.")
    if person.line_manager_id == (manager.pk if manager else None):
        return
    person.line_manager = manager
    person.save(update_fields=["line_manager"])
    write_down(actor, person, "people.line_manager", {"manager": str(manager.pk) if manager else ""}, at)
