"""The signing key of this installation, from ``settings.LEDGER_KEY``: a 32-byte Ed25519 seed.

One seed serves every log; each log signs under its own name (its origin), so that a checkpoint of one can
never pass for a checkpoint of another.
"""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from stairgate.ledger.verifier import Key, checkpoint_body


def _private() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(settings.LEDGER_KEY)


def public_key(origin: str) -> Key:
    """Return the public key under which a log is signed."""
    return Key(origin, _private().public_key().public_bytes_raw())


def sign_checkpoint(*, origin: str, size: int, root: bytes, at: str) -> str:
    """Return a whole C2SP signed note: the checkpoint, a blank line, one Ed25519 signature."""
    body = checkpoint_body(origin, size, root, at)
    signature = public_key(origin).id + _private().sign(body.encode())
    return f"{body}\n— {origin} {base64.b64encode(signature).decode()}\n"
