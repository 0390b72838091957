"""Adopting and signing the policy."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.organisations.access import manager_in
from stairgate.organisations.models import Organisation, User
from stairgate.people.models import Person
from stairgate.policies.models import PolicyVersion, Signature
from stairgate.policies.parameters import Parameters


class CannotSign(Exception):
    """The signature was refused; the message says why and what to do."""


@transaction.atomic
def adopt(
    *,
    actor: User,
    organisation: Organisation,
    title: str,
    text: str,
    parameters: Parameters,
    at: datetime,
    correction: bool = False,
) -> PolicyVersion:
    """Put a version of the policy in force; return it. A ``correction`` is a minor version: signatures go on counting.

    The lowest step, which asks nothing but who does it: people come here through `adopting.adopt_draft`.
    Raises `NotAllowed`, and `TooLoose` when a parameter is below its floor.
    """
    manager_in(actor, organisation.id)
    # its key stays free: whoever writes a row of the setting may hold the ledger that we still need
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    checked = Parameters.from_json(parameters.to_json())
    last = organisation.policy_versions.order_by("-number").first()
    version = PolicyVersion.objects.create(
        organisation=organisation,
        number=(last.number if last else 0) + 1,
        **_next_label(last, correction=correction),
        title=title,
        text=text,
        text_digest=hashlib.sha256(text.encode()).hexdigest(),
        parameters_json=checked.to_json(),
        adopted_by=actor,
        adopted_at=at,
    )
    record(
        organisation_id=organisation.id,
        kind="policies.adopted",
        actor=str(actor.id),
        subject=str(version.id),
        payload={
            "number": version.number,
            "label": version.label,
            "digest": version.text_digest,
            "parameters": checked.to_json(),
        },
        at=at,
    )
    return version


def _next_label(last: PolicyVersion | None, *, correction: bool) -> dict[str, int]:
    """Return the two numbers of the version after the last. There is nothing to correct in what is not there."""
    if last is None:
        return {"major_number": 1, "minor_number": 0}
    if correction:
        return {"major_number": last.major_number, "minor_number": last.minor_number + 1}
    return {"major_number": last.major_number + 1, "minor_number": 0}


@control("C109", "A person signs for themselves only")
@control("C110", "The date of a signature is the time of the deed; nothing asks anybody to type it")
@control("C111", "The typed name must match the staff register")
@transaction.atomic
def sign(*, actor: User, version: PolicyVersion, name_typed: str, at: datetime) -> Signature:
    """Sign the version in force; return the signature, bound to the digest of its text. Signed is signed once.

    Raises `CannotSign` when the version is not in force or the name does not match the register.
    """
    latest = PolicyVersion.objects.filter(organisation=version.organisation_id).order_by("-number").first()
    if latest is None or latest.pk != version.pk:
        raise CannotSign("There is a newer version of the policy. Please read and sign that one.")
    person = Person.objects.filter(organisation=version.organisation_id, user=actor).first()
    if person is None:
        raise CannotSign("You are not on the staff register yet. Ask your manager to add you.")
    if name_typed.split() != person.full_name.split():
        raise CannotSign("The name you typed does not match the staff register. Type it just as it is there.")
    signature, new = Signature.objects.get_or_create(
        version=version,
        user=actor,
        defaults={"name_typed": name_typed, "text_digest": version.text_digest, "signed_at": at},
    )
    if not new:
        return signature
    record(
        organisation_id=version.organisation_id,
        kind="policies.signed",
        actor=str(actor.id),
        subject=str(version.id),
        payload={"number": version.number, "label": version.label, "digest": version.text_digest},
        at=at,
    )
    return signature
