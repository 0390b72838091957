"""Rows of digits, in figures, words, look-alike letters or a mixture, with gaps and small words between."""

from __future__ import annotations

import re
from typing import NamedTuple

from stairgate.screening.contacts.scene import Scene

UNITS = {
    "oh": "0", "o": "0", "zero": "0", "nought": "0", "naught": "0", "nil": "0", "zeros": "0", "one": "1",
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "sevn": "7", "eigth": "8", "nein": "9",
}  # fmt: skip
_TEENS = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
    "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
_TENS = {
    "twenty": "20", "thirty": "30", "forty": "40", "fourty": "40", "fifty": "50", "sixty": "60",
    "seventy": "70", "eighty": "80", "ninety": "90",
}  # fmt: skip
SPOKEN = {**UNITS, **_TEENS, **_TENS}
_NOUGHTS = {"hundred": "00", "thousand": "000"}
_REPEATS = {"double": 2, "dbl": 2, "triple": 3, "treble": 3}
_FILLERS = frozenset(
    ("and", "then", "next", "followed", "by", "dash", "hyphen", "space", "gap", "gaps", "dot", "so", "um",
     "er", "erm", "its", "it's", "slash", "stroke", "the", "no", "spaces", "comma", "star")
)  # fmt: skip
_LETTERS_FOR_DIGITS = frozenset({"oo", "ooo", "oi", "io", "i", "l", "ll", "il", "li"})
_LEADS = frozenset({"tel", "mob", "no", "t", "m", "ph", "call", "text", "txt", "ring", "on", "num", "phone"})
_ROUND = str.maketrans("oil", "011")
_CROOKED = str.maketrans("oilsbz", "011582")
_PART = re.compile(
    "double|treble|triple|zero|nought|one|two|three|four|five|six|seven|eight|nine|oh|o|[0-9]+"
)
_LED = re.compile(r"([a-z]{1,9})([0-9]{3,19})")
_TRAILED = re.compile(r"([0-9]{1,19})([a-z]{1,20})")
_WIDEST_GAP = 12  # characters between two groups, an emoji or two among them
_MOST_FILLERS = 3
_LONGEST_TOKEN = 60
_SHORTEST_JOINED = 12  # letters; "seventy" and "nineteen" are no rows
_APART = frozenset(":?=£$€%@+&")
_CLEAR = 5  # digits that make a group of a token with letters at its end
_KISSES = frozenset({"x", "xx", "xxx"})


class Group(NamedTuple):
    """Digits written together: "07700", "double oh", "9OO". ``first`` and ``after`` count words."""

    digits: str
    start: int
    end: int
    first: int
    after: int
    spoken: bool


class Run:
    """Groups that may belong together. ``offsets`` tell where in ``digits`` each begins; ``ends`` the reverse."""

    __slots__ = ("digits", "ends", "groups", "offsets")

    def __init__(self, groups: list[Group]) -> None:
        self.groups = groups
        self.digits = "".join(group.digits for group in groups)
        self.offsets: list[int] = []
        self.ends: dict[int, int] = {}
        total = 0
        for place, group in enumerate(groups, start=1):
            self.offsets.append(total)
            total += len(group.digits)
            self.ends[total] = place


def find_runs(scene: Scene, fewest: int) -> list[Run]:
    """Return every row with at least ``fewest`` digits, in reading order. Looks at each word once."""
    runs: list[Run] = []
    reader = _Reader(scene)
    for index, word in enumerate(scene.words):
        if word.isalpha() and word not in SPOKEN and not reader.is_open and word not in _REPEATS:
            if len(word) < _SHORTEST_JOINED:
                continue
        row = reader.take(index, word)
        if row and sum(len(group.digits) for group in row) >= fewest:
            runs.append(Run(row))
    row = reader.close()
    if row and sum(len(group.digits) for group in row) >= fewest:
        runs.append(Run(row))
    return runs


