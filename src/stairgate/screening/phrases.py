"""The small language rule packs are written in, and the matcher for it.

A phrase is a row of words: ``"message|text me"``. ``a|b`` means either; ``<child>`` any word of that list
in the pack; ``word?`` may be missing; ``..`` up to three words of any kind; ``_`` exactly one; ``#``
something that starts with a digit; ``Abc`` a word written with a capital. A phrase never runs over the
end of a sentence. A phrase is looked for where its rarest word stands. Matching tries a bounded number of
ways at each word, so it is linear in the text.
"""

from __future__ import annotations

import enum
import itertools
import re
from collections.abc import Callable, Container, Iterable, Mapping
from functools import partial, reduce
from operator import itemgetter, or_
from typing import NamedTuple

from stairgate.screening.lazy import Kept
from stairgate.screening.reading import WORD, Reading

WIDEST_GAP = 3
MOST_GAPS = 2
_MOST_PAIRS = 30_000  # pairs of neighbours kept: ordinary ones come again and again
_NUMBER_WEIGHT = 150  # words in ten thousand that start with a figure
_ZEROS = itertools.repeat(0)
_NEVER = 1_000_000  # what stands for any word is no anchor


class PackError(ValueError):
    """A rule pack is malformed; the message says where."""


class Special(enum.Enum):
    """Items that are not lists of words."""

    GAP = ".."
    ANY = "_"
    NUMBER = "#"
    CAPITAL = "Abc"


Item = frozenset[str] | Special
_GAP = Special.GAP
_EITHER = re.compile(rf"{WORD.pattern}(?:\|{WORD.pattern})*")
_SPECIALS = {special.value: special for special in Special}
_NO_START = (Special.GAP, Special.ANY, Special.CAPITAL)
_NO_WORDS: frozenset[str] = frozenset()


class Hit(NamedTuple):
    """A cue met in the text: the first word, and one past the last."""

    cue: str
    first: int
    after: int


_hit: Callable[[tuple[str, int, int]], Hit] = partial(tuple.__new__, Hit)  # a third of the time of ``Hit(…)``


