"""Children's names, kept only as keyed hashes: a name can be recognised but never read back.

A name is hashed in every form it is likely to be written in: "Alfred" also as "Alfie", "Lily-Mae" also as
"Lily", "Ottilie Baker" also by its initials. Which forms belong together is decided when a name is added,
so that reading a text costs one look-up for a word.
"""

from __future__ import annotations

import functools
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from stairgate.screening.folding import DATA, fold

SMALLEST_KEY = 16
LONGEST_NAME = 40  # letters
MOST_REMEMBERED = 20_000  # words found to be no names
_INITIALS = "="  # stands before initials, so that "ob" the initials is never "Ob" the name
_PART = re.compile(r"[^\W\d_]+")


def normal_form(name: str) -> str:
    """Return the form names are compared in: folded letters only, without a possessive 's."""
    folded = fold(name).strip()
    folded = folded.removesuffix("'s").removesuffix("'")
    return "".join(filter(str.isalpha, folded))


def initials_form(letters: str) -> str:
    """Return the form initials are compared in: "O.B." and "OB" are one, and no name."""
    return _INITIALS + normal_form(letters)


def forms_of(name: str) -> frozenset[str]:
    """Return every normal form ``name`` is known by: itself, its short forms, initials, parts joined by a hyphen."""
    parts = _PART.findall(fold(name))
    whole = normal_form(name)
    if not whole:
        return frozenset()
    forms = {whole, *_related().get(whole, ())}
    if len(parts) > 1:
        forms.add(_INITIALS + "".join(part[0] for part in parts))
        forms |= _related().get(parts[0], frozenset()) if "-" in fold(name) else frozenset()
        forms |= {parts[0]} if "-" in fold(name) and len(parts[0]) > 1 else set()
    return frozenset(forms)


@functools.cache
def _related() -> dict[str, frozenset[str]]:
    """For each name the forms people also use: short forms for a full name, full names for a short form."""
    table: dict[str, str] = json.loads((DATA / "short_forms.json").read_text(encoding="utf-8"))
    related: dict[str, set[str]] = {}
    for full, shorts in table.items():
        for short in shorts.split():
            related.setdefault(full, set()).add(short)
            related.setdefault(short, set()).add(full)
    return {name: frozenset(forms) for name, forms in related.items()}


def digest_name(key: bytes, name: str) -> bytes:
    """Return the HMAC-SHA256 of a name's normal form under the setting's own key (32 bytes)."""
    return _digest(key, normal_form(name))


def digests_of(key: bytes, name: str) -> frozenset[bytes]:
    """Return the digests of every form of ``name``: what a register keeps of it."""
    return frozenset(_digest(key, form) for form in forms_of(name))


def _digest(key: bytes, form: str) -> bytes:
    return hmac.digest(key, form.encode("utf-8", "surrogatepass"), "sha256")


@dataclass(frozen=True, slots=True)
class NameIndex:
    """A set of names that answers "is this one of them?" and nothing else.

    Holds HMAC-SHA256 digests. The key is left out of ``repr``; guard it as a secret, because whoever has
    both the key and the digests can test guesses. That a word is no name is remembered, up to a bound, by a
    number that means nothing outside this process, so that everyday words are hashed once.
    """

    key: bytes = field(default=b"", repr=False)
    digests: frozenset[bytes] = field(default=frozenset(), repr=False)
    _others: set[int] = field(default_factory=set, init=False, repr=False, compare=False)

    @classmethod
    def build(cls, key: bytes, names: Iterable[str]) -> NameIndex:
        """Hash ``names`` under ``key`` and return the index. Raises ValueError when the key is too short."""
        if len(key) < SMALLEST_KEY:
            raise ValueError(f"the key for names must be at least {SMALLEST_KEY} bytes")
        return cls(key, frozenset(digest for name in names for digest in digests_of(key, name)))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.digests) and self.has_normal(normal_form(name))

    def has_normal(self, form: str) -> bool:
        """Is this normal form (see ``normal_form``) one of the names? Spares folding a second time."""
        if not form or len(form) > LONGEST_NAME:
            return False
        number = hash(form)
        if number in self._others:
            return False
        if _digest(self.key, form) in self.digests:
            return True
        if len(self._others) >= MOST_REMEMBERED:
            self._others.clear()
        self._others.add(number)
        return False

    def __len__(self) -> int:
        return len(self.digests)

    def __reduce__(self) -> tuple[type[NameIndex], tuple[bytes, frozenset[bytes]]]:
        return NameIndex, (self.key, self.digests)
