"""Adopting the policy. Signing it is in `policies.reading`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from stairgate.ledger.services import record
from stairgate.organisations.access import manager_in
from stairgate.organisations.models import Organisation, RoleHeld, User
from stairgate.organisations.rules import Role
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
    content: Mapping[str, Any] | None = None,
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
    label = _next_label(last, correction=correction)
    version = PolicyVersion.objects.create(
        organisation=organisation,
        number=(last.number if last else 0) + 1,
        **label,
        **_reviewed(organisation, at, last if label["minor_number"] else None),
        title=title,
        text=text,
        text_digest=hashlib.sha256(text.encode()).hexdigest(),
        parameters_json=checked.to_json(),
        adopted_by=actor,
        adopted_at=at,
        content=content,
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


def _reviewed(organisation: Organisation, at: datetime, corrected: PolicyVersion | None) -> dict[str, Any]:
    """Return when the policy was last looked at as a whole. To correct a detail is no review."""
    if corrected:
        return {name: getattr(corrected, name) for name in ("reviewed_at", "reviewed_on", "leads_seen")}
    return looked_at(organisation, at)


def looked_at(organisation: Organisation, at: datetime) -> dict[str, Any]:
    """Return what to write on a version that was looked at as a whole at that moment. One query."""
    leads = RoleHeld.objects.filter(role=Role.DSL, membership__organisation=organisation)
    newest = leads.aggregate(newest=Max("pk"))["newest"]
    return {"reviewed_at": at, "reviewed_on": organisation.day(at), "leads_seen": newest or 0}
