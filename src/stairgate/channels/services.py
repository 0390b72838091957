"""Deeds on social accounts: connect, prove. How one is authorised is in `asking`; pausing has a module of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from stairgate.channels.judging import judged
from stairgate.channels.models import Channel, Connection, HealthReading
from stairgate.channels.pausing import require_manager
from stairgate.channels.rules import Owner
from stairgate.ledger.services import record
from stairgate.networks.base import NO_SECRET, Account, Health, Network, Secret
from stairgate.networks.registry import get as network_named
from stairgate.organisations.access import NotAllowed, actor_in
from stairgate.organisations.models import User
from stairgate.organisations.rules import Duty
from stairgate.organisations.sealing import seal, unseal


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a network needs to let us in."""

    base_url: str
    account_id: str
    token: Secret
    handle: str = ""
    app_id: str = ""
    app_secret: Secret = NO_SECRET
    verify_token: Secret = NO_SECRET
    public_url: str = ""


@transaction.atomic
def connect(
    *,
    actor: User,
    channel: Channel,
    credentials: Credentials,
    at: datetime,
    owner: Owner | None = None,
) -> Connection:
    """Seal the credentials and make the account live; return the connection. The ledger sees no secret.

    ``owner``: what the page belongs to, where that was asked; the account's mailbox is from now on the one in it.

    An account stays the page that it was connected to first: another one is asked for anew (C89). Raises `NotAllowed`.
    """
    require_manager(actor, channel.organisation, at)
    if Channel.objects.select_for_update(no_key=True).get(pk=channel.pk).status == Channel.Status.CLOSED:
        raise NotAllowed("This account is closed for good.")
    connection = Connection.objects.filter(channel=channel).first() or Connection(channel=channel)
    which = "base_url" if channel.by_hand else "account_id"
    if getattr(connection, which) not in {"", getattr(credentials, which)}:
        raise NotAllowed(
            "This is another page than the one that was connected. Ask for it as an account of its own."
        )
    bound = {"organisation": channel.organisation_id, "row": connection.id}
    connection.base_url = credentials.base_url
    connection.account_id = credentials.account_id
    connection.handle = credentials.handle
    connection.app_id = credentials.app_id
    connection.public_url = credentials.public_url
    connection.token = seal(str(credentials.token), field="token", **bound)
    connection.app_secret = seal(str(credentials.app_secret), field="app_secret", **bound)
    connection.verify_token = seal(str(credentials.verify_token), field="verify_token", **bound)
    connection.connected_at = at
    connection.first_at = connection.first_at or at
    connection.connected_by = actor
    payload = {"account_id": credentials.account_id, "base_url": credentials.base_url}
    if owner is not None:
        connection.portfolio, channel.mailbox = owner.portfolio, owner.mailbox
        payload |= {"portfolio": owner.portfolio, "mailbox": owner.mailbox}
    connection.save()
    channel.status = Channel.Status.LIVE
    channel.status_reason = ""
    channel.unread_since = None
    channel.save(update_fields=["status", "status_reason", "mailbox", "unread_since"])
    write_down(actor, channel, "channels.connected", payload, at)
    return connection


def locked(channel: Channel) -> Channel:
    """Return the account, locked: two deeds on it come one after the other, and the gate that opens waits or is waited for.

    Raises `NotAllowed` when there is no such account.
    """
    rows = Channel.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("organisation", "connection").filter(pk=channel.pk).first()
    if found is None:
        raise NotAllowed("There is no such account.")
    return found


def network_for(channel: Channel) -> Network:
    """Return the client of the channel's network."""
    return network_named(channel.network)


def account_for(channel: Channel) -> Account:
    """Return the opened account. Raises `sealing.CannotOpen`, `Connection.DoesNotExist`."""
    row = channel.connection
    organisation, key = channel.organisation_id, row.id
    return Account(
        base_url=row.base_url,
        account_id=row.account_id,
        handle=row.handle,
        app_id=row.app_id,
        token=unseal(row.token, organisation=organisation, row=key, field="token"),
        app_secret=unseal(row.app_secret, organisation=organisation, row=key, field="app_secret"),
        verify_token=unseal(row.verify_token, organisation=organisation, row=key, field="verify_token"),
        seen_at=row.seen_at,
    )


def prove(*, channel: Channel) -> HealthReading:
    """Ask the network whether the connection works, and store the answer; return the reading."""
    return note_health(channel=channel, health=network_for(channel).health(account_for(channel)))


def prove_now(*, actor: User, channel: Channel, at: datetime) -> HealthReading:
    """Prove the connection because somebody asked; return the reading. Raises `NotAllowed`.

    Where nothing can be asked, whoever asks says with it that they looked, and that it is there and ours.
    """
    member = actor_in(actor, channel.organisation_id)
    if not member.duties_on(channel.organisation.day(at)) & {Duty.APPROVE, Duty.DECIDE, Duty.MANAGE}:
        raise NotAllowed("Your role does not let you do this.")
    if not Connection.objects.filter(channel=channel).exists():
        raise NotAllowed("This account is not connected yet.")
    if channel.by_hand:
        _note_seen(actor, channel, at)
    return prove(channel=channel)


@transaction.atomic
def _note_seen(actor: User, channel: Channel, at: datetime) -> None:
    """Write down who saw that a place without an interface is there and ours: nothing else can prove it."""
    channel.connection.seen_at, channel.connection.seen_by = at, actor
    channel.connection.save(update_fields=["seen_at", "seen_by"])
    write_down(actor, channel, "channels.seen", {}, at)


@transaction.atomic
def note_health(*, channel: Channel, health: Health) -> HealthReading:
    """Store one reading, judged. A change between working and not working goes into the ledger."""
    health = judged(health)
    last = channel.readings.known_at(health.checked_at).first()
    reading = HealthReading.objects.create(
        channel=channel,
        at=health.checked_at,
        ok=health.ok,
        problems=list(health.problems),
        expires_at=health.expires_at,
        budget_used=health.budget_used,
        scopes=sorted(health.scopes),
        rings=health.rings,
        notes=list(health.notes),
    )
    if last is None or last.ok != health.ok:
        kind = "channels.healthy" if health.ok else "channels.unhealthy"
        write_down(None, channel, kind, {"problems": list(health.problems)}, health.checked_at)
    return reading


def note_unread(*, channel: Channel, since: datetime | None) -> None:
    """Note since when what people write there cannot be read; None when it was read completely. Written on a change."""
    rows = Channel.objects.filter(pk=channel.pk)
    if since is None:
        rows.filter(unread_since__isnull=False).update(unread_since=None)
    else:
        rows.filter(unread_since__isnull=True).update(unread_since=since)


def write_down(
    actor: User | None, channel: Channel, kind: str, payload: Mapping[str, object], at: datetime
) -> None:
    """Put a deed on an account into the record, in the transaction of the deed. Without an actor it is the worker's."""
    record(
        organisation_id=channel.organisation_id,
        kind=kind,
        actor=str(actor.id) if actor else "worker",
        subject=str(channel.id),
        payload=payload,
        at=at,
    )
