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
_STARTS = "04"  # a UK number as dialled, or with its country code
_MOBILE = re.compile(r"07[1-9]\d{8}")
_LANDLINE = re.compile(r"0(?:1\d{8,9}|2\d{9}|3\d{9}|8\d{8,9}|9\d{9})")
_COUNTING = "01234567890"


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
    index, groups = 0, _groups(reading.words)
    while index < len(groups):
        number = _number_at(reading, groups, index) if groups[index] else None
        if number:
            yield number
        index = number.after if number else index + 1


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


def _number_at(reading: Reading, groups: list[str], first: int) -> PhoneNumber | None:
    """Return the longest telephone number that starts with the word at ``first``."""
    plus = reading.gap_before(first).endswith(("+", "+("))
    if groups[first][0] not in _STARTS and not plus:
        return None
    digits, widest, best = "", 0, None
    for place in range(first, min(first + _LONGEST, len(groups))):
        group = groups[place]
        if not group or (place > first and not _joined(reading.gap_before(place))):
            break
        digits, widest = digits + group, max(widest, len(group))
        if len(digits) > _LONGEST:
            break
        if len(digits) >= _SHORTEST and _is_phone(digits, widest, plus=plus):
            best = PhoneNumber(dialled(digits), first, place + 1)
    return best


def _joined(gap: str) -> bool:
    return len(gap) <= _WIDEST_GAP and "/" not in gap and ":" not in gap and "?" not in gap


def _is_phone(digits: str, widest: int, *, plus: bool) -> bool:
    national = dialled(digits)
    if national.startswith(_COUNTING[:6]):
        return False
    if _MOBILE.fullmatch(national):
        return True
    if plus:
        return True
    # Rows of short groups are dates, times and scores as often as they are land lines.
    return bool(_LANDLINE.fullmatch(national)) and (widest >= 3 or widest == 1)
