"""The envelope for when nobody is there: printed and sealed, opened in need, and then everything in it is changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from stairgate.channels.models import Channel, Credential, Envelope, VaultLook
from stairgate.channels.services import locked, write_down
from stairgate.channels.vault.printed import Inside, envelope_paper
from stairgate.channels.vault.sealed import code_key, open_field
from stairgate.channels.vault.selectors import last_number, vault_of
from stairgate.channels.vault.services import CannotLook, require_look
from stairgate.clauses import control
from stairgate.organisations.access import actor_in, require
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.rules import Duty
from stairgate.printing.paper import Paper

_SHORTEST = 5


class CannotOpenEnvelope(Exception):
    """It stays as it was; the message says why."""


@control("C27", "A numbered envelope, printed and sealed, lets somebody in when no holder can be reached")
@transaction.atomic
def print_envelope(*, actor: User, channel: Channel, kept_where: str, at: datetime) -> Paper:
    """Return the sheet with everything that opens an account, under a number of its own; the one before is void.

    It is a look at each secret, with the same limits. Raises `NotAllowed`, `CannotLook`, `CannotOpen`.
    """
    channel = _numbering(channel)
    vault = vault_of(channel, at)
    place = channel.organisation
    require_look(actor, vault, f"For the envelope: {kept_where}" if kept_where.strip() else "", at)
    if not vault.entries:
        raise CannotLook("There is nothing in the vault to print.")
    Envelope.objects.filter(channel=channel, replaced_at__isnull=True, opened_at__isnull=True).update(
        replaced_at=at
    )
    envelope = Envelope.objects.create(
        organisation=place,
        channel=channel,
        number=last_number(place) + 1,
        kept_where=kept_where.strip()[:200],
        printed_at=at,
        printed_by=actor,
    )
    rows = [one.credential for one in vault.entries]
    VaultLook.objects.bulk_create(_printed(row, envelope, actor, at) for row in rows)
    _record(actor, envelope, "channels.envelope_printed", {"where": envelope.kept_where}, at)
    return envelope_paper(envelope, [_inside(row) for row in rows], at=at)


def _printed(row: Credential, envelope: Envelope, actor: User, at: datetime) -> VaultLook:
    return VaultLook(
        credential=row,
        user=actor,
        what=VaultLook.What.PRINTED,
        reason=f"Envelope {envelope.number}, kept: {envelope.kept_where}",
        at=at,
        ends_at=at,
        envelope=envelope,
    )


def _inside(row: Credential) -> Inside:
    return Inside(row, open_field(row, "secret"), code_key(row) if row.has_codes else None)


@control("C25", "What is in an envelope that was opened is to be changed until a new secret is put in")
@transaction.atomic
def open_envelope(*, actor: User, envelope: Envelope, why: str, at: datetime) -> None:
    """Write down that an envelope was opened: everything in it is to be changed, and managers and leads are told.

    Anybody who sees the accounts can say so, holder or not. Raises `NotAllowed`, `CannotOpenEnvelope`.
    """
    require(actor_in(actor, envelope.organisation_id), Duty.SEE_ACCOUNTS)
    channel = locked(envelope.channel)
    row = Envelope.objects.filter(pk=envelope.pk).get()
    if row.opened_at is not None:
        raise CannotOpenEnvelope("It is written down already that this envelope was opened.")
    if len(why.strip()) < _SHORTEST:
        raise CannotOpenEnvelope("Say in a few words why it was opened.")
    row.opened_at, row.opened_by, row.opened_why = at, actor, why.strip()[:300]
    row.save(update_fields=["opened_at", "opened_by", "opened_why"])
    row.channel = channel
    _record(actor, row, "channels.envelope_opened", {"why": row.opened_why}, at)


def _numbering(channel: Channel) -> Channel:
    """Return the account, locked; its setting's row first, which gives the envelopes their numbers."""
    Organisation.objects.select_for_update(no_key=True).get(pk=channel.organisation_id)
    return locked(channel)


def _record(actor: User, row: Envelope, kind: str, more: Mapping[str, object], at: datetime) -> None:
    payload = {"envelope": str(row.pk), "number": row.number, **more}
    write_down(actor, row.channel, kind, payload, at)
