"""One text being screened: what every finder is handed, and how it reports what it found."""

from __future__ import annotations

import hashlib
import hmac

from stairgate.screening.cues import Cues
from stairgate.screening.facts import OrganisationFacts
from stairgate.screening.kinds import Context, Direction, Finding, Severity
from stairgate.screening.lazy import lazy
from stairgate.screening.pack import Pack
from stairgate.screening.reading import Reading

MOST_BEFORE = 3  # messages of the talk before that are read for what they ask
LONGEST_BEFORE = 20_000  # characters of each; a longer one was held itself
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
        self.cues = Cues(reading, pack.books[direction])

    @property
    def is_outbound(self) -> bool:
        """Are these the setting's own words, going out?"""
        return self.direction is Direction.OUTBOUND_POST

    @lazy
    def before(self) -> list[Cues]:
        """The cues of the talk before this text, the last few messages of it."""
        books = self.pack.books[self.direction]
        before = [text[:LONGEST_BEFORE] for text in self.context.thread[-MOST_BEFORE:]]
        return [Cues(self.pack.read(text), books) for text in before]

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
