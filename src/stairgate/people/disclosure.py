"""Showing what is sealed: to a manager who asks, one value at a time, each look written down before it is shown."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from stairgate.clauses import control
from stairgate.organisations.access import manager_in
from stairgate.organisations.models import User
from stairgate.people.models import Check, Person
from stairgate.people.sealed import open_birth_date, open_number
from stairgate.people.services import write_down


@control("C19", "A certificate's number is sealed; a manager sees it by asking, and each look is recorded")
@transaction.atomic
def show_number(*, actor: User, check: Check, at: datetime) -> str:
    """Return a certificate's number, and record the look, never the number.

    Raises `NotAllowed`, `CannotOpen`.
    """
    manager_in(actor, check.person.organisation_id)
    number = str(open_number(check))
    write_down(actor, check.person, "people.number_shown", {"check": str(check.pk)}, at)
    return number


@transaction.atomic
def show_birth_date(*, actor: User, person: Person, at: datetime) -> date:
    """Return a date of birth, and record the look, never the date. Raises `NotAllowed`, `CannotOpen`."""
    manager_in(actor, person.organisation_id)
    birth_date = date.fromisoformat(str(open_birth_date(person)))
    write_down(actor, person, "people.birth_date_shown", {}, at)
    return birth_date
