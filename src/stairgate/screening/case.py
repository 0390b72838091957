"""One text being screened: what every finder is handed, and how it reports what it found."""

from __future__ import annotations

import hashlib
import hmac

from stairgate.screening.facts import OrganisationFacts
from stairgate.screening.kinds import Context, Direction, Finding, Severity
from stairgate.screening.lazy import lazy
from stairgate.screening.pack import Pack
from stairgate.screening.phrases import Hit
from stairgate.screening.reading import Reading

MOST_BEFORE = 3  # messages of the talk before that are read for what they ask
_MARK_BYTES = 8


class Case:
    """A text, its surroundings and the rules. Positions given to ``finding`` are folded positions."""

    def __init__(
        self,
        reading: Reading,
        *,
        pack: Pack,
        facts: OrganisationFacts,
        direction: Direction,
        context: Context,
    ) -> None:
        self.reading = reading
        self.pack = pack
        self.facts = facts
        self.direction = direction
        self.context = context
        self.hits = pack.phrasebooks[direction].hits(self.reading)

    @property
    def is_outbound(self) -> bool:
        """Are these the setting's own words, going out?"""
        return self.direction is Direction.OUTBOUND_POST

    @lazy
    def cues(self) -> set[str]:
        """Every cue met anywhere in the text."""
        return {hit.cue for hit in self.hits}

    @lazy
    def by_cue(self) -> dict[str, dict[int, list[Hit]]]:
        """For each cue met: its hits by sentence, in reading order."""
        found: dict[str, dict[int, list[Hit]]] = {}
        sentence_of = self.reading.sentence_of
        for hit in self.hits:
            found.setdefault(hit.cue, {}).setdefault(sentence_of[hit.first], []).append(hit)
        return found

    @lazy
    def thread_cues(self) -> frozenset[str]:
        """Every cue met in the talk before this text, the last few messages of it."""
        before = [Reading(text, self.pack.aliases) for text in self.context.thread[-MOST_BEFORE:]]
        return frozenset(
            hit.cue for reading in before for hit in self.pack.phrasebooks[self.direction].hits(reading)
        )

    def add_hits(self, hits: list[Hit]) -> None:
        """Add cues that code found, such as a child's name, before the rules are weighed."""
        if hits:
            self.hits.extend(hits)
            self.__dict__.pop("by_cue", None)
            self.__dict__.pop("cues", None)

    def finding(
        self,
        rule_id: str,
        start: int,
        end: int,
        *,
        severity: Severity | None = None,
        suggestion: str | None = None,
    ) -> Finding:
        """Return a finding of ``rule_id`` for the folded positions, worded by the pack."""
        rule = self.pack.rules[rule_id]
        first, last = self.reading.folded.span(start, end)
        return Finding(
            category=rule.category,
            severity=rule.severity if severity is None else severity,
            start=first,
            end=last,
            rule=rule.id,
            version=rule.version,
            clause=rule.clause,
            title=rule.title,
            reason=rule.reason,
            suggestion=suggestion or rule.suggestion,
            mark=self._mark(start, end),
        )

    def word_span(self, first: int, after: int) -> tuple[int, int]:
        """Folded positions of the words from ``first`` up to, not including, ``after``."""
        return self.reading.spans[first][0], self.reading.spans[after - 1][1]

    def _mark(self, start: int, end: int) -> str:
        """A keyed hash of the words, so that a stored answer does not give a child's name away."""
        words = " ".join(self.reading.folded.text[start:end].split()).encode("utf-8", "surrogatepass")
        key = self.facts.names.key
        digest = hmac.digest(key, words, "sha256") if key else hashlib.sha256(words).digest()
        return digest[:_MARK_BYTES].hex()
