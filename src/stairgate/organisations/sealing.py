"""Secrets at rest: AES-256-GCM, bound to the setting, the row and the field they belong to.

A sealed value copied to another row, field or setting does not open. Format: one version byte, a nonce of
12 bytes, the ciphertext with its tag. Access to accounts is sealed with the key for fields; what the register
holds of people has a key of its own.
"""

from __future__ import annotations

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from stairgate.networks.base import Secret

_VERSION = b"\x01"
_NONCE = 12


class CannotOpen(Exception):
    """A sealed value does not open: wrong key, another row, or damaged. The message names no secret."""


def seal(value: str, key: bytes | None = None, /, *, organisation: UUID, row: UUID, field: str) -> bytes:
    """Return the sealed bytes of a secret; ``key`` is the one for fields when none is given."""
    nonce = os.urandom(_NONCE)
    sealed = _cipher(key).encrypt(nonce, value.encode(), _bound_to(organisation, row, field))
    return _VERSION + nonce + sealed


def unseal(
    sealed: bytes | memoryview, key: bytes | None = None, /, *, organisation: UUID, row: UUID, field: str
) -> Secret:
    """Return the secret. Raises `CannotOpen`."""
    sealed = bytes(sealed)
    if sealed[:1] != _VERSION:
        raise CannotOpen(f"The stored {field} has an unknown form.")
    nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        plain = _cipher(key).decrypt(nonce, body, _bound_to(organisation, row, field))
    except (InvalidTag, ValueError):
        raise CannotOpen(f"The stored {field} cannot be opened with this installation’s key.") from None
    return Secret(plain.decode())


def _cipher(key: bytes | None) -> AESGCM:
    return AESGCM(settings.FIELD_KEY if key is None else key)


def _bound_to(organisation: UUID, row: UUID, field: str) -> bytes:
    return b"stairgate/field/1\x00" + organisation.bytes + row.bytes + field.encode()
