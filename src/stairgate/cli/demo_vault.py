"""Willow Lane's vault: what opens the mailboxes of its pages, put in by Priya. None of it opens anything."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from stairgate.channels.models import Channel, Credential
from stairgate.channels.vault.codes import read_key
from stairgate.channels.vault.services import Wanted, put_in
from stairgate.networks.base import Secret

if TYPE_CHECKING:
    from stairgate.cli.demo import Nursery

_MAIL = "mail.willowlane.example"


def fill_vault(place: Nursery, channel: Channel, now: datetime) -> None:
    """Put the password of an account's mailbox, with codes, and its recovery codes into the vault."""
    key = read_key(base64.b32encode(secrets.token_bytes(20)).decode())
    codes = "\n".join(f"{secrets.randbelow(10**8):08d}" for _ in range(5))
    for kind, wanted in (
        (Credential.Kind.MAILBOX, Wanted(channel.mailbox, Secret(secrets.token_urlsafe(15)), _MAIL, key)),
        (Credential.Kind.RECOVERY, Wanted(channel.mailbox, Secret(codes), _MAIL)),
    ):
        put_in(actor=place.people["Priya"], channel=channel, kind=kind, wanted=wanted, at=now)
