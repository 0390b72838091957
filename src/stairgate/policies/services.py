"""Adopting the policy. Signing it is in `policies.reading`."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from stairgate.ledger.services import record
from stairgate.organisations.access import manager_in
from stairgate.organisations.models import Organisation, User
from stairgate.policies.models import PolicyVersion
from stairgate.policies.parameters import Parameters


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
