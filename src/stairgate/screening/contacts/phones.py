"""Telephone numbers among rows of digits. British numbers by their shape; others when they begin with "+"."""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from stairgate.screening.contacts.digits import Group, Run
from stairgate.screening.contacts.scene import Scene

# How many digits a number has, by how it begins: the longest length first.
_LENGTHS = {
    opening + third: lengths
    for opening, thirds, lengths in (
        ("07", "123456789", (11,)),
        ("01", "123456789", (11, 10)),
        ("02", "03489", (11,)),
        ("03", "0347", (11,)),
        ("05", "056", (11, 10)),
        ("08", "0123478", (11, 10)),
        ("09", "018", (11,)),
    )
    for third in thirds
}
_SHORTEST_ABROAD, _LONGEST_ABROAD = 9, 15
_LOCAL_LENGTHS = (8, 7, 6)  # without the area code, said right after "ring me on"
_COUNTING = "012345"
_SAID_IN_FULL = 5  # groups
_WHOLE_CODE = 4  # digits in a first group that looks like an area code
_DATE = re.compile(
    r"\b(?:0?[1-9]|[12][0-9]|3[01])[/. -](?:0?[1-9]|1[0-2])[/. -](?:19|20)[0-9]{2}\b"
    r"|\b(?:0?[1-9]|[12][0-9]|3[01])([/.-])(?:0?[1-9]|1[0-2])\1[0-9]{2}\b"
    r"|\b(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-[0-3][0-9]\b"
)
_INVITATION = re.compile(
    r"\b(?:(?:my|mine|his|her|our|their|home|work|new|mobile|phone) (?:number|mobile|phone|landline|no)(?:'s| is)?"
    r"|(?:ring|call|text|phone|get|reach|bell|message|whatsapp) (?:me|us|him|her) (?:on|at))$"
)
_LONGEST_DATE = 8  # characters of a date that can stand outside
_INVITING = frozenset(
    ("number", "number's", "mobile", "mobile's", "phone", "phone's", "landline", "no", "is", "on", "at")
)
_PHONE_SIGNS = frozenset("\u260e\u260f\u2706\U0001f4de\U0001f4f1\U0001f4f2\U0001f919")
_SIGN_REACH = 4  # characters between the picture of a telephone and the number


class Phone(NamedTuple):
    """A telephone number: its digits as dialled in the UK, and one past its last group."""

    digits: str
    after: int


def dialled(number: str) -> str:
    """Return the digits of ``number`` as dialled in the UK: "+44 (0)1632 960118" gives "01632960118"."""
    digits = "".join(filter(str.isdigit, number))
    for prefix in ("0044", "44"):
        if digits.startswith(prefix) and len(digits) > 10:
            return "0" + digits.removeprefix(prefix).removeprefix("0")
    return digits


def phone_at(scene: Scene, run: Run, place: int) -> Phone | None:
    """Return the telephone number that begins with the group at ``place``, if one does."""
    group = run.groups[place]
    plus = scene.text[max(0, group.start - 2) : group.start].strip("( ").endswith("+")
    opening = group.digits[0]
    if plus:
        return _british(scene, run, place, clear=True) or _abroad(run, place)
    if opening == "0" or (opening == "4" and run.digits.startswith("44", run.offsets[place])):
        return _british(scene, run, place, clear=False) or _dialled_abroad(scene, run, place)
    return _shortened(scene, run, place)


def _british(scene: Scene, run: Run, place: int, *, clear: bool) -> Phone | None:
    digits, offset = run.digits, run.offsets[place]
    prefix = next((prefix for prefix in ("0044", "44") if digits.startswith(prefix, offset)), "")
    start = offset + len(prefix)
    if prefix and digits.startswith("0", start):
        start += 1
    national = ("0" if prefix else "") + digits[start : start + 11]
    for length in _LENGTHS.get(national[:3], ()):
        after = run.ends.get(start + length - (1 if prefix else 0))
        if after and (clear or prefix or _is_plausible(scene, run, place, after)):
            return Phone(national[:length], after)
    return None


def _abroad(run: Run, place: int) -> Phone | None:
    """After a "+": the longest row that is no longer than any country's numbers."""
    offset = run.offsets[place]
    for length in range(_LONGEST_ABROAD, _SHORTEST_ABROAD - 1, -1):
        after = run.ends.get(offset + length)
        if after:
            return Phone(run.digits[offset : offset + length], after)
    return None


