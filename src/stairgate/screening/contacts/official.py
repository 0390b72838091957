"""Numbers a state, a bank or a health service gave to one person, among rows of digits.

A check digit or a telling word beside it is needed: digits alone are order numbers as often as not.
"""

from __future__ import annotations

from typing import NamedTuple

from stairgate.screening.contacts.digits import Run
from stairgate.screening.contacts.scene import Scene

_LONGEST = 19
_MOST_GROUPS = 19
_EDGE = 20  # groups at either end of a long row that can be near a word
_CARD_LENGTHS = range(13, 20)
_CARD_OPENINGS = "23456"
_WIDE = 4
_CARD_SHAPES = ((4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 4, 5), (6, 10), (4, 6, 4))
_SORT_AND_ACCOUNT = (
    (2, 2, 2, 8),
    (2, 2, 2, 4, 4),
    (6, 8),
    (8, 2, 2, 2),
    (8, 6),
    (4, 4, 2, 2, 2),
    (2, 2, 2, 7),
)
_PAIRS = (2, 2, 2)
_SORT_IS = (["sort", "is"], ["sort", "no"], ["sort", "number"])
_NHS_SHAPE = (3, 3, 4)


class Official(NamedTuple):
    """A number that belongs to one person: the rule that speaks, and one past its last group."""

    rule: str
    after: int


def official_at(scene: Scene, run: Run, place: int, *, worded: bool) -> Official | None:
    """Return the number that begins with the group at ``place``. ``worded``: a telling word is in the text."""
    groups = run.groups
    best = _by_shape(scene, run, place)
    if best or not worded or _EDGE < place < len(groups) - _EDGE:
        return best
    total = 0
    for after in range(place + 1, min(place + _MOST_GROUPS, len(groups)) + 1):
        total += len(groups[after - 1].digits)
        if total > _LONGEST:
            break
        rule = _by_word(scene, run, place, after, total)
        if rule:
            best = Official(rule, after)
    return best


def _shape(run: Run, place: int, after: int) -> tuple[int, ...]:
    return tuple(len(group.digits) for group in run.groups[place:after])


def _by_shape(scene: Scene, run: Run, place: int) -> Official | None:
    """What its grouping and check digit give away without a word."""
    groups = run.groups
    width = len(groups[place].digits)
    if width < 2 or width == 5 or width > _LONGEST or groups[place].spoken:
        return None
    if width in _CARD_LENGTHS or width in (4, 6):
        after = place + 1 if width in _CARD_LENGTHS else _card_end(run, place)
        if after and _is_card(scene, run, place, after, worded=False):
            return Official("contact.card", after)
    found = None
    if width == 3 and _shape(run, place, place + 3) == _NHS_SHAPE:
        found = (
            Official("contact.nhs-number", place + 3) if _passes_nhs(_digits(run, place, place + 3)) else None
        )
    elif width == 2 and _shape(run, place, place + 4) == (2, 2, 2, 8) and not _is_date(run, place):
        found = Official("contact.bank", place + 4)
    return None if found and scene.is_code(groups[place].first) else found


def _card_end(run: Run, place: int) -> int:
    for shape in _CARD_SHAPES:
        if _shape(run, place, place + len(shape)) == shape:
            return place + len(shape)
    return 0


def _digits(run: Run, place: int, after: int) -> str:
    return "".join(group.digits for group in run.groups[place:after])


def _is_date(run: Run, place: int) -> bool:
    """Could three pairs be a day, a month and a year near ours?"""
    day, month, year = (int(group.digits) for group in run.groups[place : place + 3])
    return 1 <= day <= 31 and 1 <= month <= 12 and 20 <= year <= 31


def _is_joined_by(scene: Scene, run: Run, place: int, sign: str) -> bool:
    first, second, third = run.groups[place : place + 3]
    return scene.text[first.end : second.start] == sign == scene.text[second.end : third.start]


