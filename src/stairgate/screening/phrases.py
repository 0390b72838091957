"""The small language rule packs are written in, and the matcher for it.

A phrase is a row of words: ``"message|text me"``. ``a|b`` means either; ``<child>`` any word of that list
in the pack; ``word?`` may be missing; ``..`` up to three words of any kind; ``_`` exactly one; ``#``
something that starts with a digit; ``Abc`` a word written with a capital. A phrase never runs over the
end of a sentence. Matching tries a bounded number of ways at each word, so it is linear in the text.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stairgate.screening.reading import WORD, Reading

WIDEST_GAP = 3
MOST_GAPS = 2


class PackError(ValueError):
    """A rule pack is malformed; the message says where."""


class Special(enum.Enum):
    """Items that are not lists of words."""

    GAP = ".."
    ANY = "_"
    NUMBER = "#"
    CAPITAL = "Abc"


Item = frozenset[str] | Special
_DIGIT = "#"
_NO_START = (Special.GAP, Special.ANY, Special.CAPITAL)


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue met in the text: the first word, and one past the last."""

    cue: str
    first: int
    after: int


def parse(phrase: str, lists: Mapping[str, Iterable[str]]) -> list[tuple[Item, ...]]:
    """Return every row of items that ``phrase`` stands for, optional words written out.

    Raises PackError on an unknown list, an empty phrase, too many gaps, or a start that is not a word.
    """
    choices: list[tuple[tuple[Item, ...], ...]] = []
    for piece in phrase.split():
        item = _item(piece.removesuffix("?"), lists)
        choices.append(((item,), ()) if piece.endswith("?") else ((item,),))
    rows = [tuple(itertools.chain.from_iterable(row)) for row in itertools.product(*choices)]
    for row in rows:
        if not row or row[0] in _NO_START or row[-1] is Special.GAP:
            raise PackError(f"{phrase!r} must start with a word or # and end with something to find")
        if row.count(Special.GAP) > MOST_GAPS:
            raise PackError(f"{phrase!r} has more than {MOST_GAPS} gaps")
    return rows


def _item(piece: str, lists: Mapping[str, Iterable[str]]) -> Item:
    for special in Special:
        if piece == special.value:
            return special
    words: set[str] = set()
    for part in piece.split("|"):
        if part.startswith("<") and part.endswith(">"):
            if part[1:-1] not in lists:
                raise PackError(f"there is no list called {part}")
            words.update(lists[part[1:-1]])
        elif WORD.fullmatch(part):
            words.add(part)
        else:
            raise PackError(f"{part!r} in {piece!r} is not one word, so it would never be found")
    return frozenset(words)


Row = tuple[str, tuple[Item, ...]]  # a cue, and what must follow the words already matched


class _Branch:
    """The rows that start with one word: by their second word where they name one, else in ``others``."""

    __slots__ = ("by_second", "others")

    def __init__(self) -> None:
        self.by_second: dict[str, list[Row]] = {}
        self.others: list[Row] = []

    def add(self, cue: str, rest: tuple[Item, ...]) -> None:
        if rest and isinstance(rest[0], frozenset):
            for word in rest[0]:
                self.by_second.setdefault(word, []).append((cue, rest[1:]))
        else:
            self.others.append((cue, rest))


class Phrasebook:
    """Every phrase of a pack, found by its first word and then its second."""

    def __init__(self, cues: Mapping[str, Iterable[str]], lists: Mapping[str, Iterable[str]]) -> None:
        self._branches: dict[str, _Branch] = {}
        for cue, phrases in cues.items():
            for row in (row for phrase in phrases for row in parse(phrase, lists)):
                first = row[0]
                for word in first if isinstance(first, frozenset) else (_DIGIT,):
                    self._branches.setdefault(word, _Branch()).add(cue, row[1:])

    def hits(self, reading: Reading) -> list[Hit]:
        """Return every cue met in the text, in order of its first word."""
        found: list[Hit] = []
        words, branches = reading.words, self._branches
        last = len(words) - 1
        for index, word in enumerate(words):
            branch = branches.get(_DIGIT if word[0].isdigit() else word)
            if branch is None:
                continue
            self._follow(reading, index, index + 1, branch.others, found)
            if index < last and branch.by_second:
                rows = branch.by_second.get(words[index + 1])
                if rows:
                    self._follow(reading, index, index + 2, rows, found)
        return found

    def _follow(self, reading: Reading, first: int, index: int, rows: list[Row], found: list[Hit]) -> None:
        for cue, rest in rows:
            after = _match(reading, rest, index) if rest else index
            if after and (after == first + 1 or reading.sentence_of[after - 1] == reading.sentence_of[first]):
                found.append(Hit(cue, first, after))


def _match(reading: Reading, rest: tuple[Item, ...], index: int) -> int:
    """Return one past the last word matched, or 0."""
    words = reading.words
    for place, item in enumerate(rest):
        if item is Special.GAP:
            return _match_after_gap(reading, rest[place + 1 :], index)
        if index >= len(words):
            return 0
        if isinstance(item, frozenset):
            if words[index] not in item:
                return 0
        elif not _fits(reading, item, index):
            return 0
        index += 1
    return index


def _match_after_gap(reading: Reading, tail: tuple[Item, ...], index: int) -> int:
    for start in range(index, index + WIDEST_GAP + 1):
        after = _match(reading, tail, start)
        if after:
            return after
    return 0


def _fits(reading: Reading, item: Special, index: int) -> bool:
    if item is Special.NUMBER:
        return reading.words[index][0].isdigit()
    return item is Special.ANY or reading.is_capital(index)
