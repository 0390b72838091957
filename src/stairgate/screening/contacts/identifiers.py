"""Rows of letters and figures that have a form of their own, looked for around each row of figures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stairgate.screening.contacts.personal import (
    INSURANCE,
    child_benefit_at,
    iban_at,
    insurance_at,
    licence_at,
    passport_at,
    pupil_number_at,
    update_service_at,
)
from stairgate.screening.contacts.plates import (
    PLATE_NOW,
    PLATE_PREFIX,
    dateless_plate_at,
    is_carlike,
    plate_now_at,
    prefix_plate_at,
    suffix_plate_at,
    undated_plate_at,
)
from stairgate.screening.contacts.postcodes import POSTCODE, find_other_postcodes, postcode_at
from stairgate.screening.contacts.scene import Found, Scene

_FIGURES = re.compile(r"[0-9]+")
_SPELT = re.compile(r"(?<![a-z0-9])[a-z0-9](?:[ .\-][a-z0-9](?![a-z0-9])){4,24}")
_LONGEST_HEAD = 5  # letters before the first figure of anything found here
_LONGEST_SPACED_HEAD = 3  # the same with a gap after them
_FEWEST_SIGNS = 5  # that stand alone
# What may begin with one letter, two or three right before its figures, and what with a gap after its letters.
_AFTER_LETTER = (postcode_at, prefix_plate_at, pupil_number_at, passport_at, update_service_at)
_AFTER_TWO = (iban_at, insurance_at, plate_now_at, postcode_at, passport_at)
_AFTER_THREE = (child_benefit_at, licence_at, suffix_plate_at, undated_plate_at)
_AFTER_GAP = (
    child_benefit_at, iban_at, insurance_at, licence_at, suffix_plate_at, plate_now_at, undated_plate_at,
)  # fmt: skip


def find_identifiers(scene: Scene) -> Iterator[Found]:
    """Yield everything that has such a form, none overlapping another."""
    text, reach = scene.text, 0
    loose = scene.has_any("car_word", "postcode_word", "insurance_word")
    for match in _FIGURES.finditer(text):
        start, end = match.span()
        if start < reach or not (
            text[start - 1 : start].isalpha() or loose or _may_stand_apart(text, start, end)
        ):
            continue
        if not scene.spend():
            return
        found = _at(scene, start, end)
        if found and found.start >= reach:
            reach = found.end
            yield found
    yield from find_other_postcodes(scene)


def _may_stand_apart(text: str, start: int, end: int) -> bool:
    """May these figures be the middle of something written with gaps, with no word to say what it is?"""
    size = end - start
    if size == 2:
        return text[end + 1 : end + 2].isdigit() and text[start - 2 : start - 1].isalpha()
    return size in (6, 7, 8) or (size == 3 and text[end : end + 1].isalpha())


def _at(scene: Scene, start: int, end: int) -> Found | None:
    """Read the letters and figures around the figures from ``start`` to ``end``."""
    text = scene.text
    head = _head(text, start)
    if head is None:
        return None
    if head < start:
        return _glued(scene, head, start - head)
    found = dateless_plate_at(scene, start, end)
    if found or not start or text[start - 1] not in " -.":
        return found
    head = _head(text, start - 1)
    if head is None or head == start - 1:
        return None
    if start - 1 - head > _LONGEST_SPACED_HEAD:
        return licence_at(scene, head)
    if text[head : start - 1] in scene.lists["short_word"]:
        return insurance_at(scene, head)
    return _spaced(scene, head)


def _head(text: str, start: int) -> int | None:
    """Return where the letters right before ``start`` begin, or None when they are no head of anything."""
    head = start
    while head and start - head <= _LONGEST_HEAD and "a" <= text[head - 1] <= "z":
        head -= 1
    if start - head > _LONGEST_HEAD or (head and text[head - 1].isalnum()):
        return None
    return head


def _glued(scene: Scene, head: int, letters: int) -> Found | None:
    """What may stand without a gap between its letters and its figures."""
    readers = {1: _AFTER_LETTER, 2: _AFTER_TWO, 3: _AFTER_THREE}.get(letters, (licence_at,))
    return next((found for reader in readers if (found := reader(scene, head))), None)


def _spaced(scene: Scene, head: int) -> Found | None:
    """What may stand with a gap between its letters and its figures."""
    found = next((found for reader in _AFTER_GAP if (found := reader(scene, head))), None)
    return found or postcode_at(scene, head, apart=True) or passport_at(scene, head)


def find_spelt(scene: Scene) -> Iterator[Found]:
    """Find postcodes and plates written one sign at a time: "S W 1 A 1 A A"."""
    if [len(word) for word in scene.words].count(1) < _FEWEST_SIGNS:
        return
    for match in _SPELT.finditer(scene.text):
        signs = match[0][::2]
        if not scene.spend():
            return
        rule = None if signs.isdigit() or signs.isalpha() else _spelt_rule(scene, signs, *match.span())
        if rule:
            yield Found(rule, *match.span())


def _spelt_rule(scene: Scene, signs: str, start: int, end: int) -> str | None:
    postcode = POSTCODE.fullmatch(signs)
    if postcode and postcode[1] in scene.lists["postcode_area"]:
        return "contact.postcode"
    if PLATE_NOW.fullmatch(signs) or PLATE_PREFIX.fullmatch(signs):
        return "contact.plate" if is_carlike(scene, start, end) else None
    told = INSURANCE.fullmatch(signs) and scene.near_span("insurance_word", start, end)
    return "contact.national-insurance" if told else None
