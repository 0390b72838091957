"""How the vault seals: with keys of its own, each secret bound to its setting, its row and its field.

The keys are files beside the others and never in the database. The newest seals; all of them open, so that a change of
key may be cut short at any instruction (`rekey`).
"""

from __future__ import annotations

from django.conf import settings

from stairgate.channels.models import Credential
from stairgate.channels.vault.codes import CodeKey
from stairgate.networks.base import Secret
from stairgate.organisations.sealing import CannotOpen, seal, unseal

FIELDS = ("secret", "code_key")


def seal_field(credential: Credential, field: str, value: str) -> bytes:
    """Return a value, sealed for exactly this row and field. Ask under the lock on the account: see `rekey`."""
    place = credential.channel.organisation_id
    return seal(value, settings.HOME.vault_keys()[0], organisation=place, row=credential.pk, field=field)


def open_field(credential: Credential, field: str) -> Secret:
    """Return what a field holds. Raises `CannotOpen`."""
    return _opened(credential, field, settings.HOME.vault_keys())


def _opened(credential: Credential, field: str, keys: list[bytes]) -> Secret:
    place, sealed = credential.channel.organisation_id, getattr(credential, field)
    for key in keys:
        try:
            return unseal(sealed, key, organisation=place, row=credential.pk, field=field)
        except CannotOpen:
            continue
    raise CannotOpen("The vault cannot be opened with the keys of this installation.")


def code_key(credential: Credential) -> CodeKey:
    """Return what the codes are made from. Raises `CannotOpen`."""
    return CodeKey.from_text(str.__str__(open_field(credential, "code_key")))


def opens_with_newest(credential: Credential) -> bool:
    """Return whether everything in a row opens with the newest key alone."""
    newest = settings.HOME.vault_keys()[:1]
    try:
        for field in FIELDS:
            if getattr(credential, field):
                _opened(credential, field, newest)
    except CannotOpen:
        return False
    return True
