"""Sign-in codes that change every half minute (TOTP, RFC 6238), made from a key as networks hand it out. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

_HASHES: dict[str, Callable[..., Any]] = {
    "SHA1": hashlib.sha1,
    "SHA256": hashlib.sha256,
    "SHA512": hashlib.sha512,
}
_SHORTEST_KEY = 10  # bytes: what the networks hand out has 10 or more
_BETWEEN = re.compile(r"[\s-]+")


class NoKey(ValueError):
    """What was typed is not a key for codes. The message says so, and never what it was."""


@dataclass(frozen=True, slots=True)
class CodeKey:
    """What codes are made from, as the address in the network's square picture gives it."""

    secret: str = field(repr=False)  # base32
    digits: int = 6
    period: int = 30  # seconds
    algorithm: str = "SHA1"

    def to_text(self) -> str:
        """Return it as it is sealed."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> CodeKey:
        """Return what was sealed."""
        return cls(**json.loads(text))

    @property
    def kind(self) -> str:
        """What an app has to be told besides the key; "" where every app knows it."""
        if (self.digits, self.period, self.algorithm) == (6, 30, "SHA1"):
            return ""
        return f"{self.digits} digits, every {self.period} seconds, {self.algorithm}"

    @property
    def in_groups(self) -> str:
        """The key as people type it into an app: four letters at a time."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


@dataclass(frozen=True, slots=True)
class Code:
    """A code, and until when it is good."""

    digits: str = field(repr=False)
    good_until: datetime

    @property
    def in_groups(self) -> str:
        """The code as people read it: two halves."""
        half = len(self.digits) // 2
        return f"{self.digits[:half]} {self.digits[half:]}"


def read_key(typed: str) -> CodeKey:
    """Return the key that somebody typed: the letters, or the whole ``otpauth://`` address. Raises `NoKey`."""
    typed = typed.strip()
    return _from_address(typed) if typed.lower().startswith("otpauth:") else _key(typed)


def _from_address(address: str) -> CodeKey:
    try:
        parts = urlsplit(address)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        digits, period = int(asked.get("digits", "6")), int(asked.get("period", "30"))
    except ValueError:
        raise NoKey("This address is not whole. Copy it again.") from None
    if parts.netloc.lower() != "totp":
        raise NoKey("This address makes codes of another kind. Choose codes by time there.")
    algorithm = asked.get("algorithm", "SHA1").upper()
    if algorithm not in _HASHES or digits not in {6, 7, 8} or not 15 <= period <= 120:
        raise NoKey("This address asks for codes that we cannot make.")
    return _key(asked.get("secret", ""), digits, period, algorithm)


def _key(letters: str, digits: int = 6, period: int = 30, algorithm: str = "SHA1") -> CodeKey:
    plain = _BETWEEN.sub("", letters).upper().rstrip("=")
    try:
        raw = _bytes(plain)
    except (binascii.Error, ValueError):
        raise NoKey("A key has only the letters A to Z and the numbers 2 to 7. Copy it again.") from None
    if len(raw) < _SHORTEST_KEY:
        raise NoKey("This key is too short. Copy the whole of it.")
    return CodeKey(plain, digits, period, algorithm)


def _bytes(secret: str) -> bytes:
    return base64.b32decode(secret + "=" * (-len(secret) % 8))


def code_at(key: CodeKey, now: datetime) -> Code:
    """Return the code at a moment (RFC 6238, section 4; truncated as in RFC 4226, section 5.3)."""
    counter = int(now.timestamp()) // key.period
    digest = hmac.digest(_bytes(key.secret), counter.to_bytes(8, "big"), _HASHES[key.algorithm])
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    until = datetime.fromtimestamp((counter + 1) * key.period, UTC)
    return Code(str(number % 10**key.digits).zfill(key.digits), until)
