"""One text being screened: what every finder is handed, and how it reports what it found."""

from __future__ import annotations

import hashlib
import hmac
from functools import cached_property

from stairgate.screening.facts import OrganisationFacts
from stairgate.screening.kinds import Context, Direction, Finding, Severity
from stairgate.screening.pack import Pack
from stairgate.screening.phrases import Hit
from stairgate.screening.reading import Reading

_MARK_BYTES = 8


class Case:
    """A text, its surroundings and the rules. Positions given to ``finding`` are folded positions."""

    def __init__(
        self, text: str, *, pack: Pack, facts: OrganisationFacts, direction: Direction, context: Context
    ) -> None:
        self.reading = Reading(text, pack.aliases)
        self.pack = pack
        self.facts = facts
        self.direction = direction
        self.context = context
        self.hits = pack.phrasebook.hits(self.reading)

    @property
    def is_outbound(self) -> bool:
        """Are these the setting's own words, going out?"""
        return self.direction is Direction.OUTBOUND_POST

    @cached_property
    def by_cue(self) -> dict[str, dict[int, Hit]]:
        """For each cue met: the first place in each sentence."""
        cues: dict[str, dict[int, Hit]] = {}
        for hit in self.hits:
            cues.setdefault(hit.cue, {}).setdefault(self.reading.sentence_of[hit.first], hit)
        return cues

    def add_hits(self, hits: list[Hit]) -> None:
        """Add cues that code found, such as a child's name, before the rules are weighed."""
        self.hits.extend(hits)
        self.__dict__.pop("by_cue", None)

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
