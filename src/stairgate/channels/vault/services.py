"""Deeds on the vault: put in, change, take out, look, copy. What a secret is never goes into the record."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from stairgate.channels.models import Channel, Credential, VaultLook
from stairgate.channels.pausing import require_manager
from stairgate.channels.services import locked, write_down
from stairgate.channels.vault import rules
from stairgate.channels.vault.codes import CodeKey
from stairgate.channels.vault.sealed import code_key, open_field, seal_field
from stairgate.channels.vault.selectors import Vault, counting, vault_of
from stairgate.clauses import control
from stairgate.networks.base import NO_SECRET, Secret
from stairgate.organisations.access import NotAllowed, actor_in
from stairgate.organisations.models import User
from stairgate.organisations.sealing import CannotOpen


class CannotKeep(Exception):
    """Nothing was changed in the vault; the message says why."""


class CannotLook(Exception):
    """Nothing was shown; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody puts in. ``codes``: what sign-in codes are made from, where the network asks for such."""

    sign_in: str
    secret: Secret
    where: str = ""
    codes: CodeKey | None = field(default=None, repr=False)


def may_keep(actor: User, vault: Vault, at: datetime) -> None:
    """Raise `NotAllowed` unless the actor may change what is in the vault: a holder, a manager, a fit administrator."""
    place = vault.channel.organisation
    actor_in(actor, place.id)
    if not vault.held_by(actor.pk):
        require_manager(actor, place, at)


@transaction.atomic
def put_in(*, actor: User, channel: Channel, kind: str, wanted: Wanted, at: datetime) -> Credential:
    """Put something into the vault of an account; return it. Raises `NotAllowed`, `CannotKeep`."""
    channel = locked(channel)
    may_keep(actor, vault_of(channel, at), at)
    if channel.status == Channel.Status.CLOSED:
        raise CannotKeep("This account is closed for good.")
    same = Credential.objects.filter(channel=channel, kind=kind, sign_in=wanted.sign_in)
    if same.filter(removed_at__isnull=True).exists():
        raise CannotKeep("This is in the vault already. Open it there, and put in the new one.")
    row = Credential(channel=channel, kind=kind)
    _fill(row, wanted, actor, at)
    row.save(force_insert=True)
    _record(actor, row, "channels.vault_put_in", {}, at)
    return row


@control("C25", "A secret is replaced and the older one is gone; the record says who did it, and when")
@transaction.atomic
def change(*, actor: User, credential: Credential, wanted: Wanted, at: datetime) -> None:
    """Put a new secret in the place of the one before, which is not kept. Raises `NotAllowed`, `CannotKeep`.

    Without a new key for codes those go on; with a new one they change too.
    """
    row = _locked_row(credential)
    may_keep(actor, vault_of(row.channel, at), at)
    if _is_the_same(row, wanted.secret):
        raise CannotKeep("This is the one that was there before. Change it on the network first.")
    codes = row.code_key
    _fill(row, wanted, actor, at)
    if wanted.codes is None:
        row.code_key = codes
    row.save()
    _record(actor, row, "channels.vault_changed", {"codes": wanted.codes is not None}, at)


@transaction.atomic
def take_out(*, actor: User, credential: Credential, at: datetime) -> None:
    """Take something out for good: its secret is destroyed, who saw it stays on record. Raises `NotAllowed`."""
    row = _locked_row(credential)
    may_keep(actor, vault_of(row.channel, at), at)
    row.secret, row.code_key = b"", b""
    row.removed_at, row.removed_by = at, actor
    row.save(update_fields=["secret", "code_key", "removed_at", "removed_by"])
    _record(actor, row, "channels.vault_removed", {}, at)


@control("C28", "Whoever looks into the vault says why, and who, when and why is there for all to see")
@transaction.atomic
def look(*, actor: User, credential: Credential, what: str, reason: str, at: datetime) -> VaultLook:
    """Begin a look at a secret, or at the codes it makes; return it: for a short while it shows them.

    Raises `NotAllowed`, `CannotLook`. Whoever may ask has just shown that it is still them: the page sees to that.
    """
    row = _locked_row(credential)
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # two looks at once are counted one by one
    require_look(actor, vault_of(row.channel, at), reason, at)
    shows_codes = what == VaultLook.What.CODE
    if shows_codes and not row.has_codes:
        raise CannotLook("It makes no codes. Put in the key for codes first.")
    made = VaultLook.objects.create(
        credential=row,
        user=actor,
        what=VaultLook.What.CODE if shows_codes else VaultLook.What.SECRET,
        reason=reason.strip(),
        at=at,
        ends_at=at + (rules.CODES_LAST if shows_codes else rules.LOOK_LASTS),
    )
    kind = "channels.vault_code_seen" if shows_codes else "channels.vault_looked"
    _record(actor, row, kind, {"reason": made.reason}, at)
    return made


@control(
    "C27", "A password is shown to somebody who holds the mailbox and gives a reason, and to nobody else"
)
def require_look(actor: User, vault: Vault, reason: str, at: datetime) -> None:
    """Raise `NotAllowed` or `CannotLook` unless the actor holds the mailbox and may look now, for that reason."""
    place = vault.channel.organisation_id
    actor_in(actor, place)
    if not vault.held_by(actor.pk):
        raise NotAllowed(rules.NOT_A_HOLDER)
    if why := rules.why_not(reason=reason, looks=counting(actor.pk, place, at - rules.IN), now=at):
        raise CannotLook(why)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a look shows: the secret, or what the codes are made from."""

    secret: Secret = NO_SECRET
    codes: CodeKey | None = field(default=None, repr=False)


