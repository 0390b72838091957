"""Deeds on the staff register. Each writes its ledger entry in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.organisations.access import manager_in
from stairgate.organisations.invitations import bring_in, invite
from stairgate.organisations.mailboxes import personal_problem
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Role
from stairgate.organisations.services import end_membership
from stairgate.people.models import Check, Person, Reference, Training
from stairgate.people.sealed import seal_birth_date, seal_number


class CannotRegister(Exception):
    """The register took nothing; the message says why and what to do."""


@control("C12", "Who works here is on one register, put there by a manager, and so recorded")
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
    basis: Person.Basis = Person.Basis.STAFF,
    work_email: str = "",
    birth_date: date | None = None,
) -> Person:
    """Put a person on the staff register; return the row. Raises `NotAllowed`, `CannotRegister`."""
    manager_in(actor, organisation.id)
    _refuse_personal(work_email)
    if user is not None:
        _refuse_twice(user, organisation)
    person = Person(
        organisation=organisation,
        user=user,
        first_name=first_name,
        full_name=full_name,
        job_title=job_title,
        started_on=started_on,
        basis=basis,
        work_email=work_email,
    )
    if birth_date is not None:
        person.birth_date_sealed = seal_birth_date(person, birth_date.isoformat())
    person.save(force_insert=True)
    write_down(actor, person, "people.registered", {"first_name": first_name, "job_title": job_title}, at)
    return person


def _refuse_personal(work_email: str) -> None:
    if work_email and (problem := personal_problem(work_email)):
        raise CannotRegister(problem)


def _refuse_twice(user: User, organisation: Organisation) -> None:
    """A sign-in belongs to somebody of this setting, and to one row of its register."""
    if not Membership.objects.filter(user=user, organisation=organisation).exists():
        raise CannotRegister("Nobody of your setting signs in like that.")
    if Person.objects.filter(user=user).exists():
        raise CannotRegister(f"{user.first_name} is on the register already.")


@transaction.atomic
def let_sign_in(*, actor: User, person: Person, roles: Iterable[Role], at: datetime, phone: str = "") -> str:
    """Give somebody of the register a sign-in with roles; return the secret of their link, which is kept nowhere.

    Raises `NotAllowed`, `CannotInvite`, and `CannotRegister` without a work mailbox of their own.
    """
    manager_in(actor, person.organisation_id)
    person = Person.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=person.pk)
    if person.user_id is not None:
        raise CannotRegister(f"{person.first_name} has a sign-in already.")
    if person.ended_on is not None and person.ended_on < person.organisation.day(at):
        raise CannotRegister(f"{person.first_name} no longer works here.")
    if not person.work_email:
        raise CannotRegister(f"{person.first_name} needs a work email first.")
    _refuse_personal(person.work_email)
    place = bring_in(
        actor=actor,
        organisation=person.organisation,
        first_name=person.first_name,
        email=person.work_email,
        job_title=person.job_title,
        roles=roles,
        phone=phone,
        at=at,
    )
    if person.ended_on is not None:
        end_membership(actor=actor, membership=place, at=at, last_day=person.ended_on)
    person.user = place.user
    person.save(update_fields=["user"])
    return invite(actor=actor, membership=place, at=at)


@transaction.atomic
def change(
    *,
    actor: User,
    person: Person,
    first_name: str,
    full_name: str,
    job_title: str,
    basis: Person.Basis,
    started_on: date,
    work_email: str,
    birth_date: date | None,
    at: datetime,
) -> None:
    """Put right what the register says of a person; an empty date of birth leaves the one it holds.

    Their sign-in keeps its address. Raises `NotAllowed`, `CannotRegister`.
    """
    manager_in(actor, person.organisation_id)
    _refuse_personal(work_email)
    values = {
        "first_name": first_name,
        "full_name": full_name,
        "job_title": job_title,
        "basis": basis.value,
        "started_on": started_on,
        "work_email": work_email,
    }
    changed = {
        name: {"from": str(getattr(person, name)), "to": str(value)}
        for name, value in values.items()
        if getattr(person, name) != value
    }
    for name, value in values.items():
        setattr(person, name, value)
    if birth_date is not None:
        person.birth_date_sealed = seal_birth_date(person, birth_date.isoformat())
    if not changed and birth_date is None:
        return
    person.save(update_fields=[*values, "birth_date_sealed"])
    if person.user_id:
        User.objects.filter(pk=person.user_id).update(first_name=first_name)
        places = Membership.objects.filter(user=person.user_id, organisation=person.organisation_id)
        places.update(job_title=job_title)
    payload = {"changed": changed, "birth_date_changed": birth_date is not None}
    write_down(actor, person, "people.changed", payload, at)


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
    number: str = "",
    update_service: bool = False,
    status_on: date | None = None,
) -> Check:
    """Record a criminal record check that the actor has seen; return the row. Raises `NotAllowed`."""
    manager_in(actor, person.organisation_id)
    check = Check(
        person=person,
        level=level,
        barred_list=barred_list,
        issued_on=issued_on,
        seen_on=seen_on,
        seen_by=actor.first_name,
        review_on=review_on,
        update_service=update_service,
        status_on=status_on,
    )
    if number:
        check.number_sealed = seal_number(check, number)
    check.save(force_insert=True)
    facts = {"level": str(level), "barred_list": barred_list, "review_on": review_on.isoformat()}
    write_down(actor, person, "people.check_recorded", facts, at)
    return check


@transaction.atomic
def withdraw_check(*, actor: User, check: Check, on: date, at: datetime) -> None:
    """Record that a check no longer holds. Duties stop the same moment (C19). Twice is once. Raises `NotAllowed`."""
    manager_in(actor, check.person.organisation_id)
    if not Check.objects.filter(pk=check.pk, withdrawn_on__isnull=True).update(withdrawn_on=on):
        return
    write_down(
        actor, check.person, "people.check_withdrawn", {"check": str(check.id), "on": on.isoformat()}, at
    )


class CannotLookAgain(Exception):
    """A look at the update service was not recorded; the message says why."""


@transaction.atomic
def look_again(*, actor: User, check: Check, on: date, review_on: date, at: datetime) -> None:
    """Record that the actor looked at the update service, and nothing has changed: the check holds on.

    Raises `NotAllowed`, and `CannotLookAgain` when they are not in the service or the check was withdrawn.
    """
    manager_in(actor, check.person.organisation_id)
    found = Check.objects.filter(pk=check.pk, update_service=True, withdrawn_on__isnull=True)
    if not found.update(status_on=on, review_on=review_on):
        raise CannotLookAgain("This check is not in the update service, or it was withdrawn.")
    facts = {"check": str(check.pk), "on": on.isoformat(), "review_on": review_on.isoformat()}
    write_down(actor, check.person, "people.check_looked_at", facts, at)


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
    level: str = "",
) -> Training:
    """Record a finished course; return the row. Raises `NotAllowed`."""
    manager_in(actor, person.organisation_id)
    training = Training.objects.create(
        person=person,
        course=course,
        provider=provider,
        level=level,
        completed_on=completed_on,
        expires_on=expires_on,
    )
    facts = {"course": str(course), "expires_on": expires_on.isoformat()}
    write_down(actor, person, "people.training_recorded", facts, at)
    return training


@transaction.atomic
def record_reference(
    *, actor: User, person: Person, given_by: str, received_on: date, verified_on: date | None, at: datetime
) -> Reference:
    """Record a reference; ``verified_on`` when the actor has made sure it is real. Raises `NotAllowed`."""
    manager_in(actor, person.organisation_id)
    reference = Reference.objects.create(
        person=person,
        given_by=given_by,
        received_on=received_on,
        verified_on=verified_on,
        verified_by=actor.first_name if verified_on else "",
    )
    payload = {"reference": str(reference.pk), "verified": verified_on is not None}
    write_down(actor, person, "people.reference_recorded", payload, at)
    return reference


@transaction.atomic
def verify_reference(*, actor: User, reference: Reference, on: date, at: datetime) -> None:
    """Record that the actor has made sure a reference is real. Raises `NotAllowed`."""
    manager_in(actor, reference.person.organisation_id)
    new = Reference.objects.filter(pk=reference.pk, verified_on__isnull=True)
    if new.update(verified_on=on, verified_by=actor.first_name):
        payload = {"reference": str(reference.pk), "verified": True}
        write_down(actor, reference.person, "people.reference_verified", payload, at)


def write_down(actor: User, person: Person, kind: str, payload: Mapping[str, object], at: datetime) -> None:
    """Write one entry about a person, inside the caller's transaction."""
    record(
        organisation_id=person.organisation_id,
        kind=kind,
        actor=str(actor.id),
        subject=str(person.id),
        payload=payload,
        at=at,
    )
