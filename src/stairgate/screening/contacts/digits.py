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
     "er", "erm", "x", "xx", "xxx", "add", "plus", "finish", "end", "ends", "remove", "this", "put",
     "its", "it's", "slash", "stroke", "the", "no", "spaces", "comma", "star")
)  # fmt: skip
_LETTERS_FOR_DIGITS = {"oo": "00", "ooo": "000", "oi": "01", "io": "10", "i": "1", "l": "1", "ll": "11"}
_LEADS = frozenset({"tel", "mob", "no", "t", "m", "ph", "call", "text", "txt", "ring", "on", "num", "phone"})
_ROUND = str.maketrans("oil", "011")
_CROOKED = str.maketrans("oilsbz", "011582")
_PART = re.compile(
    "double|treble|triple|zero|nought|one|two|three|four|five|six|seven|eight|nine|oh|o|[0-9]+"
)
_LED = re.compile(r"([a-z]{1,9})([0-9]{3,19})|(plus)(44)")
_TRAILED = re.compile(r"([0-9]{1,19})([a-z]{1,20})")
_WIDEST_GAP = 12  # characters between two groups, an emoji or two among them
_MOST_FILLERS = 3
_LONGEST_TOKEN = 60
_SHORTEST_JOINED = 12  # letters; "seventy" and "nineteen" are no rows
_APART = frozenset(":?=£$€%@+&")
_PLAIN_GAPS = frozenset({"", " ", "-", ".", ", "})
_CLEAR_PART = 3  # digits before a colon or a comma that may be a time or a large number
_MOST_GROUPS = 3000  # in a text; one with more is held for having too many
_CLEAR = 5  # digits that make a group of a token with letters at its end
_CLEAR_LED = 9  # digits that make one of a token with any letters before
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
        self.digits = "".join([group.digits for group in groups])
        self.offsets: list[int] = []
        self.ends: dict[int, int] = {}
        total = 0
        for place, group in enumerate(groups, start=1):
            self.offsets.append(total)
            total += len(group.digits)
            self.ends[total] = place


def find_runs(scene: Scene, fewest: int) -> list[Run]:
    """Return every row with at least ``fewest`` digits, in reading order. Looks at each word once."""
    reader = _Reader(scene, fewest)
    words = scene.words
    for index, word in enumerate(words):
        if word.isalpha() and word not in SPOKEN and word not in _REPEATS and len(word) < _SHORTEST_JOINED:
            if reader.is_open:
                reader.pass_by(index, word)
        else:
            reader.take(index, word)
            if reader.taken > _MOST_GROUPS:
                scene.exhaust()
                break
    reader.close()
    return reader.runs


class _Reader:
    """Gathers groups word by word into ``runs``."""

    __slots__ = (
        "_fewest", "_fillers", "_groups", "_last", "_repeat", "_repeat_at", "_spans", "_text", "_words",
        "is_open", "runs", "taken",
    )  # fmt: skip

    def __init__(self, scene: Scene, fewest: int) -> None:
        self._text, self._words, self._spans = scene.text, scene.words, scene.spans
        self._fewest = fewest
        self._groups: list[Group] = []
        self._fillers = 0
        self._last = 0  # the last word that belongs to the row, fillers too
        self._repeat = 0
        self._repeat_at = 0
        self.is_open = False  # has a row begun?
        self.taken = 0  # words that may stand for digits
        self.runs: list[Run] = []

    def close(self) -> None:
        """End the row and keep it when it is long enough."""
        groups = self._groups
        if groups:
            if sum([len(group[0]) for group in groups]) >= self._fewest:
                self.runs.append(Run(groups))
            self._groups = []
        self._fillers = self._repeat = 0
        self.is_open = False

    def pass_by(self, index: int, word: str) -> None:
        """A word that is no digit: a filler, noughts, letters that look like digits, or the end of the row."""
        if not self._joins(index) or not self._groups:
            self.close()
        elif word in _NOUGHTS and self._lengthen(index, _NOUGHTS[word]):
            return
        elif word in _LETTERS_FOR_DIGITS:
            self._add(index, word, _LETTERS_FOR_DIGITS[word], 0, len(word))
        elif word in _FILLERS and self._fillers < _MOST_FILLERS:
            self._fillers += 1
            self._last = index
        else:
            self.close()

    def take(self, index: int, word: str) -> None:
        """Add a word that may stand for digits to the row, or begin another."""
        self.taken += 1
        if self.is_open and not self._joins(index):
            self.close()
        if word.isdigit():
            self._add(index, word, word, 0, len(word))
        elif word in _REPEATS:
            self._repeat, self._repeat_at, self._last = _REPEATS[word], index, index
            self.is_open = True
        elif word in SPOKEN:
            self._add(index, word, SPOKEN[word], 0, len(word))
        else:
            read = _read_mixed(word) if len(word) <= _LONGEST_TOKEN else None
            if read:
                self._add(index, word, *read)
            elif self.is_open:
                self.pass_by(index, word)

    def _joins(self, index: int) -> bool:
        gap = self._text[self._spans[self._last][1] : self._spans[index][0]]
        if gap in (":", ",") and self._groups:  # no time, and no thousands
            return len(self._groups[-1].digits) > _CLEAR_PART
        return gap in _PLAIN_GAPS or (len(gap) <= _WIDEST_GAP and _APART.isdisjoint(gap))

    def _add(self, index: int, word: str, digits: str, start: int, end: int) -> None:
        at, groups = self._spans[index][0], self._groups
        first, begin, spoken = index, at + start, word in SPOKEN
        if self._repeat and len(digits) == 1:
            digits, spoken, first = digits * self._repeat, True, self._repeat_at
            begin = self._spans[first][0]
        if groups and self._is_rest_of_hundred(index, word):
            last = groups[-1]
            groups[-1] = last._replace(digits=last.digits[:-2] + digits, end=at + end, after=index + 1)
        elif (
            groups
            and spoken
            and word in UNITS
            and groups[-1].after == index
            and self._words[index - 1] in _TENS
        ):
            last = groups[-1]
            groups[-1] = last._replace(digits=last.digits[:-1] + digits, end=at + end, after=index + 1)
        else:
            groups.append(Group(digits, begin, at + end, first, index + 1, spoken))
        self._repeat = self._fillers = 0
        self._last = index
        self.is_open = True

    def _is_rest_of_hundred(self, index: int, word: str) -> bool:
        """Is it the "forty" of "one hundred and forty two"?"""
        said = word in _TENS or word in _TEENS
        return said and self._words[index - 2 : index] == ["hundred", "and"]

    def _lengthen(self, index: int, noughts: str) -> bool:
        last = self._groups[-1]
        if last.after != index or len(last.digits) != 1:
            return False
        self._groups[-1] = last._replace(
            digits=last.digits + noughts, end=self._spans[index][1], after=index + 1, spoken=True
        )
        self._last = index
        return True


def _read_mixed(word: str) -> tuple[str, int, int] | None:
    """Return the digits that letters and figures together stand for and where in the word they are."""
    if not word.isalpha():
        rounded = word.translate(_ROUND)
        if rounded.isdigit():
            return rounded, 0, len(word)
        crooked = word.translate(_CROOKED)
        if crooked.isdigit() and sum(map(str.isdigit, word)) * 2 >= len(word):
            return crooked, 0, len(word)
        led = _LED.fullmatch(word)
        if led and led[3]:
            return led[4], led.start(4), len(word)
        if led:
            clear = led[1] in _LEADS or len(led[2]) >= _CLEAR_LED
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
