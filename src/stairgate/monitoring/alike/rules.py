"""What makes two comments alike: the same plain words, or a link in both. Pure."""

from __future__ import annotations

import hashlib
import re

from stairgate.screening.folding import fold_to_words

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"'()]+", re.IGNORECASE)
_MOST_LINKS = 10


def plain(text: str) -> str:
    """Return the words of a text without case, accents, disguises, punctuation and pictures; "" when there are none."""
    return " ".join(fold_to_words(text).split())


def links_of(text: str) -> list[str]:
    """Return the addresses in a text, each without scheme, "www." and what is asked of it."""
    found = []
    for link in _LINK.findall(text)[:_MOST_LINKS]:
        address = re.sub(r"^https?://", "", link.lower()).removeprefix("www.")
        found.append(re.split(r"[?#]", address)[0].rstrip("/.,;:!"))
    return [address for address in found if "." in address]


def keys_of(text: str) -> frozenset[str]:
    """Return what others must share one of to be alike. Of words and links only digests: the words are kept elsewhere."""
    words = plain(text) or text.strip()
    keys = {f"l{_digest(link)}" for link in links_of(text)}
    return frozenset(keys | {f"w{_digest(words)}"} if words else keys)


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:32]
