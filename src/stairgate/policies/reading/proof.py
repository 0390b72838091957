"""What the sign-in knows of who is there: the last time that somebody in this session showed it once more."""

from __future__ import annotations

from datetime import UTC, datetime

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from stairgate.organisations.access import current
from stairgate.policies.reading.rules import Means, Proof


def proof_of(request: HttpRequest, now: datetime) -> Proof | None:
    """Return the last proof given in this session beyond signing in, or None.

    In the demo nobody has a password, so being there counts as proof, and the signature says so.
    """
    proved = [one for one in get_authentication_records(request, request.user) if one.get("reauthenticated")]
    if proved:
        return Proof(datetime.fromtimestamp(proved[-1]["at"], UTC), _means(proved[-1]))
    if settings.DEMO and current(request).organisation.is_demo:
        return Proof(now, Means.DEMO)
    return None


def _means(record: dict[str, object]) -> Means:
    if record.get("method") == "password":
        return Means.PASSWORD
    return Means.PASSKEY if record.get("type") == "webauthn" else Means.CODE
