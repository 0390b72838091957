"""The list of rude and hateful words, and the ways of looking one up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

OPENING = 3  # letters that tell whether any word may start here
SHORTEST_DISGUISE = 4  # three letters fit too many innocent shapes


@dataclass(frozen=True, slots=True)
class RudeWord:
    """One family of words. ``strength`` runs from 1 (mild) to 4 (the worst).

    ``innocent_before`` and ``innocent_after`` are neighbours that make the word harmless ("great tit").
    """

    stem: str
    strength: int
    hateful: bool
    innocent_before: frozenset[str]
    innocent_after: frozenset[str]


class Lexicon:
    """Rude words by spelling, by squeezed spelling ("fuuuck"), by mask ("f**k") and by split ("fu ck")."""

    def __init__(self, entries: Iterable[Mapping[str, Any]], everyday: Iterable[str]) -> None:
        self.exact: dict[str, RudeWord] = {}
        self.openings: set[str] = set()
        self.cores: dict[str, RudeWord] = {}
        self.squeezed: dict[str, list[tuple[str, RudeWord]]] = {}
        self.masked: dict[tuple[int, str], list[tuple[str, RudeWord]]] = {}
        self.split: dict[str, dict[str, RudeWord]] = {}
        self._everyday = frozenset(everyday)
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Mapping[str, Any]) -> None:
        rude = RudeWord(
            stem=entry["stem"],
            strength=entry["strength"],
            hateful=entry.get("hateful", False),
            innocent_before=frozenset(entry.get("innocent_before", ())),
            innocent_after=frozenset(entry.get("innocent_after", ())),
        )
        endings = ["", *entry.get("endings", ())]
        spellings = [rude.stem + ending for ending in endings] + list(entry.get("spellings", ()))
        for spelling in spellings:
            self.exact[spelling] = rude
            if len(spelling) >= SHORTEST_DISGUISE:
                self._add_disguises(spelling, rude)
        if entry.get("anywhere"):
            self.cores[rude.stem] = rude

    def _add_disguises(self, spelling: str, rude: RudeWord) -> None:
        self.openings.add(spelling[:OPENING])
        self.squeezed.setdefault(squeeze(spelling), []).append((spelling, rude))
        if rude.strength < 2:
            return
        self.masked.setdefault((len(spelling), spelling[0]), []).append((spelling, rude))
        for cut in range(1, len(spelling)):
            first, second = spelling[:cut], spelling[cut:]
            if not self._everyday.issuperset((first, second)):
                self.split.setdefault(first, {})[second] = rude


def squeeze(word: str) -> str:
    """Return ``word`` with every run of one letter reduced to a single letter."""
    return "".join(letter for place, letter in enumerate(word) if not place or word[place - 1] != letter)
