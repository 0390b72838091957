"""The learned part: weights for words and rules, learned from texts of our own.

It does two things. It may say "look" where no rule speaks, never more. And it weighs a rule that is doubtful
by itself, one that was often wrong in those texts: such a rule speaks only where the rest of the text agrees.

A text is weighed for every category at once. The weights of one word for all categories are kept as one
whole number with a lane of 32 bits for each category, so weighing a text is one sum. Whatever it says can be
shown as the words that moved it. ``tools/learn.py`` makes the weights again from ``bench/screening_set``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from stairgate.screening.kinds import Category, Direction, Finding, Severity

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from stairgate.screening.case import Case
    from stairgate.screening.reading import Reading

SCALE = 100  # weights are kept in hundredths
PIECE = 80  # words weighed together: a long post is many short texts, not one loud one
FEW_WORDS = 8  # in so short a text there is nothing that could speak against a rule
GRAM = 4  # letters of the pieces an unknown word is weighed by
_LANE = 32
_MIDDLE = 1 << (_LANE - 1)
_FIGURE = "#"
BY_CAPITALS = (Category.CHILD_IDENTITY, Category.LOCATION_NOW, Category.STAFF_BOUNDARY)
_REMEMBERED = 20_000  # unknown words
_NEAR = 6  # words on either side of what a doubtful rule found
_LONG = 40  # words of a text in which words near a finding are weighed by themselves too
_MOST_TRIES = 60  # findings weighed with the words near them; the others of one text are believed


def grams(word: str) -> list[str]:
    """Return the runs of four letters in a word, its edges marked: "cat" gives "<cat" and "cat>"."""
    edged = f"<{word}>"
    return [edged[start : start + GRAM] for start in range(max(len(edged) - GRAM + 1, 0))]


def plain_words(words: Iterable[str]) -> list[str]:
    """Return the words as they are weighed: whatever starts with a figure counts as the same."""
    return [_FIGURE if word[0].isdigit() else word for word in words]


def pairs(words: Sequence[str]) -> Iterator[str]:
    """Return each two neighbours, as the weights name them."""
    return map(" ".join, pairwise(words))


class Weighed:
    """What a text weighs: categories it agrees with, and those it speaks for with what tells the words that moved it."""

    def __init__(self, lanes: Mapping[Category, int]) -> None:
        self._lanes = lanes
        self.over_agreeing = self.over_likely = 0
        self.speaks = dict[Category, Callable[[], tuple[int, ...]]]()

    def agrees(self, category: Category) -> bool:
        """Does the text as a whole agree that it is about this?"""
        return bool(self.over_agreeing & self._lanes.get(category, 0))

    def may_agree(self, category: Category) -> bool:
        """Is it not unlikely to be about this? That is enough for a rule that warns of harm."""
        return bool(self.over_likely & self._lanes.get(category, 0))


class _Weights(dict[str, int]):
    """Weights by name, each read when it is first asked for: few of them are in any one text."""

    def __init__(self) -> None:
        super().__init__()
        self.written: dict[str, str] = {}

    def __missing__(self, name: str) -> int:
        weight = self[name] = _packed(self.written[name])
        return weight

    def of(self, names: Iterable[str]) -> int:
        """Return the sum of the weights of ``names``; an unknown one weighs nothing."""
        return sum(map(self.__getitem__, filter(self.written.__contains__, names)))


class _Words(_Weights):
    """Weights of words. An unknown one is weighed by its runs of letters, and remembered up to a bound."""

    def __init__(self, runs: _Weights) -> None:
        super().__init__()
        self._runs, self._unknown = runs, 0

    def __missing__(self, name: str) -> int:
        if name in self.written:
            return super().__missing__(name)
        weight = self._runs.of(grams(name[:PIECE]))
        if self._unknown < _REMEMBERED:
            self._unknown += 1
            self[name] = weight
        return weight


def _packed(weights: str) -> int:
    """Read "3:-12", one or several with tabs between, as minus twelve hundredths in lane 3."""
    total = 0
    for weight in weights.split():
        lane, _, value = weight.partition(":")
        total += int(value) << (_LANE * int(lane))
    return total


class Learned:
    """The weights, ready to be summed. ``lines`` are those of ``learned.tsv``."""

    def __init__(self, lines: Iterable[str]) -> None:
        rows = iter(lines)
        self._lanes = [Category(name) for name in next(rows).rstrip("\n").split("\t")]
        self._signs = sum(_MIDDLE << (_LANE * lane) for lane in range(len(self._lanes)))
        self._bits = {category: _MIDDLE << (_LANE * lane) for lane, category in enumerate(self._lanes)}
        self._speaking, self._agreeing, self._likely = (self._signs - _packed(next(rows)) for _ in range(3))
        self.doubtful = frozenset(next(rows).rstrip("\n").split("\t"))
        self._tables = {kind: _Weights() for kind in ("pair", "gram", "cue", "rule", "way")}
        self._pairs = self._tables["pair"]
        self._words = self._tables["word"] = _Words(self._tables["gram"])
        for row in rows:
            kind, _, rest = row.partition("\t")
            name, _, weights = rest.partition("\t")
            self._tables[kind].written[name] = weights

    def read_all(self) -> None:
        """Read every weight now. Raises ValueError when one is malformed."""
        for table in self._tables.values():
            table.of(table.written)

    def weigh(
        self, words: Sequence[str], *, cues: Iterable[str], rules: Iterable[str], direction: Direction
    ) -> Weighed:
        """Weigh a text, a long one piece by piece, with the cues and rules that were met in it."""
        tables = self._tables
        around = tables["way"].of((direction.value,)) + tables["cue"].of(cues) + tables["rule"].of(rules)
        weighed = Weighed(self._bits)
        for start in range(0, len(words), PIECE):
            piece = plain_words(words[start : start + PIECE])
            total = self._sum(piece) + around
            weighed.over_agreeing |= total + self._agreeing
            weighed.over_likely |= total + self._likely
            over = (total + self._speaking) & self._signs
            for lane in self._raised(over) if over else ():
                weighed.speaks.setdefault(self._lanes[lane], partial(self._movers, piece, lane, start))
        return weighed

    def _sum(self, piece: list[str]) -> int:
        return sum(map(self._words.__getitem__, piece)) + self._pairs.of(pairs(piece))

    def _raised(self, over: int) -> Iterator[int]:
        lane = 0
        while over:
            if over & _MIDDLE:
                yield lane
            over >>= _LANE
            lane += 1

    def _movers(self, piece: list[str], lane: int, start: int) -> tuple[int, ...]:
        """Return the places of the three words that weigh most for a category, in reading order.

        ``piece`` begins at the word ``start`` of the text.
        """
        moved: list[float] = [self._lane(self._words[word], lane) for word in piece]
        for at, pair in enumerate(pairs(piece)):
            weight = self._lane(self._pairs.of((pair,)), lane)
            moved[at] += weight / 2
            moved[at + 1] += weight / 2
        best = sorted(range(len(piece)), key=lambda at: -moved[at])[:3]
        return tuple(sorted(start + at for at in best if moved[at] > 0))

    def _lane(self, packed: int, lane: int) -> int:
        """Return one category's weight out of a packed number, in hundredths."""
        return (((packed + self._signs) >> (_LANE * lane)) & (2 * _MIDDLE - 1)) - _MIDDLE


