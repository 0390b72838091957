"""The list of blocked words for a page: the worst of what screening knows, and the setting's own. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

from stairgate.clauses import control
from stairgate.networks.base import SettingValue
from stairgate.screening import Pack
from stairgate.screening.facts import STRICTEST_LEVEL

#: a page takes no more (Meta, "Block words from your Page")
MOST = 1000


@control("C31", "The list of blocked words is made of what screening holds and of the setting’s own words")
def blocked_words(pack: Pack, *, own: Iterable[str], excepted: Iterable[str], level: int) -> tuple[str, ...]:
    """Return the words that a page is to hide, in order: the setting's own, then ours that are held at a level, the worst
    first if there is no room for all.

    A word with an innocent meaning is not among them: a page looks at words alone, and would hide a great tit.
    """
    spared = {_plain(words) for words in excepted}
    ours = [_plain(words) for words in own if "," not in words]
    known = pack.lexicon.exact
    held = [
        word
        for word in pack.lexicon.spelt
        if not word.endswith("'s")
        and (known[word].hateful or known[word].strength > STRICTEST_LEVEL - level)
        and not known[word].has_two_meanings
    ]
    held.sort(key=lambda word: (not known[word].hateful, -known[word].strength, word))
    chosen = [word for word in dict.fromkeys([*ours, *held]) if word and word not in spared]
    return tuple(sorted(chosen[:MOST]))


def digest(words: Iterable[str]) -> str:
    """Return what tells one list from another."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def on_the_page(told: SettingValue) -> tuple[str, ...]:
    """Return the words that a network says it blocks."""
    if not isinstance(told, str):
        return ()
    return tuple(filter(None, (_plain(word) for word in told.split(","))))


def missing(ours: Collection[str], there: Collection[str]) -> int:
    """Return how many of our words a page does not block."""
    return len(set(ours) - set(there))


def says(ours: Collection[str], there: Collection[str]) -> str:
    """Return what a page blocks, in words."""
    lacking = missing(ours, there)
    if not lacking:
        return f"All our words ({len(ours)})"
    return f"{len(ours) - lacking} of our {len(ours)} words"


def to_send(ours: Iterable[str], there: Iterable[str]) -> str:
    """Return the list as a page takes it. What somebody else blocks there already stays, as far as there is room."""
    return ",".join(list(dict.fromkeys([*ours, *there]))[:MOST])


def _plain(words: str) -> str:
    return " ".join(words.lower().split())
