"""Deeds on the staff register. Each writes its ledger entry in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from stairgate.ledger.services import record
from stairgate.organisations.access import manager_in
from stairgate.organisations.models import Organisation, User
from stairgate.people.models import Check, Person, Training


@transaction.atomic
def register(
    *,
    actor: User,
    organisation: Organisation,
    user: User | None,
    first_name: str,
    full_name: str,
    job_title: str,
    started_on: date,
    at: datetime,
) -> Person:
    """Put a person on the staff register; return the row. Raises `NotAllowed`."""
    manager_in(actor, organisation.id)
    person = Person.objects.create(
        organisation=organisation,
        user=user,
        first_name=first_name,
        full_name=full_name,
        job_title=job_title,
        started_on=started_on,
    )
    _record(actor, person, "people.registered", {"first_name": first_name, "job_title": job_title}, at)
    return person


@transaction.atomic
def record_check(
    *,
    actor: User,
    person: Person,
    level: Check.Level,
    barred_list: bool,
    issued_on: date,
    seen_on: date,
    review_on: date,
    at: datetime,
) -> Check:
    """Record a criminal record check that the actor has seen; return the row. Raises `NotAllowed`."""
    manager_in(actor, person.organisation_id)
    check = Check.objects.create(
        person=person,
        level=level,
        barred_list=barred_list,
        issued_on=issued_on,
        seen_on=seen_on,
        seen_by=actor.first_name,
        review_on=review_on,
    )
    facts = {"level": str(level), "barred_list": barred_list, "review_on": review_on.isoformat()}
    _record(actor, person, "people.check_recorded", facts, at)
    return check


@transaction.atomic
def withdraw_check(*, actor: User, check: Check, on: date, at: datetime) -> None:
    """Record that a check no longer holds. Duties stop the same moment (C19). Raises `NotAllowed`."""
    manager_in(actor, check.person.organisation_id)
    check.withdrawn_on = on
    check.save(update_fields=["withdrawn_on"])
    _record(actor, check.person, "people.check_withdrawn", {"check": str(check.id), "on": on.isoformat()}, at)


@transaction.atomic
def record_training(
    *,
    actor: User,
    person: Person,
    course: Training.Course,
    provider: str,
    completed_on: date,
    expires_on: date,
    at: datetime,
) -> Training:
    """Record a finished course; return the row. Raises `NotAllowed`."""
    manager_in(actor, person.organisation_id)
    training = Training.objects.create(
        person=person, course=course, provider=provider, completed_on=completed_on, expires_on=expires_on
    )
    _record(
        actor,
        person,
        "people.training_recorded",
        {"course": str(course), "expires_on": expires_on.isoformat()},
        at,
    )
    return training


def _record(actor: User, person: Person, kind: str, payload: Mapping[str, object], at: datetime) -> None:
    record(
        organisation_id=person.organisation_id,
        kind=kind,
        actor=str(actor.id),
        subject=str(person.id),
        payload=payload,
        at=at,
    )
