"""In the demo, asks the practice network to ring our doorbell once our web server answers.

Until then, and if it never works, polling brings in what the public writes: a doorbell only makes it quicker.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from stairgate.channels.models import Channel
from stairgate.channels.services import account_for, network_for
from stairgate.networks.base import Capability, Trouble

_hung: set[str] = set()


def sweep(now: datetime, worker: str) -> int:
    """Subscribe each account of the demo that has no doorbell yet in this run; return how many have one now.

    A network that cannot be asked yet is asked again at the next look.
    """
    if not settings.DEMO:
        return 0
    live = Channel.objects.filter(
        status=Channel.Status.LIVE, connection__isnull=False, organisation__is_demo=True
    ).select_related("connection")
    return sum(_hang(channel) for channel in live if str(channel.id) not in _hung)


def _hang(channel: Channel) -> bool:
    network = network_for(channel)
    if Capability.WEBHOOKS in network.capabilities:
        try:
            network.subscribe(account_for(channel), callback(channel))
        except Trouble:
            return False
    _hung.add(str(channel.id))
    return True


def callback(channel: Channel) -> str:
    """Return the address on this machine where the channel's network rings."""
    port = urlsplit(settings.BASE_URL).port or 80
    return f"http://127.0.0.1:{port}/hooks/{channel.network}/{channel.id}/"
