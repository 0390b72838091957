"""What a setting adds to the rules: words of its own to look for, and phrases in which some findings are no matter.

Both are compared folded, so case, accents and unseen characters make no difference. A single word is found in
simple disguises too ("s3cret", "s.e.c.r.e.t", "s e c r e t"); an exception is meant exactly as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from stairgate.clauses import control
from stairgate.screening.disguise import find_disguised
from stairgate.screening.folding import fold_to_words
from stairgate.screening.kinds import Category, Finding, Severity
from stairgate.screening.lexicon import SHORTEST_DISGUISE, Lexicon
from stairgate.screening.reading import Reading, words_of

if TYPE_CHECKING:
    from stairgate.screening.case import Case

#: what an exception can be made for; a warning sign can never be excepted
EXCEPTABLE = frozenset(
    {
        *(Category.PROFANITY, Category.BULLYING, Category.CONTACT_DETAILS, Category.CHILD_IDENTITY),
        *(Category.LOCATION_NOW, Category.STAFF_BOUNDARY, Category.COMPLAINT_ABOUT_STAFF),
    }
)
#: what a text that is too long says is about its length, not about its words
NEVER_EXCEPTED = frozenset(Category) - EXCEPTABLE - {Category.TOO_LONG}
_STRONG = 3  # how strong a word of the setting's own counts: strong enough to be looked for in disguise
_NUMBERS = frozenset({"contact.mobile", "contact.phone"})

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnWord:
    """A word or phrase that the setting wants to be told of, with its reason.

    Raises ValueError for a severity other than LOOK and HOLD, or when there is no letter or figure in it.
    """

    words: str
    severity: Severity
    why: str

    def __post_init__(self) -> None:
        if self.severity not in (Severity.LOOK, Severity.HOLD):
            raise ValueError("a word of the setting's own is for a look or for a hold")
        if not row_of(self.words):
            raise ValueError("there is no word in it")


def row_of(words: str) -> Row:
    """Return the words as they are compared; two phrases with the same row are the same."""
    return tuple(words_of(fold_to_words(words)))


def _plain(words: Iterable[str]) -> Row:
    """Return the words without an "'s": whose it is makes no difference."""
    return tuple(word.removesuffix("'s") for word in words)


class Phrases:
    """Rows of words by the first of them, so that a text is gone through once."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._by_first: dict[str, list[Row]] = {}
        for row in sorted(set(rows), key=len, reverse=True):
            if row:
                self._by_first.setdefault(row[0], []).append(row)

    def found_in(self, raw: list[str]) -> Iterator[tuple[int, Row]]:
        """Yield each place where a row stands, and which: all that fit, the longest first."""
        for index, word in enumerate(raw):
            for row in self._by_first.get(word, ()):
                if tuple(raw[index : index + len(row)]) == row:
                    yield index, row


class Additions:
    """The words and exceptions of one setting, made ready once."""

    def __init__(self, words: Iterable[OwnWord], exceptions: Iterable[str]) -> None:
        self.words = {
            _plain(row_of(word.words)): word for word in sorted(words, key=lambda one: one.severity)
        }
        self.exceptions = Phrases(map(row_of, exceptions))
        self._rows = Phrases(self.words)
        single = [row[0] for row in self.words if len(row) == 1 and len(row[0]) >= SHORTEST_DISGUISE]
        self._single = Lexicon([{"stem": word, "strength": _STRONG} for word in single], everyday=())

    def found_in(self, reading: Reading) -> Iterator[tuple[int, int, OwnWord]]:
        """Yield the folded positions of each of the setting's own words, and which it is."""
        for index, row in self._rows.found_in(list(_plain(reading.raw))):
            yield reading.spans[index][0], reading.spans[index + len(row) - 1][1], self.words[row]
        if self._single.exact:
            for start, end, rude in find_disguised(reading, self._single):
                own = self.words.get((rude.stem,))
                if own:  # a row of signs is rude, and no word of theirs
                    yield start, end, own

    def excepted_in(self, reading: Reading) -> list[tuple[int, int]]:
        """Return where in the text, as it was written, an exception holds."""
        return [
            reading.folded.span(reading.spans[index][0], reading.spans[index + len(row) - 1][1])
            for index, row in self.exceptions.found_in(reading.raw)
        ]

    def concern(self, text: str) -> bool:
        """Return whether any of these words or exceptions stands in a text; if not, they change nothing about it."""
        reading = Reading(text, {})
        return next(self.found_in(reading), None) is not None or bool(self.excepted_in(reading))


@lru_cache(maxsize=64)
def additions_of(own_words: tuple[OwnWord, ...], exceptions: frozenset[str]) -> Additions:
    """Return a setting's additions made ready; the same ones are made once in a process."""
    return Additions(own_words, exceptions)


@control("C31", "Words that the setting added to those we look for are found, also in disguise, and say why")
def find_own_words(case: Case) -> Iterator[Finding]:
    """Yield a finding for each of the setting's own words, none of them overlapping."""
    if not case.facts.own_words:
        return
    end_of_last = -1
    found = case.facts.additions.found_in(case.reading)
    for start, end, own in sorted(found, key=lambda one: (one[0], -one[1], -one[2].severity)):
        if start >= end_of_last:
            end_of_last = end
            finding = case.finding("own.word", start, end, severity=own.severity)
            yield replace(finding, reason=f"{finding.reason} Why: “{own.why}”.")


def without_excepted(case: Case, found: list[Finding]) -> list[Finding]:
    """Return what was found but for what lies wholly inside one of the setting's exceptions."""
    if not found or not case.facts.exceptions:
        return found
    stretches = case.facts.additions.excepted_in(case.reading)
    if not stretches:
        return found
    return [finding for finding in found if not _is_excepted(case.reading.original, finding, stretches)]


def _is_excepted(text: str, finding: Finding, stretches: list[tuple[int, int]]) -> bool:
    if finding.category not in EXCEPTABLE:
        return False
    start, end = finding.start, finding.end
    if finding.rule in _NUMBERS:  # "ring me on" before it is not the number
        start = next((at for at in range(start, end) if text[at].isdigit()), start)
    while end > start and not text[end - 1].isalnum():
        end -= 1
    while start < end and not text[start].isalnum():
        start += 1
    return start < end and any(first <= start and end <= last for first, last in stretches)