def shown(*, actor: User, look: VaultLook, at: datetime) -> Shown:
    """Return what a look shows while it lasts. Raises `CannotLook` once it is over, `NotAllowed`, `CannotOpen`.

    It is over, too, when the actor has stopped to hold the account, or the secret is another one by now.
    """
    row = look.credential
    if look.user_id != actor.pk or look.what not in {VaultLook.What.SECRET, VaultLook.What.CODE}:
        raise NotAllowed("This is somebody else’s look.")
    over = at >= look.ends_at or row.removed_at is not None or row.put_in_at > look.at
    if over or not vault_of(row.channel, at).held_by(actor.pk):
        raise CannotLook("This look is over. Look again, and say what you need it for.")
    if look.what == VaultLook.What.CODE:
        return Shown(codes=code_key(row))
    return Shown(secret=open_field(row, "secret"))


@control("C28", "Copying a password from the vault is written down before it is copied")
@transaction.atomic
def copied(*, actor: User, look: VaultLook, at: datetime) -> None:
    """Write down that what a look shows is taken along. Raises `NotAllowed`, `CannotLook`."""
    shown(actor=actor, look=look, at=at)
    VaultLook.objects.create(
        credential=look.credential,
        user=actor,
        what=VaultLook.What.COPIED,
        reason=look.reason,
        at=at,
        ends_at=at,
    )
    _record(actor, look.credential, "channels.vault_copied", {"reason": look.reason}, at)


def _is_the_same(row: Credential, secret: Secret) -> bool:
    """Return whether a secret is the one that is there; one that does not open any more can be replaced all the same."""
    try:
        return hmac.compare_digest(open_field(row, "secret").encode(), secret.encode())
    except CannotOpen:
        return False


def _fill(row: Credential, wanted: Wanted, actor: User, at: datetime) -> None:
    """Write what somebody puts in into a row; the caller holds the lock on the account."""
    row.sign_in, row.where = wanted.sign_in, wanted.where
    row.secret = seal_field(row, "secret", str.__str__(wanted.secret))
    row.code_key = seal_field(row, "code_key", wanted.codes.to_text()) if wanted.codes else b""
    row.put_in_at, row.put_in_by = at, actor


def _locked_row(credential: Credential) -> Credential:
    """Return what is in the vault under the lock on its account. Raises `NotAllowed` once it was taken out."""
    channel = locked(credential.channel)
    row = Credential.objects.filter(pk=credential.pk, removed_at__isnull=True).first()
    if row is None:
        raise NotAllowed("This was taken out of the vault.")
    row.channel = channel
    return row


def _record(actor: User, row: Credential, kind: str, more: Mapping[str, object], at: datetime) -> None:
    payload = {"credential": str(row.pk), "kind": row.kind, **more}
    write_down(actor, row.channel, kind, payload, at)
