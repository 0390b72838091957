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
    *, actor: User, organisation: Organisation, title: str, text: str, parameters: Parameters, at: datetime
) -> PolicyVersion:
    """Adopt a new version of the policy; return it.

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
        payload={"number": version.number, "digest": version.text_digest, "parameters": checked.to_json()},
        at=at,
    )
    return version
