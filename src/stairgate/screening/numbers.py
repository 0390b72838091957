"""Telephone numbers, however they are written down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stairgate.screening.reading import Reading

_DIGIT_WORDS = {
    "oh": "0", "o": "0", "zero": "0", "nought": "0", "nil": "0", "one": "1", "two": "2", "three": "3",
    "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_REPEATS = {"double": 2, "triple": 3, "treble": 3}
_LIKE_DIGITS = str.maketrans("oil", "011")
_WIDEST_GAP = 6  # characters between two groups of one number: " - (0) " and the like
_SHORTEST, _LONGEST = 9, 15  # digits in any number
_STARTS = ("0", "4")  # a UK number as dialled, or with its country code
_PREFIX, _NO_NUMBER = 3, frozenset({"070"})  # no mobile starts so; without this, rows of 07 cost time
_MOBILE = re.compile(r"07[1-9]\d{8}")
_LANDLINE = re.compile(r"0(?:1\d{8,9}|2\d{9}|3\d{9}|8\d{8,9}|9\d{9})")
_COUNTING = "012345"


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number met in a text: its digits as dialled in the UK, and the words it is made of."""

    digits: str
    first: int
    after: int

    @property
    def is_mobile(self) -> bool:
        """Is it a mobile number?"""
        return self.digits.startswith("07")


def dialled(number: str) -> str:
    """Return the digits of ``number`` as dialled in the UK: "+44 (0)1632 960118" gives "01632960118"."""
    digits = "".join(filter(str.isdigit, number))
    for prefix in ("0044", "44"):
        if digits.startswith(prefix) and len(digits) > 10:
            return "0" + digits.removeprefix(prefix).removeprefix("0")
    return digits


def find_numbers(reading: Reading) -> Iterator[PhoneNumber]:
    """Yield every telephone number in the text, in order, none overlapping another."""
    groups = _groups(reading.words)
    joined = [bool(group) and _joins(reading.gap_before(place)) for place, group in enumerate(groups)]
    index = 0
    while index < len(groups):
        plus = bool(groups[index]) and reading.gap_before(index).endswith(("+", "+("))
        number = _number_at(groups, joined, index, plus=plus) if plus or _may_start(groups[index]) else None
        if number:
            yield number
        index = number.after if number else index + 1


def _may_start(group: str) -> bool:
    return group.startswith(_STARTS)


def _groups(words: list[str]) -> list[str]:
    """For each word the digits it stands for, or "" when it is no part of a number."""
    groups: list[str] = []
    for place, word in enumerate(words):
        digits = _digits_of(word)
        if digits and place and words[place - 1] in _REPEATS and len(digits) == 1:
            groups[-1] = digits * (_REPEATS[words[place - 1]] - 1)
        groups.append(digits)
    return groups


def _digits_of(word: str) -> str:
    if word.isdigit():
        return word if word.isascii() else ""
    if word in _DIGIT_WORDS:
        return _DIGIT_WORDS[word]
    looks = word.translate(_LIKE_DIGITS)
    return looks if looks.isdigit() and looks.isascii() and sum(map(str.isdigit, word)) >= 2 else ""


def _number_at(groups: list[str], joined: list[bool], first: int, *, plus: bool) -> PhoneNumber | None:
    """Return the longest telephone number that starts with the word at ``first``."""
    digits, widest, best = "", 0, None
    for place in range(first, min(first + _LONGEST, len(groups))):
        if place > first and not joined[place]:
            break
        digits += groups[place]
        widest = max(widest, len(groups[place]))
        if len(digits) > _LONGEST or digits[:_PREFIX] in _NO_NUMBER:
            break
        if len(digits) >= _SHORTEST and _is_phone(digits, widest, plus=plus):
            best = PhoneNumber(dialled(digits), first, place + 1)
    return best


def _joins(gap: str) -> bool:
    return len(gap) <= _WIDEST_GAP and "/" not in gap and ":" not in gap and "?" not in gap


def _is_phone(digits: str, widest: int, *, plus: bool) -> bool:
    if plus:
        return True
    national = dialled(digits)
    if national.startswith("07"):
        return bool(_MOBILE.fullmatch(national))
    # Rows of pairs are dates, times and scores as often as they are land lines; and 0 1 2 3 4 5 is counting.
    if widest == 2 or national.startswith(_COUNTING):
        return False
    return bool(_LANDLINE.fullmatch(national))
