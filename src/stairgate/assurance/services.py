"""Deeds on the record of a setting."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from stairgate.ledger.services import export, record
from stairgate.organisations.access import manager_in
from stairgate.organisations.models import Organisation, User


@transaction.atomic
def hand_out(*, actor: User, organisation: Organisation, at: datetime) -> bytes:
    """Return the whole record as a zip that proves itself; who took it is its last entry. Raises `NotAllowed`."""
    manager_in(actor, organisation.id)
    record(
        organisation_id=organisation.id,
        kind="assurance.handed_out",
        actor=str(actor.id),
        subject=str(organisation.id),
        payload={},
        at=at,
    )
    return export(organisation_id=organisation.id, at=at)
