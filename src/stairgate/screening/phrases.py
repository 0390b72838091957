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
from collections.abc import Callable, Container, Iterable, Mapping
from functools import partial, reduce
from operator import itemgetter, or_
from typing import NamedTuple

from stairgate.screening.reading import WORD, Reading

WIDEST_GAP = 3
MOST_GAPS = 2
ALWAYS = 1  # the bit of rows that need no other word
_ZEROS = itertools.repeat(0)
_NUMBER_WEIGHT = 150  # words in ten thousand that start with a figure
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


class _Row:
    """A phrase as it is looked for: from its anchor outwards. ``before`` runs backwards from the anchor."""

    __slots__ = ("after", "before", "cue")

    def __init__(self, cue: str, items: tuple[Item, ...], anchor: int) -> None:
        self.cue = cue
        self.before = items[:anchor][::-1]
        self.after = items[anchor + 1 :]


class _Rows:
    """Rows that may be looked for if a bit of ``mask`` is there: those under each of the bits it is made of."""

    __slots__ = ("by_bit", "mask")

    def __init__(self) -> None:
        self.mask = 0
        self.by_bit: dict[int, list[_Row]] = {}

    def add(self, bit: int, row: _Row) -> None:
        self.mask |= bit
        self.by_bit.setdefault(bit, []).append(row)


class _Entry:
    """What one word may be part of: cues it is by itself, and rows by what must stand after or before it.

    ``others`` are rows with a gap or any word on both sides of the anchor, by a word needed in the text.
    """

    __slots__ = ("alone", "by_next", "by_previous", "others")

    def __init__(self) -> None:
        self.alone: tuple[str, ...] = ()
        self.by_next, self.by_previous, self.others = _Rows(), _Rows(), _Rows()


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
        self._bits: dict[frozenset[str], int] = {}  # a bit for each item that stands beside an anchor
        self.bits_of: dict[str, int] = {}  # for each word, the items it is one of
        self.rows: list[tuple[Item, _Row]] = []
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
        self.rows.append((items[anchor], _Row(cue, items, anchor)))

    def enter(self, entry: _Entry, row: _Row) -> None:
        """Put ``row`` where ``entry`` is asked for it: by the word right beside its anchor, if that is named."""
        if not row.before and not row.after:
            if row.cue not in entry.alone:
                entry.alone = (*entry.alone, row.cue)
        elif row.after and isinstance(row.after[0], frozenset):
            entry.by_next.add(self._bit(row.after[0]), row)
        elif row.before and isinstance(row.before[0], frozenset):
            entry.by_previous.add(self._bit(row.before[0]), row)
        else:
            named = (item for item in (*row.after, *row.before) if isinstance(item, frozenset))
            needed = min(named, key=self._weight, default=None)
            entry.others.add(self._bit(needed) if needed else ALWAYS, row)

    def _bit(self, item: frozenset[str]) -> int:
        bit = self._bits.get(item)
        if bit is None:
            bit = self._bits[item] = ALWAYS << len(self._bits) + 1
            for word in item:
                self.bits_of[word] = self.bits_of.get(word, 0) | bit
        return bit


class Phrasebook:
    """Phrases as they are looked up: by their anchor, if the word they need is beside it. ``only`` names the cues."""

    def __init__(self, phrases: Phrases, only: Container[str] | None = None) -> None:
        self.entries: dict[str, _Entry] = {}
        self._bits_of = phrases.bits_of
        for anchor, row in phrases.rows:
            if only is None or row.cue in only:
                for word in anchor if isinstance(anchor, frozenset) else (_DIGIT,):
                    phrases.enter(self.entries.setdefault(word, _Entry()), row)

    def hits(self, reading: Reading) -> list[Hit]:
        """Return every cue met in the text, in order of its first word."""
        found: list[Hit] = []
        words, entries = reading.raw, self.entries
        if entries.keys().isdisjoint(words) and not (_DIGIT in entries and reading.has_figure):
            return found
        bits = [*map(self._bits_of.get, words, _ZEROS), 0]
        everything = 0
        for index, entry in enumerate(map(entries.get, words)):
            if entry is None:
                continue
            for cue in entry.alone:
                found.append(_hit((cue, index, index + 1)))  # noqa: PERF401 - most lists hold one or none
            beside = bits[index + 1]
            if beside & entry.by_next.mask:
                _follow_all(reading, index, entry.by_next, beside, found)
            beside = bits[index - 1]  # before the first word stands the 0 at the end
            if beside & entry.by_previous.mask:
                _follow_all(reading, index, entry.by_previous, beside, found)
            if entry.others.mask:
                everything = everything or reduce(or_, bits, ALWAYS)
                if everything & entry.others.mask:
                    _follow_all(reading, index, entry.others, everything, found)
        numbers = entries.get(_DIGIT)
        if numbers is not None and reading.has_figure:
            _follow_numbers(reading, numbers, bits, found)
        found.sort(key=_FIRST)
        return found


def _follow_numbers(reading: Reading, entry: _Entry, bits: list[int], found: list[Hit]) -> None:
    everything = reduce(or_, bits, ALWAYS)
    for index, word in enumerate(reading.raw):
        if word[0].isdigit():
            found.extend(_hit((cue, index, index + 1)) for cue in entry.alone)
            _follow_all(reading, index, entry.by_next, bits[index + 1], found)
            _follow_all(reading, index, entry.by_previous, bits[index - 1], found)
            _follow_all(reading, index, entry.others, everything, found)


def _follow_all(reading: Reading, index: int, rows: _Rows, bits: int, found: list[Hit]) -> None:
    for bit, among in rows.by_bit.items():
        if bit & bits:
            _follow(reading, index, among, found)


_FIRST = itemgetter(1)


def _follow(reading: Reading, index: int, rows: list[_Row], found: list[Hit]) -> None:
    """Add a hit for each row that fits around the anchor at ``index`` and stays inside its sentence."""
    for row in rows:
        after = _reach(reading, row.after, index, 1) if row.after else index
        if after < 0:
            continue
        first = _reach(reading, row.before, index, -1) if row.before else index
        if first >= 0 and (first == after or reading.sentence_of[after] == reading.sentence_of[first]):
            found.append(_hit((row.cue, first, after + 1)))


def _reach(reading: Reading, items: tuple[Item, ...], index: int, step: int) -> int:
    """Return the index of the last word that ``items`` match, walking from ``index`` by ``step``, or -1."""
    words = reading.raw
    for place, item in enumerate(items):
        if item is Special.GAP:
            return _reach_over_gap(reading, items[place + 1 :], index, step)
        index += step
        if not 0 <= index < len(words):
            return -1
        if isinstance(item, frozenset):
            if words[index] not in item:
                return -1
        elif not _fits(reading, item, index):
            return -1
    return index


def _reach_over_gap(reading: Reading, items: tuple[Item, ...], index: int, step: int) -> int:
    for width in range(WIDEST_GAP + 1):
        reached = _reach(reading, items, index + width * step, step)
        if reached >= 0:
            return reached
    return -1


def _fits(reading: Reading, item: Special, index: int) -> bool:
    if item is Special.NUMBER:
        return reading.raw[index][0].isdigit()
    return item is Special.ANY or reading.is_capital(index)
