"""The learned part: weights for words, learned from texts of our own, that may only ever say "look".

A text is weighed for every category at once. The weights of one word for all categories are kept as one
whole number with a lane of 32 bits for each category, so weighing a text is one sum. Whatever it says can be
shown as the words that moved it. ``tools/learn.py`` makes the weights again from ``bench/screening_set``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from itertools import pairwise, repeat
from typing import TYPE_CHECKING

from stairgate.screening.kinds import Category, Direction, Finding

if TYPE_CHECKING:
    from stairgate.screening.case import Case

SCALE = 100  # weights are kept in hundredths
PIECE = 80  # words weighed together: a long post is many short texts, not one loud one
GRAM = 4  # letters of the pieces an unknown word is weighed by
_LANE = 32
_MIDDLE = 1 << (_LANE - 1)
_FIGURE = "#"


def grams(word: str) -> list[str]:
    """Return the runs of four letters in a word, its edges marked: "cat" gives "<cat" and "cat>"."""
    edged = f"<{word}>"
    return [edged[start : start + GRAM] for start in range(max(len(edged) - GRAM + 1, 0))]


def plain_words(words: Iterable[str]) -> list[str]:
    """Return the words as they are weighed: whatever starts with a figure counts as the same."""
    return [_FIGURE if word[0].isdigit() else word for word in words]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A category for which a piece of text weighs enough, with the indexes of the words that moved it most."""

    category: Category
    words: tuple[int, ...]


class Learned:
    """The weights, ready to be summed. ``lines`` are those of ``learned.tsv``."""

    def __init__(self, lines: Iterable[str]) -> None:
        rows = iter(lines)
        self._lanes = [Category(name) for name in next(rows).rstrip("\n").split("\t")]
        self._tables: dict[str, dict[str, int]] = {"word": {}, "pair": {}, "gram": {}, "cue": {}, "way": {}}
        self._thresholds = self._packed(next(rows).rstrip("\n").split("\t"))
        for row in rows:
            kind, name, *weights = row.rstrip("\n").split("\t")
            self._tables[kind][name] = self._packed(weights)
        self._floor = sum(_MIDDLE << (_LANE * lane) for lane in range(len(self._lanes))) - self._thresholds
        self._signs = sum(_MIDDLE << (_LANE * lane) for lane in range(len(self._lanes)))

    def _packed(self, weights: Sequence[str]) -> int:
        """Read "3:-12" as minus twelve hundredths in lane 3."""
        total = 0
        for weight in weights:
            lane, _, value = weight.partition(":")
            total += int(value) << (_LANE * int(lane))
        return total

    def weigh(self, words: Sequence[str], cues: Iterable[str], direction: Direction) -> Iterator[Weighed]:
        """Yield each category for which some piece of the text weighs enough."""
        way = self._tables["way"].get(direction.value, 0) + sum(map(self._tables["cue"].get, cues, repeat(0)))
        spoken = set[Category]()
        for start in range(0, len(words), PIECE):
            piece = plain_words(words[start : start + PIECE])
            over = (self._sum(piece) + way + self._floor) & self._signs
            for lane in self._raised(over):
                if self._lanes[lane] not in spoken:
                    spoken.add(self._lanes[lane])
                    yield Weighed(self._lanes[lane], tuple(start + at for at in self._movers(piece, lane)))

    def _sum(self, piece: list[str]) -> int:
        known = self._tables["word"]
        try:
            total = sum(map(known.__getitem__, piece))
        except KeyError:
            total = sum(known[word] if word in known else self._unknown(word) for word in piece)
        return total + sum(map(self._tables["pair"].get, map(" ".join, pairwise(piece)), repeat(0)))

    def _unknown(self, word: str) -> int:
        return sum(map(self._tables["gram"].get, grams(word[:PIECE]), repeat(0)))

    def _raised(self, over: int) -> Iterator[int]:
        lane = 0
        while over:
            if over & _MIDDLE:
                yield lane
            over >>= _LANE
            lane += 1

    def _movers(self, piece: list[str], lane: int) -> list[int]:
        """Return the places of the three words that weigh most for a category, in reading order."""
        known, pairs = self._tables["word"], self._tables["pair"]
        moved: list[float] = [
            self._lane(known[word] if word in known else self._unknown(word), lane) for word in piece
        ]
        for at, pair in enumerate(map(" ".join, pairwise(piece))):
            weight = self._lane(pairs.get(pair, 0), lane)
            moved[at] += weight / 2
            moved[at + 1] += weight / 2
        best = sorted(range(len(piece)), key=lambda at: -moved[at])[:3]
        return sorted(at for at in best if moved[at] > 0)

    def _lane(self, packed: int, lane: int) -> int:
        """Return one category's weight out of a packed number, in hundredths."""
        return (((packed + self._signs) >> (_LANE * lane)) & (2 * _MIDDLE - 1)) - _MIDDLE


def find_learned(case: Case, told: frozenset[Category]) -> Iterator[Finding]:
    """Yield a finding, never more than "look", for each category that nothing else has ``told`` of."""
    learned = case.pack.learned
    if learned is None or not case.reading.raw:
        return
    for weighed in learned.weigh(case.reading.raw, case.cues.at_once, case.direction):
        if weighed.category not in told and weighed.words:
            yield _finding(case, weighed)


def _finding(case: Case, weighed: Weighed) -> Finding:
    """Point at the words that moved it, and name them."""
    start, end = case.word_span(weighed.words[0], weighed.words[-1] + 1)
    found = case.finding(f"learned.{weighed.category}", start, end)
    named = ", ".join(f"“{case.reading.written(index)}”" for index in weighed.words)
    return replace(found, reason=f"{found.reason} What weighed most: {named}.")


def load_learned(folder: Traversable) -> Learned | None:
    """Load the weights in the folder of a pack, or return None when it has none."""
    file = folder / "learned.tsv"
    if not file.is_file():
        return None
    return Learned(file.read_text(encoding="utf-8").splitlines())
