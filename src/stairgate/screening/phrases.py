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
from collections.abc import Callable, Iterable, Mapping
from functools import partial, reduce
from operator import itemgetter, or_
from typing import NamedTuple

from stairgate.screening.reading import WORD, Reading

WIDEST_GAP = 3
MOST_GAPS = 2
_NUMBER_WEIGHT = 150  # words in ten thousand that start with a figure
_FAR = "far"  # the note of a reading that tells which words a gap may lead to
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
_DIGIT = "#"
_NO_START = (Special.GAP, Special.ANY, Special.CAPITAL)


class Hit(NamedTuple):
    """A cue met in the text: the first word, and one past the last."""

    cue: str
    first: int
    after: int


_hit: Callable[[tuple[str, int, int]], Hit] = partial(tuple.__new__, Hit)  # a third of the time of ``Hit(…)``


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


class _Place(enum.Enum):
    """Where a row is asked for."""

    ALONE = 0
    NEXT = 1  # by the word right after its anchor
    PREVIOUS = 2
    ANYWHERE = 3


class _Row:
    """A phrase as it is looked for: from its anchor outwards. ``before`` runs backwards from the anchor.

    ``bit`` stands for the word it needs: right beside the anchor, or, where there is a gap, anywhere.
    """

    __slots__ = ("after", "before", "bit", "cue", "place")

    def __init__(self, cue: str, items: tuple[Item, ...], anchor: int) -> None:
        self.cue = cue
        self.before = items[:anchor][::-1]
        self.after = items[anchor + 1 :]
        self.bit, self.place = 0, _Place.ALONE


class _Entry:
    """What one word may be part of: cues it is by itself, and rows by what must stand beside it.

    ``by_next`` and ``by_previous`` are rows by the bits of the item right after or before the anchor, with all
    of those bits in ``next_bits`` and ``previous_bits``. ``others`` have a gap on both sides of the anchor.
    """

    __slots__ = ("alone", "by_next", "by_previous", "next_bits", "others", "previous_bits")

    def __init__(self) -> None:
        self.alone: tuple[str, ...] = ()
        self.by_next: dict[int, list[_Row]] = {}
        self.by_previous: dict[int, list[_Row]] = {}
        self.others: list[_Row] = []
        self.next_bits = self.previous_bits = 0

    def add(self, row: _Row) -> None:
        if row.place is _Place.NEXT:
            self.by_next.setdefault(row.bit, []).append(row)
            self.next_bits |= row.bit
        elif row.place is _Place.PREVIOUS:
            self.by_previous.setdefault(row.bit, []).append(row)
            self.previous_bits |= row.bit
        elif row.place is _Place.ANYWHERE:
            self.others.append(row)
        elif row.cue not in self.alone:
            self.alone = (*self.alone, row.cue)


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
        self._spellings: dict[str, list[str]] = {}
        for spelling, word in (aliases or {}).items():
            self._spellings.setdefault(word, []).append(spelling)
        self._widened: dict[frozenset[str], frozenset[str]] = {}
        # For each word, the items it is one of: those that stand beside an anchor, and those further away.
        self.near_bits_of: dict[str, int] = {}
        self.far_bits_of: dict[str, int] = {}
        self._near: dict[frozenset[str], int] = {}
        self._far: dict[frozenset[str], int] = {}
        self.rows: dict[str, list[tuple[Item, _Row]]] = {}
        self.bits: dict[str, int] = {}  # a bit for each cue
        self.cues_of: dict[str, int] = {}  # for each word, the cues that may be met where it stands
        self.numbered = 0  # those that may be met at any figure
        self.weights: dict[
            str, int
        ] = {}  # for each cue, how often its anchors come: the rarest is asked first
        for cue, phrases in cues.items():
            for row in (row for phrase in phrases for row in parse(phrase, lists)):
                self._add(cue, tuple(map(self._widen, row)))

    def _widen(self, item: Item) -> Item:
        """Let an item stand for every spelling of its words."""
        if not isinstance(item, frozenset):
            return item
        if item not in self._widened:
            others = [spelling for word in item for spelling in self._spellings.get(word, ())]
            self._widened[item] = item.union(others)
        return self._widened[item]

    def _weight(self, item: Item) -> int:
        if item is Special.NUMBER:
            return _NUMBER_WEIGHT
        if not isinstance(item, frozenset):
            return _NEVER
        return len(item) + sum(map(self._common.get, item, itertools.repeat(0)))

    def _add(self, cue: str, items: tuple[Item, ...]) -> None:
        weights = [self._weight(item) for item in items]
        anchor = min(range(len(items)), key=weights.__getitem__)
        self.weights[cue] = self.weights.get(cue, 0) + weights[anchor]
        row = _Row(cue, items, anchor)
        self._put(row)
        self.rows.setdefault(cue, []).append((items[anchor], row))
        self._note(cue, items[anchor])

    def _note(self, cue: str, anchor: Item) -> None:
        bit = self.bits.setdefault(cue, 1 << len(self.bits))
        if not isinstance(anchor, frozenset):
            self.numbered |= bit
            return
        for word in anchor:
            self.cues_of[word] = self.cues_of.get(word, 0) | bit

    def _put(self, row: _Row) -> None:
        """Settle where ``row`` is asked for: by the word right beside its anchor, if that is named."""
        if row.after and isinstance(row.after[0], frozenset):
            row.place, row.bit = _Place.NEXT, self._bit(row.after[0], self.near_bits_of)
        elif row.before and isinstance(row.before[0], frozenset):
            row.place, row.bit = _Place.PREVIOUS, self._bit(row.before[0], self.near_bits_of)
        elif row.before or row.after:
            named = [item for item in (*row.after, *row.before) if isinstance(item, frozenset)]
            row.bit = self._bit(min(named, key=self._weight), self.far_bits_of) if named else 0
            row.place = _Place.ANYWHERE

    def _bit(self, item: frozenset[str], bits_of: dict[str, int]) -> int:
        """Return the bit that stands for ``item`` in ``bits_of``, a new one when it has none."""
        bits = self._near if bits_of is self.near_bits_of else self._far
        bit = bits.get(item)
        if bit is None:
            bit = bits[item] = 1 << len(bits)
            for word in item:
                bits_of[word] = bits_of.get(word, 0) | bit
        return bit

    def possible(self, reading: Reading) -> int:
        """Return the bits of the cues of which an anchor is in the text: no other can be met."""
        return reduce(or_, map(self.cues_of.get, reading.raw, _ZEROS), self.numbered)


