"""Children's names, kept only as keyed hashes: a name can be recognised but never read back."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

from stairgate.screening.folding import fold

SMALLEST_KEY = 16


def normal_form(name: str) -> str:
    """Return the form names are compared in: folded letters only, without a possessive 's."""
    folded = fold(name).strip()
    folded = folded.removesuffix("'s").removesuffix("'")
    return "".join(filter(str.isalpha, folded))


def digest_name(key: bytes, name: str) -> bytes:
    """Return the HMAC-SHA256 of a name's normal form under the setting's own key (32 bytes)."""
    return hmac.digest(key, normal_form(name).encode("utf-8", "surrogatepass"), "sha256")


@dataclass(frozen=True, slots=True)
class NameIndex:
    """A set of names that answers "is this one of them?" and nothing else.

    Holds HMAC-SHA256 digests. The key is left out of ``repr``; guard it as a secret, because whoever has
    both the key and the digests can test guesses.
    """

    key: bytes = field(default=b"", repr=False)
    digests: frozenset[bytes] = field(default=frozenset(), repr=False)

    @classmethod
    def build(cls, key: bytes, names: Iterable[str]) -> NameIndex:
        """Hash ``names`` under ``key`` and return the index. Raises ValueError when the key is too short."""
        if len(key) < SMALLEST_KEY:
            raise ValueError(f"the key for names must be at least {SMALLEST_KEY} bytes")
        return cls(key, frozenset(digest_name(key, name) for name in names if normal_form(name)))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.digests) and digest_name(self.key, name) in self.digests

    def has_normal(self, form: str) -> bool:
        """Is this normal form (see ``normal_form``) one of the names? Spares folding a second time."""
        return hmac.digest(self.key, form.encode("utf-8", "surrogatepass"), "sha256") in self.digests

    def __len__(self) -> int:
        return len(self.digests)