class Items(dict[str, "Item"]):
    """The item each piece of a phrase stands for, worked out when it is first met: the same ones come again.

    ``lists`` are those of the pack; ``spellings`` are for a word its other spellings.
    """

    def __init__(
        self, lists: Mapping[str, Iterable[str]], spellings: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        super().__init__()
        self._lists = lists
        self._spellings = spellings or {}
        self._same: dict[Item, Item] = {}

    def __missing__(self, piece: str) -> Item:
        item = _SPECIALS.get(piece) or self._words(piece)
        item = self[piece] = self._same.setdefault(item, item)
        return item

    def _words(self, piece: str) -> frozenset[str]:
        words = set(piece.split("|"))
        if not _EITHER.fullmatch(piece):
            words = {word for part in words for word in self._part(part, piece)}
        if not self._spellings.keys().isdisjoint(words):
            words.update([spelling for word in words for spelling in self._spellings.get(word, ())])
        return frozenset(words)

    def _part(self, part: str, piece: str) -> Iterable[str]:
        if part.startswith("<") and part.endswith(">"):
            if part[1:-1] not in self._lists:
                raise PackError(f"there is no list called {part}")
            return self._lists[part[1:-1]]
        if not WORD.fullmatch(part):
            raise PackError(f"{part!r} in {piece!r} is not one word, so it would never be found")
        return (part,)


def parse(phrase: str, items: Items) -> list[tuple[Item, ...]]:
    """Return every row of items that ``phrase`` stands for, optional words written out.

    Raises PackError on an unknown list, an empty phrase, too many gaps, or a start that is not a word.
    """
    rows = (
        [tuple([items[piece] for piece in phrase.split()])] if "?" not in phrase else _choices(phrase, items)
    )
    for row in rows:
        if not row or row[-1] is _GAP or (row[0].__class__ is Special and row[0] in _NO_START):
            raise PackError(f"{phrase!r} must start with a word or # and end with something to find")
        if len(row) > MOST_GAPS and row.count(_GAP) > MOST_GAPS:
            raise PackError(f"{phrase!r} has more than {MOST_GAPS} gaps")
    return rows


def _choices(phrase: str, items: Items) -> list[tuple[Item, ...]]:
    rows: list[tuple[Item, ...]] = [()]
    for piece in phrase.split():
        item = items[piece.removesuffix("?")]
        rows = [longer for row in rows for longer in ((*row, item), row)[: 1 + piece.endswith("?")]]
    return rows


class _Row:
    """A phrase as it is looked for: from its anchor outwards. ``before`` runs backwards from the anchor.

    ``beside``, the rarer side, are the words of which one must stand right after the anchor or, with ``step`` 1,
    right before it.
    Without any, a row has a gap on both sides and ``need`` are the words of which one must be in the text.
    """

    __slots__ = ("after", "anchor", "before", "beside", "cue", "need", "step")

    def __init__(self, cue: str, items: tuple[Item, ...], anchor: int) -> None:
        self.cue = cue
        self.anchor = items[anchor]
        self.before = items[:anchor][::-1]
        self.after = items[anchor + 1 :]
        self.beside = self.need = _NO_WORDS
        self.step = 0


_Found = tuple[int, _Row]  # a row, and whether the first (0) or the second (1) of two words is its anchor


class Phrases:
    """Every phrase of a pack, read once: a row of items each, and its anchor, the rarest of them.

    ``common`` tells how often ordinary words come, in ten thousand; ``aliases`` are other spellings.
    """

    def __init__(
        self,
        cues: Mapping[str, Iterable[str]],
        lists: Mapping[str, Iterable[str]],
        aliases: Mapping[str, str] | None = None,
        common: Mapping[str, int] | None = None,
    ) -> None:
        self._common = common or {}
        self._weights = Kept(self._weigh)
        spellings: dict[str, list[str]] = {}
        for spelling, word in (aliases or {}).items():
            spellings.setdefault(word, []).append(spelling)
        items = Items(lists, spellings)
        self.rows: dict[str, list[_Row]] = {}  # the rows of each cue
        self.bits: dict[str, int] = {}  # a bit for each cue
        self.cues_of: dict[str, int] = {}  # for each word, the cues that may be met where it stands
        self.numbered = 0  # those that may be met at any figure
        self.by_capitals: set[str] = set()  # those that look at capital letters
        self.weights: dict[str, int] = {}  # how often the anchors of a cue come: the rarest is asked first
        self._books = Kept(self._book)
        for cue, phrases in cues.items():
            rows = [self._row(cue, row) for phrase in phrases for row in parse(phrase, items)]
            if rows:
                self._note(cue, rows)

    def _row(self, cue: str, items: tuple[Item, ...]) -> _Row:
        anchor = items.index(min(items, key=self._weights.__getitem__)) if len(items) > 1 else 0
        row = _Row(cue, items, anchor)
        sides = [(row.after[:1], 0), (row.before[:1], 1)]
        beside = [(item, step) for side, step in sides for item in side if isinstance(item, frozenset)]
        if beside:
            row.beside, row.step = min(beside, key=lambda side: self._weights[side[0]])
        elif len(items) > 1:
            named = [item for item in (*row.after, *row.before) if isinstance(item, frozenset)]
            row.need = min(named, key=self._weights.__getitem__, default=_NO_WORDS)
        return row

    def _weigh(self, item: Item) -> int:
        if isinstance(item, frozenset):
            often = not self._common.keys().isdisjoint(item)
            return len(item) + (sum(map(self._common.get, item, _ZEROS)) if often else 0)
        return _NUMBER_WEIGHT if item is Special.NUMBER else _NEVER

    def _note(self, cue: str, rows: list[_Row]) -> None:
        self.rows[cue] = rows
        if any(Special.CAPITAL in (*row.before, *row.after) for row in rows):
            self.by_capitals.add(cue)
        self.weights[cue] = sum([self._weights[row.anchor] for row in rows])
        bit = self.bits[cue] = 1 << len(self.bits)
        for anchor in {row.anchor for row in rows}:
            if not isinstance(anchor, frozenset):
                self.numbered |= bit
                continue
            for word in anchor:
                self.cues_of[word] = self.cues_of.get(word, 0) | bit

    def book(self, cues: str | frozenset[str]) -> Phrasebook:
        """Return the phrases of one cue or of several together. Made when first wanted, then kept."""
        return self._books[cues]

    def _book(self, cues: str | frozenset[str]) -> Phrasebook:
        return Phrasebook(self, {cues} if isinstance(cues, str) else cues)

    def possible(self, reading: Reading) -> int:
        """Return the bits of the cues of which an anchor is in the text: no other can be met."""
        return reduce(or_, map(self.cues_of.get, reading.raw, _ZEROS), self.numbered)


class Phrasebook:
    """Phrases as they are looked up: by their anchor, if the word they need is beside it. ``only`` names the cues.

    A book that ``remembers`` keeps what two neighbours may begin once they were met, up to a bound.
    """

    def __init__(
        self, phrases: Phrases, only: Container[str] | None = None, *, remembers: bool = False
    ) -> None:
        self._alone: dict[str, list[str]] = {}  # cues that a word is by itself
        self._others: dict[str, list[_Row]] = {}  # rows with a gap on both sides of the anchor
        self._numbers: list[_Row] = []  # rows of which the anchor is a figure
        self._beside: tuple[dict[str, list[_Row]], ...] = ({}, {})  # the others, by step
        for cue, rows in phrases.rows.items():
            if only is None or cue in only:
                for row in rows:
                    self._enter(row)
        self._anchors = frozenset().union(self._alone, self._others, *self._beside)
        self._pairs: dict[tuple[str, str], tuple[_Found, ...]] | None = {} if remembers else None

    def _enter(self, row: _Row) -> None:
        """Put ``row`` where it is asked for: by the word right beside its anchor, if that is named."""
        if not isinstance(row.anchor, frozenset):
            self._numbers.append(row)
        elif not row.before and not row.after:
            for word in row.anchor:
                alone = self._alone.setdefault(word, [])
                if row.cue not in alone:
                    alone.append(row.cue)
        else:
            rows = self._beside[row.step] if row.beside else self._others
            for word in row.anchor:
                if word in rows:
                    rows[word].append(row)
                else:
                    rows[word] = [row]

    def hits(self, reading: Reading) -> list[Hit]:
        """Return every cue met in the text, in order of its first word."""
        found: list[Hit] = []
        words = reading.raw
        if not self._anchors.isdisjoint(words):
            if self._pairs is None:
                self._follow_anchors(reading, found)
            else:
                self._follow_pairs(reading, self._pairs, found)
            for index, cues in enumerate(map(self._alone.get, words)):
                if cues is not None:
                    for cue in cues:
                        found.append(_hit((cue, index, index + 1)))  # noqa: PERF401 - most hold one
            if not self._others.keys().isdisjoint(words):
                self._follow_others(reading, found)
        if self._numbers and reading.has_figure:
            for index, word in enumerate(words):
                if word[0].isdigit():
                    for row in self._numbers:
                        _follow(reading, index, row, found)
        found.sort(key=_FIRST)
        return found

    def _follow_pairs(
        self, reading: Reading, pairs: dict[tuple[str, str], tuple[_Found, ...]], found: list[Hit]
    ) -> None:
        for index, two in enumerate(itertools.pairwise(reading.raw)):
            rows = pairs.get(two)
            if rows is None:
                if len(pairs) >= _MOST_PAIRS:
                    pairs.clear()
                rows = pairs[two] = (*self._rows(*two, 0), *self._rows(*two[::-1], 1))
            for step, row in rows:
                _follow_pair(reading, index, step, row, found)

    def _follow_anchors(self, reading: Reading, found: list[Hit]) -> None:
        words, last = reading.raw, len(reading.raw) - 1
        for index in [index for index, word in enumerate(words) if word in self._anchors]:
            if index:
                for step, row in self._rows(words[index], words[index - 1], 1):
                    _follow_pair(reading, index - 1, step, row, found)
            if index < last:
                for step, row in self._rows(words[index], words[index + 1], 0):
                    _follow_pair(reading, index, step, row, found)

    def _rows(self, anchor: str, beside: str, step: int) -> list[_Found]:
        """Return the rows of ``anchor`` that the word beside it, after (0) or before (1) it, may be part of."""
        return [(step, row) for row in self._beside[step].get(anchor, ()) if beside in row.beside]

    def _follow_others(self, reading: Reading, found: list[Hit]) -> None:
        there = frozenset(reading.raw)
        for index, rows in enumerate(map(self._others.get, reading.raw)):
            for row in rows or ():
                if not row.need or not row.need.isdisjoint(there):
                    _follow(reading, index, row, found)


_FIRST = itemgetter(1)


def _follow(reading: Reading, index: int, row: _Row, found: list[Hit]) -> None:
    """Add a hit if ``row`` fits around the anchor at ``index`` and stays inside its sentence."""
    after = _reach(reading, row.after, index, 1) if row.after else index
    if after >= 0:
        first = _reach(reading, row.before, index, -1) if row.before else index
        if first >= 0 and (first == after or reading.is_one_sentence(first, after)):
            found.append(_hit((row.cue, first, after + 1)))


def _follow_pair(reading: Reading, index: int, step: int, row: _Row, found: list[Hit]) -> None:
    """Do as `_follow` for two neighbours at ``index`` that are known to fit; ``step`` tells the anchor."""
    if step:
        first = _reach(reading, row.before[1:], index, -1) if len(row.before) > 1 else index
        after = _reach(reading, row.after, index + 1, 1) if row.after else index + 1
    else:
        after = _reach(reading, row.after[1:], index + 1, 1) if len(row.after) > 1 else index + 1
        first = _reach(reading, row.before, index, -1) if row.before and after >= 0 else index
    if after >= 0 and first >= 0 and reading.is_one_sentence(first, after):
        found.append(_hit((row.cue, first, after + 1)))


def _reach(reading: Reading, items: tuple[Item, ...], index: int, step: int) -> int:
    """Return the index of the last word that ``items`` match, walking from ``index`` by ``step``, or -1."""
    words = reading.raw
    end = len(words) if step > 0 else -1
    for place, item in enumerate(items):
        if item is _GAP:
            return _reach_over_gap(reading, items[place + 1 :], index, step)
        index += step
        if index == end:
            return -1
        if item.__class__ is frozenset:
            if words[index] not in item:
                return -1
        elif not _fits(reading, item, index):  # type: ignore[arg-type]
            return -1
    return index


def _reach_over_gap(reading: Reading, items: tuple[Item, ...], index: int, step: int) -> int:
    """Skip up to three words. What follows is tried only where its first item stands."""
    words, item = reading.raw, items[0]
    if step > 0:
        near = words[index + 1 : index + WIDEST_GAP + 2]
    else:
        near = words[max(0, index - WIDEST_GAP - 1) : index][::-1]
    if isinstance(item, frozenset) and item.isdisjoint(near):
        return -1
    for past, word in enumerate(near):
        if item.__class__ is frozenset and word not in item:
            continue
        reached = _reach(reading, items, index + past * step, step)
        if reached >= 0:
            return reached
    return -1


def _fits(reading: Reading, item: Special, index: int) -> bool:
    if item is Special.NUMBER:
        return reading.raw[index][0].isdigit()
    return item is Special.ANY or reading.is_name_like(index)