class Phrasebook:
    """Phrases as they are looked up: by their anchor, if the word they need is beside it. ``only`` names the cues."""

    def __init__(self, phrases: Phrases, only: Iterable[str] | None = None) -> None:
        self.entries: dict[str, _Entry] = {}
        self._near, self._far = phrases.near_bits_of, phrases.far_bits_of
        for cue in phrases.rows if only is None else only:
            for anchor, row in phrases.rows.get(cue, ()):
                for word in anchor if isinstance(anchor, frozenset) else (_DIGIT,):
                    self.entries.setdefault(word, _Entry()).add(row)
        self._numbers = self.entries.get(_DIGIT)

    def hits(self, reading: Reading) -> list[Hit]:
        """Return every cue met in the text, in order of its first word."""
        found: list[Hit] = []
        words, entries = reading.raw, self.entries
        has_number = self._numbers is not None and reading.has_figure
        if not has_number and entries.keys().isdisjoint(words):
            return found
        for index, entry in enumerate(map(entries.get, words)):
            if entry is not None:
                self._look(reading, index, entry, found)
        if self._numbers is not None and has_number:
            for index, word in enumerate(words):
                if word[0].isdigit():
                    self._look(reading, index, self._numbers, found)
        found.sort(key=_FIRST)
        return found

    def _look(self, reading: Reading, index: int, entry: _Entry, found: list[Hit]) -> None:
        """Add the hits around the anchor at ``index``."""
        words = reading.raw
        for cue in entry.alone:
            found.append(_hit((cue, index, index + 1)))  # noqa: PERF401 - most hold none or one
        if entry.next_bits and index + 1 < len(words):
            bits = self._near.get(words[index + 1], 0)
            if bits & entry.next_bits:
                for bit, rows in entry.by_next.items():
                    if bit & bits:
                        for row in rows:
                            _follow_pair(reading, index, 0, row, found)
        if entry.previous_bits and index:
            bits = self._near.get(words[index - 1], 0)
            if bits & entry.previous_bits:
                for bit, rows in entry.by_previous.items():
                    if bit & bits:
                        for row in rows:
                            _follow_pair(reading, index - 1, 1, row, found)
        if entry.others:
            there = reading.notes.get(_FAR)
            if there is None:
                there = reading.notes[_FAR] = reduce(or_, map(self._far.get, words, _ZEROS), 0)
            for row in entry.others:
                if row.bit & there == row.bit:
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
    for at in range(index + step, index + (WIDEST_GAP + 2) * step, step):
        if not 0 <= at < len(words):
            return -1
        if item.__class__ is frozenset and words[at] not in item:
            continue
        reached = _reach(reading, items, at - step, step)
        if reached >= 0:
            return reached
    return -1


def _fits(reading: Reading, item: Special, index: int) -> bool:
    if item is Special.NUMBER:
        return reading.raw[index][0].isdigit()
    return item is Special.ANY or reading.is_capital(index)