def weigh_findings(case: Case, found: list[Finding]) -> list[Finding]:
    """Return ``found`` without what doubtful rules said alone, and with what the text as a whole speaks for."""
    learned = case.pack.learned
    if learned is None or not case.reading.raw:
        return found
    cues, rules = weighed_too(case.cues.at_once, found, case.pack.phrases.by_capitals)
    weigh = partial(learned.weigh, cues=cues, rules=rules, direction=case.direction)
    weighed = weigh(case.reading.raw)
    kept = found
    if found and len(case.reading.raw) > FEW_WORDS:
        kept = list[Finding]()
        tries = _MOST_TRIES
        for finding in found:
            believed = finding.rule not in learned.doubtful or _is_believed(finding, weighed)
            if not believed and len(case.reading.raw) > _LONG:
                tries -= 1
                believed = tries < 0 or _is_believed(finding, weigh(_words_near(case.reading, finding)))
            if believed:
                kept.append(finding)
    for category, moved_by in weighed.speaks.items():
        told_already = any(finding.category is category for finding in kept)
        if not told_already and not _is_talked_about(case, category):
            words = moved_by()
            if words:
                kept.append(_finding(case, category, words))
    return kept


def weighed_too(
    cues: Iterable[str], found: Collection[Finding], by_capitals: Container[str]
) -> tuple[list[str], list[str]]:
    """Return the cues and the rules, with what these are about, that are weighed beside the words.

    What hangs on capital letters is left out: a text in small letters must weigh the same.
    """
    by_words = [cue for cue in cues if cue not in by_capitals]
    if not found:
        return by_words, []
    telling = [one for one in found if one.severity >= Severity.LOOK and one.category not in BY_CAPITALS]
    rules = {*(one.rule for one in telling), *(one.category.value for one in telling)}
    return by_words, sorted(rules)


def _is_believed(finding: Finding, weighed: Weighed) -> bool:
    """Does the text as a whole bear out what a doubtful rule says? Of harm it must only not speak against it."""
    warns = finding.severity is Severity.HARM
    return weighed.may_agree(finding.category) if warns else weighed.agrees(finding.category)


def _words_near(reading: Reading, finding: Finding) -> Sequence[str]:
    """Return the words of a finding and around it: what is written further away does not talk it down."""
    first = bisect_left(reading.spans, (bisect_left(reading.folded.origins, finding.start),))
    after = bisect_left(reading.spans, (bisect_left(reading.folded.origins, finding.end),))
    return reading.raw[max(0, first - _NEAR) : min(after, first + PIECE) + _NEAR]


def _is_talked_about(case: Case, category: Category) -> bool:
    """Is it quoted, denied or condemned? The rule that gives the words says in ``unless`` what tells that."""
    return any(cue in case.cues for cue in case.pack.rules[f"learned.{category}"].unless)


def _finding(case: Case, category: Category, words: tuple[int, ...]) -> Finding:
    """Point at the words that moved it, and name them."""
    found = case.finding(f"learned.{category}", *case.word_span(words[0], words[-1] + 1))
    named = ", ".join(f"“{case.reading.written(index)}”" for index in words)
    return replace(found, reason=f"{found.reason} What weighed most: {named}.")


def load_learned(folder: Traversable) -> Learned | None:
    """Load the weights in the folder of a pack, or return None when it has none."""
    file = folder / "learned.tsv"
    if not file.is_file():
        return None
    return Learned(file.read_text(encoding="utf-8").splitlines())