class _Reader:
    """Gathers groups word by word; ``take`` returns a row when the word at hand has ended it."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._groups: list[Group] = []
        self._fillers = 0
        self._last = -1  # the last word that belongs to the row, fillers too
        self._repeat = 0
        self._repeat_at = 0

    @property
    def is_open(self) -> bool:
        """Has a row begun?"""
        return bool(self._groups) or bool(self._repeat)

    def close(self) -> list[Group]:
        """End the row and return it."""
        groups, self._groups, self._fillers, self._repeat = self._groups, [], 0, 0
        return groups

    def take(self, index: int, word: str) -> list[Group]:
        """Add a word to the row, or end the row before it and perhaps begin another."""
        ended: list[Group] = []
        if self.is_open and not self._joins(index):
            ended = self.close()
        if word in _REPEATS:
            self._repeat, self._repeat_at, self._last = _REPEATS[word], index, index
            return ended
        if word in _NOUGHTS and self._groups and self._lengthen(index, _NOUGHTS[word]):
            return ended
        read = _read(word, in_row=self.is_open)
        if read:
            self._add(index, word, *read)
        elif self._groups and word in _FILLERS and self._fillers < _MOST_FILLERS:
            self._fillers += 1
            self._last = index
        else:
            ended = ended or self.close()
            self.close()
        return ended

    def _joins(self, index: int) -> bool:
        spans = self._scene.spans
        start, end = spans[self._last][1], spans[index][0]
        return end - start <= _WIDEST_GAP and _APART.isdisjoint(self._scene.text[start:end])

    def _add(self, index: int, word: str, digits: str, start: int, end: int) -> None:
        at = self._scene.spans[index][0]
        first, begin = index, at + start
        spoken = word in SPOKEN
        if self._repeat and len(digits) == 1:
            digits, spoken, first = digits * self._repeat, True, self._repeat_at
            begin = self._scene.spans[first][0]
        last = self._groups[-1] if self._groups else None
        if last and word in UNITS and last.digits[-1] == "0" and self._scene.words[index - 1] in _TENS:
            self._groups[-1] = last._replace(
                digits=last.digits[:-1] + digits, end=at + end, after=index + 1
            )
        else:
            self._groups.append(Group(digits, begin, at + end, first, index + 1, spoken))
        self._repeat = self._fillers = 0
        self._last = index

    def _lengthen(self, index: int, noughts: str) -> bool:
        last = self._groups[-1]
        if last.after != index or len(last.digits) != 1:
            return False
        self._groups[-1] = last._replace(
            digits=last.digits + noughts, end=self._scene.spans[index][1], after=index + 1, spoken=True
        )
        self._last = index
        return True


def _read(word: str, *, in_row: bool) -> tuple[str, int, int] | None:
    """Return the digits a word stands for and where in it they are, or None."""
    if word.isdigit():
        return word, 0, len(word)
    if word in SPOKEN:
        return SPOKEN[word], 0, len(word)
    if word.isalpha():
        if in_row and word in _LETTERS_FOR_DIGITS:
            return word.translate(_ROUND), 0, len(word)
        return _joined(word) if _SHORTEST_JOINED <= len(word) <= _LONGEST_TOKEN else None
    return _read_mixed(word) if len(word) <= _LONGEST_TOKEN else None


def _read_mixed(word: str) -> tuple[str, int, int] | None:
    rounded = word.translate(_ROUND)
    if rounded.isdigit():
        return rounded, 0, len(word)
    crooked = word.translate(_CROOKED)
    if crooked.isdigit() and sum(map(str.isdigit, word)) * 2 >= len(word):
        return crooked, 0, len(word)
    led = _LED.fullmatch(word)
    if led:
        clear = led[1] in _LEADS or len(led[2]) >= 9
        return (led[2], led.start(2), len(word)) if clear else None
    trailed = _TRAILED.fullmatch(word)
    if trailed and (len(trailed[1]) >= _CLEAR or trailed[2] in _KISSES):
        return trailed[1], 0, trailed.end(1)
    return _joined(word)


def _joined(word: str) -> tuple[str, int, int] | None:
    """Read "ohsevenseven" and "zero7seven0": digit words and figures without gaps between."""
    parts: list[str] = _PART.findall(word)
    if len(parts) < 2 or "".join(parts) != word:
        return None
    digits, repeat = "", 1
    for part in parts:
        if part in _REPEATS:
            repeat = _REPEATS[part]
            continue
        digits += UNITS.get(part, part) * repeat
        repeat = 1
    return digits, 0, len(word)