def _dialled_abroad(scene: Scene, run: Run, place: int) -> Phone | None:
    if run.digits.startswith("00", run.offsets[place]) and _is_asked_for(scene, run, place, len(run.groups)):
        phone = _abroad(run, place)
        return phone if phone and phone.digits[2:3] != "0" else None
    return None


def _shortened(scene: Scene, run: Run, place: int) -> Phone | None:
    """A number that lost its nought or its area code: only where someone says it is a number to ring."""
    offset = run.offsets[place]
    if len(run.groups[place].digits) <= 2 and not run.groups[place].spoken:
        return None  # "1 3 5 7 9" and "1-10, 10-20"
    for length in _LENGTHS.get("0" + run.digits[offset : offset + 2], ()):
        after = run.ends.get(offset + length - 1)
        if not after:
            continue
        asked = _is_asked_for(scene, run, place, after) or _is_all_spoken(run, place, after)
        if asked and not _is_dated(scene, run, place, after):
            return Phone("0" + run.digits[offset : offset + length - 1], after)
    if _follows_invitation(scene, run.groups[place].first):
        for length in _LOCAL_LENGTHS:
            after = run.ends.get(offset + length)
            if after == len(run.groups) and not _is_dated(scene, run, place, after):
                return Phone(run.digits[offset : offset + length], after)
    return None


def _is_asked_for(scene: Scene, run: Run, place: int, after: int) -> bool:
    """Do the words around say that this is a number to ring or write to?"""
    first, last = run.groups[place].first, run.groups[after - 1].after
    start = run.groups[place].start
    asked = scene.near("phone_word", first, last) or not _PHONE_SIGNS.isdisjoint(
        scene.text[max(0, start - _SIGN_REACH) : start]
    )
    return asked and not scene.is_code(first)


def _is_all_spoken(run: Run, place: int, after: int) -> bool:
    """Is it said out loud, digit by digit? Nobody counts "seven seven double oh"."""
    groups = run.groups[place:after]
    if not run.digits.startswith("7", run.offsets[place]):
        return False
    return len(groups) >= _SAID_IN_FULL and all(group.spoken for group in groups)


def _follows_invitation(scene: Scene, first: int) -> bool:
    """Is it "ring me on", "my number is" or the like that stands right before?"""
    before = scene.words[max(0, first - 4) : first]
    if len(before) < 2 or before[-1] not in _INVITING or scene.is_code(first, strict=True):
        return False
    return bool(_INVITATION.search(" ".join(before)))


def _is_plausible(scene: Scene, run: Run, place: int, after: int) -> bool:
    """Is it no date, time, score, count or list of raffle tickets that happens to be as long?"""
    groups = run.groups[place:after]
    if scene.is_code(groups[0].first) or scene.is_code(_hyphenated_from(scene, run, place), strict=True):
        return False
    whole = run.digits[run.offsets[place] :]
    if whole.startswith(_COUNTING) or _is_dated(scene, run, place, after):
        return False
    figures = [len(group.digits) for group in groups if not group.spoken]
    widest = max(figures, default=1)
    if widest == 1:
        return True
    asked = scene.near("phone_word", groups[0].first, groups[-1].after)
    if widest == 2 and len(figures) == len(groups):
        return asked or (whole.startswith("07") and _is_in_pairs(scene, groups))
    listed = any(", " in scene.text[one.end : two.start] for one, two in itertools.pairwise(groups))
    return not listed or asked or len(groups[0].digits) > _WHOLE_CODE


def _hyphenated_from(scene: Scene, run: Run, place: int) -> int:
    """Return the first word of what is written in one piece with hyphens: the "978" of an ISBN."""
    groups = run.groups
    while place and scene.text[groups[place - 1].end : groups[place].start] == "-":
        place -= 1
    return groups[place].first


def _is_in_pairs(scene: Scene, groups: list[Group]) -> bool:
    """Is it written "07 70 09 00 14 2", with the same gap throughout?"""
    gaps = {scene.text[one.end : two.start] for one, two in itertools.pairwise(groups)}
    return len(gaps) == 1 and all(len(group.digits) == 2 for group in groups[:-1])


def _is_dated(scene: Scene, run: Run, place: int, after: int) -> bool:
    """Does a date stand in the number, or begin before it or end after it?"""
    groups = run.groups[place:after]
    if any(len(group.digits) > _WHOLE_CODE for group in groups):
        return False
    start, end = groups[0].start, groups[-1].end
    dates = _DATE.finditer(scene.text, max(0, start - _LONGEST_DATE), end + _LONGEST_DATE)
    return any(date.start() < end and date.end() > start for date in dates)
