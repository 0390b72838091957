"""Proving each day, and on demand, that a connection still works."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db.models import OuterRef, Q, Subquery

from stairgate.channels.models import Channel, HealthReading
from stairgate.channels.services import note_health, prove
from stairgate.networks.base import Health
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force

log = structlog.get_logger(__name__)

#: a connection in trouble is proved again soon, so that a mended one opens by itself
_AFTER_TROUBLE = timedelta(minutes=10)


def sweep(now: datetime, worker: str) -> int:
    """Prove every live account whose last proof is too old; return how many were proved."""
    newest = HealthReading.objects.known_at(now).filter(channel=OuterRef("pk"))
    rows = Channel.objects.filter(status=Channel.Status.LIVE, connection__isnull=False).annotate(
        proved_at=Subquery(newest.values("at")[:1]), proved_ok=Subquery(newest.values("ok")[:1])
    )
    # Said the positive way round: "not recent" would leave out an account that was never proved.
    maybe = Q(proved_at__isnull=True) | Q(proved_ok=False) | Q(proved_at__lte=now - timedelta(hours=1))
    due = [channel for channel in rows.filter(maybe).select_related("organisation") if _is_due(channel, now)]
    for channel in due:
        _prove(channel, now)
    return len(due)


def _is_due(channel: Channel, now: datetime) -> bool:
    at: datetime | None = getattr(channel, "proved_at", None)
    if at is None:
        return True
    if not getattr(channel, "proved_ok", False):
        return now >= at + _AFTER_TROUBLE
    try:
        version = in_force(channel.organisation)
        parameters = version.parameters if version else Parameters()
    except Exception:
        # A policy that cannot be read stops no other setting, and this one is asked about rather too often.
        log.exception("health_no_policy", channel=str(channel.id))
        return True
    return now >= at + timedelta(hours=parameters.health_every_hours)


def _prove(channel: Channel, now: datetime) -> None:
    try:
        prove(channel=channel)
    except Exception as error:
        # Not being able to ask is itself an answer: the account is not proved.
        log.exception("health_surprise", channel=str(channel.id))
        problem = f"The check itself did not work ({type(error).__name__})."
        note_health(channel=channel, health=Health(ok=False, checked_at=now, problems=(problem,)))
