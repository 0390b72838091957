"""Asking each network to ring our doorbell, again and again until it agrees. Polling goes on in any case."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse

from stairgate.channels.models import Channel
from stairgate.channels.services import account_for, network_for
from stairgate.monitoring.models import Sweep
from stairgate.monitoring.selectors import silent_doorbell
from stairgate.networks.base import Capability, Trouble

log = structlog.get_logger(__name__)

_AGAIN = timedelta(minutes=10)
_SOON = timedelta(seconds=15)
_SILENT_AGAIN = timedelta(hours=1)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def sweep(now: datetime, worker: str) -> int:
    """Subscribe every account that does not ring at our address yet, is silent, or was connected anew; return how many
    now do.
    """
    _forget_older(now)
    due = Sweep.objects.filter(Q(subscribe_at__isnull=True) | Q(subscribe_at__lte=now))
    due = due.filter(channel__connection__isnull=False).exclude(channel__status=Channel.Status.CLOSED)
    done = 0
    for row in due.select_related("channel__connection"):
        address = settings.BASE_URL + reverse("hook", args=[row.channel.network, row.channel_id])
        silent = silent_doorbell(row, now)
        if not _can_ring(row, address) or (row.subscribed_url == address and not silent):
            continue
        pause = _SILENT_AGAIN if silent else _AGAIN
        if _subscribe(row, address):
            row.subscribed_at = now if row.subscribed_url != address else row.subscribed_at
            row.subscribed_url = address
            done += 1
        elif row.subscribe_at is None:
            pause = _SOON
        row.subscribe_at = now + pause
        row.save(update_fields=["subscribed_url", "subscribed_at", "subscribe_at"])
    return done


def _forget_older(now: datetime) -> None:
    """Forget what was agreed before an account was connected anew: its network may have ended that with the older permission."""
    older = Sweep.objects.filter(subscribed_at__lt=F("channel__connection__connected_at"))
    older.update(subscribed_url="", subscribed_at=None, subscribe_at=now)


def _subscribe(row: Sweep, address: str) -> bool:
    """Ask one network to ring; return whether it agreed. Whatever goes wrong with one stops no other."""
    try:
        network_for(row.channel).subscribe(account_for(row.channel), address)
    except Trouble as trouble:
        log.info("not_subscribed", channel=str(row.channel_id), why=type(trouble.outcome).__name__)
        return False
    except Exception:
        log.exception("subscribe_surprise", channel=str(row.channel_id))
        return False
    return True


def _can_ring(row: Sweep, address: str) -> bool:
    """A network out there can only ring at an address it can reach safely."""
    if Capability.WEBHOOKS not in network_for(row.channel).capabilities:
        return False
    there = urlsplit(row.channel.connection.base_url).hostname
    return address.startswith("https://") or there in _LOOPBACK
