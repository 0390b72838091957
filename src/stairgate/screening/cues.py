"""The cues of one text. Those that rules wait for are looked for at once, the others when somebody asks.

Most of what a pack knows is common: "you", "my", "at ten". A rule speaks only if all of its evidence is there,
so only the rarest of it is looked for in every text. The rest is looked for in the few texts that hold that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter

from stairgate.screening.lazy import lazy
from stairgate.screening.phrases import Hit, Phrasebook, Phrases
from stairgate.screening.reading import Reading

LONG = 250  # words from which on it is quicker to look for everything in one go
Places = Mapping[int, list[Hit]]
_NOWHERE: Places = {}


class CueBooks:
    """The phrases of a pack for one direction: a book of what is looked for at once, made when first wanted."""

    def __init__(self, phrases: Phrases, at_once: Iterable[str]) -> None:
        self.at_once = frozenset(at_once)
        self.phrases = phrases

    @lazy
    def first(self) -> Phrasebook:
        """The phrases that rules wait for."""
        return Phrasebook(self.phrases, self.at_once, remembers=True)

    @lazy
    def rest(self) -> Phrasebook:
        """The phrases nobody waits for, all of them: for long texts, where somebody asks for most."""
        return Phrasebook(self.phrases, self.phrases.bits.keys() - self.at_once, remembers=True)


class Cues:
    """Where each cue stands in one text. ``cue in cues`` and ``cues.get(cue, {})`` look for it if need be."""

    def __init__(self, reading: Reading, books: CueBooks) -> None:
        self._reading = reading
        self._books = books
        self._hits: dict[str, list[Hit]] = {}
        self._places: dict[str, Places] = {}
        self._keep(books.first.hits(reading))
        self.at_once = list(self._hits)  # the names of those that rules wait for
        self._is_long = len(reading.raw) > LONG
        self._knows_rest = False

    def _keep(self, found: list[Hit]) -> None:
        for hit in found:
            self._hits.setdefault(hit[0], []).append(hit)

    @lazy
    def possible(self) -> int:
        """The bits of the cues that may be there at all."""
        return self._books.phrases.possible(self._reading)

    def hits(self, cue: str) -> list[Hit]:
        """Return the hits of ``cue`` in reading order."""
        hits = self._hits.get(cue)
        if hits is None:
            if cue in self._books.at_once:
                return []
            if self._is_long:
                self._look_for_rest()
                return self._hits.get(cue, [])
            bit = self._books.phrases.bits.get(cue, 0)
            hits = self._books.phrases.book(cue).hits(self._reading) if bit & self.possible else []
            self._hits[cue] = hits
        return hits

    def _look_for_rest(self) -> None:
        if not self._knows_rest:
            self._knows_rest = True
            known = frozenset(self._hits)
            self._keep([hit for hit in self._books.rest.hits(self._reading) if hit[0] not in known])

    def __contains__(self, cue: str) -> bool:
        return bool(self.hits(cue))

    def any_of(self, cues: frozenset[str]) -> bool:
        """Is one of these there? They are looked for together, in one go."""
        if self._is_long:
            return any(map(self.hits, cues))
        if not self._hits.keys() >= cues:
            found = {cue: self._hits.get(cue) for cue in cues}
            self._keep(
                [hit for hit in self._books.phrases.book(cues).hits(self._reading) if found[hit.cue] is None]
            )
            for cue in cues:
                self._hits.setdefault(cue, [])
        return any(map(self._hits.get, cues))

    def get(self, cue: str, default: Places = _NOWHERE) -> Places:
        """Return the hits of ``cue`` by the number of their sentence, or ``default`` when there are none."""
        places = self._places.get(cue)
        if places is None:
            by_sentence: dict[int, list[Hit]] = {}
            hits = self.hits(cue)
            if hits:
                sentence_of = self._reading.sentence_of
                for hit in hits:
                    by_sentence.setdefault(sentence_of[hit.first], []).append(hit)
            places = self._places[cue] = by_sentence
        return places or default

    def add(self, found: Iterable[Hit]) -> None:
        """Add cues that code found, such as a child's name, before the rules are weighed."""
        new: dict[str, list[Hit]] = {}
        for hit in found:
            new.setdefault(hit.cue, []).append(hit)
        for cue, hits in new.items():
            if cue not in self.at_once:
                self.at_once.append(cue)
            self._hits[cue] = sorted([*self.hits(cue), *hits], key=itemgetter(1))
            self._places.pop(cue, None)