def _by_word(scene: Scene, run: Run, place: int, after: int, total: int) -> str | None:
    """What the words beside it say it is."""
    first, last = run.groups[place].first, run.groups[after - 1].after
    if total == 10:
        if scene.near("nhs_word", first, last, 8, 3):
            return "contact.nhs-number"
        if scene.near("tax_word", first, last, 5, 4):
            return "contact.tax-reference"
        if _passes_nhs(_digits(run, place, after)) and scene.near("medical_word", first, last):
            return None if scene.is_code(first) else "contact.nhs-number"
    if total == 12 and _is_dbs(scene, run, place, after):
        return "contact.dbs"
    if total == 9 and scene.near("passport_word", first, last, 5, 3):
        return "contact.passport"
    if total in _CARD_LENGTHS and _is_card(scene, run, place, after, worded=True):
        return "contact.card"
    if 6 <= total <= 15 and _is_bank(scene, run, place, after, total):
        return "contact.bank"
    return None


def _is_dbs(scene: Scene, run: Run, place: int, after: int) -> bool:
    first, last = run.groups[place].first, run.groups[after - 1].after
    if scene.near("dbs_word", first, last, 8, 6):
        return True
    return run.digits.startswith("00", run.offsets[place]) and scene.near("certificate_word", first, last)


def _is_card(scene: Scene, run: Run, place: int, after: int, *, worded: bool) -> bool:
    digits = _digits(run, place, after)
    first, last = run.groups[place].first, run.groups[after - 1].after
    if scene.is_code(first):
        return False
    if worded:
        return len(digits) in (15, 16, 19) and scene.near("card_word", first, last)
    return digits[0] in _CARD_OPENINGS and _passes_luhn(digits)


def _is_bank(scene: Scene, run: Run, place: int, after: int, total: int) -> bool:
    first, last = run.groups[place].first, run.groups[after - 1].after
    shape = _shape(run, place, after)
    sorted_before = _is_sort_code(scene, first)
    if shape in _SORT_AND_ACCOUNT or (total == 14 and max(shape) == 1):
        return sorted_before or scene.near("bank_word", first, last, 7, 5)
    narrow = max(shape) == 1 or any(group.spoken for group in run.groups[place:after])
    if total == 6 and (shape in (_PAIRS, (6,)) or narrow):
        if sorted_before or scene.behind("sort_word", last, 4):
            return True
        return (
            shape == _PAIRS and _is_joined_by(scene, run, place, "-") and scene.near("bank_word", first, last)
        )
    if total in (7, 8) and (shape in ((8,), (7,), (_WIDE, _WIDE)) or narrow):
        return _is_account(scene, first, last)
    return False


def _is_account(scene: Scene, first: int, last: int) -> bool:
    """Is it "account number", "acc" or "a/c" that stands before, or the sort code on either side?"""
    if _is_short_for(scene, first, "a") or scene.before("account_word", first, 4):
        return True
    return scene.near("sort_word", first, last, 6, 6)


def _is_sort_code(scene: Scene, first: int) -> bool:
    """Is it "sort code", "sort:", "sort is" or "s/c" that stands before?"""
    before = scene.words[max(0, first - 4) : first]
    if _is_short_for(scene, first, "s") or not {"sortcode", "code"}.isdisjoint(before[-3:]):
        return _is_short_for(scene, first, "s") or not {"sort", "sortcode"}.isdisjoint(before)
    return bool(before) and ("sort" in before[-1:] or "sc" in before[-2:] or before[-2:] in _SORT_IS)


def _is_short_for(scene: Scene, first: int, letter: str) -> bool:
    """Is it "s/c" or "a/c" that stands before, with "no" or "is" between at most?"""
    before = scene.words[max(0, first - 3) : first]
    return [letter, "c"] in (before[-2:], before[-3:-1])


def _passes_nhs(digits: str) -> bool:
    """Modulus 11, weights 10 to 2."""
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return len(digits) == 10 and rest != 10 and rest % 11 == int(digits[9]) and len(set(digits)) > 1


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 1
