"""Accounts that are authorised and connected already, for tests of other things: their rows are made directly."""

from __future__ import annotations

from datetime import datetime, timedelta

from stairgate.channels.models import Channel
from stairgate.channels.services import Credentials, connect, prove_now
from stairgate.cli.demo import PURPOSE, Nursery
from stairgate.cli.demo_opening import confirm_all
from stairgate.networks.base import Secret

#: longer than any test lets pass
_DAYS = 4000


def open_account(
    place: Nursery,
    credentials: Credentials,
    now: datetime,
    *,
    network: Channel.Network = Channel.Network.FACEBOOK,
    name: str = "Facebook page",
) -> Channel:
    """Return an account of the nursery as `connected_account` does, with everything about its page confirmed."""
    channel = connected_account(place, credentials, now, network=network, name=name)
    confirm_all(place, channel, now)
    count_as_checked(channel, now)
    return channel


def count_as_checked(channel: Channel, now: datetime) -> None:
    """Let an account count as looked at, and the rota as covered, for longer than any test lets pass."""
    channel.checked_at = now + timedelta(days=_DAYS)
    channel.save(update_fields=["checked_at"])
    channel.organisation.rota_until = channel.organisation.day(channel.checked_at)
    channel.organisation.save(update_fields=["rota_until"])


def connected_account(
    place: Nursery,
    credentials: Credentials,
    now: datetime,
    *,
    network: Channel.Network = Channel.Network.FACEBOOK,
    name: str = "Facebook page",
) -> Channel:
    """Return an account of the nursery as if it had been asked for and authorised, and connect it."""
    channel = Channel.objects.create(
        organisation=place.organisation,
        network=network,
        name=name,
        purposes=[PURPOSE, "Showing what we do"],
        mailbox="office@willowlane.example",
        requested_by=place.people["Priya"],
        authorised_by=place.people["Helen"],
        authorised_at=now,
        authorised_until=place.organisation.day(now) + timedelta(days=_DAYS),
    )
    connect(actor=place.people["Priya"], channel=channel, credentials=credentials, at=now)
    return channel


def open_group(place: Nursery, now: datetime) -> Channel:
    """Return the families' group, where people post by hand. Priya has seen that it is there."""
    page = "https://groups.willowlane.example/families"
    credentials = Credentials(base_url=page, account_id="families", token=Secret(""), public_url=page)
    name, network = "Willow Lane families group", Channel.Network.ASSISTED
    channel = open_account(place, credentials, now, network=network, name=name)
    prove_now(actor=place.people["Priya"], channel=channel, at=now)
    return channel
