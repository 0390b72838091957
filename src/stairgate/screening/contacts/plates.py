"""Number plates: those with an age in them by their form, older ones beside a word about a car."""

from __future__ import annotations

import re

from stairgate.screening.contacts.scene import END, Found, Scene

PLATE_NOW = re.compile(rf"([a-z]{{2}})([ -]?)([0-9oi]{{2}})([ .-]{{0,2}})([a-z]{{3}}){END}")
PLATE_PREFIX = re.compile(rf"([a-z])([0-9]{{1,3}})[ -]?([a-z]{{3}}){END}")
_SUFFIX = re.compile(rf"([a-z]{{3}})[ -]?([0-9]{{1,3}})[ ]?([a-z]){END}")
_IRISH = re.compile(rf"([a-z]{{1,3}})[ -]?([0-9]{{1,4}}){END}")
_DATELESS = re.compile(rf"([0-9]{{1,4}})[ -]?([a-z]{{1,3}}){END}")
_FOR_FIGURES = str.maketrans("oi", "01")
_AGES = (range(1, 31), range(51, 81))  # the figures of a plate since 2001, and a few years to come
_MEASURES = "gklmpsx"  # letters after a number that are measures as often


def is_carlike(scene: Scene, start: int, end: int) -> bool:
    return scene.has("car_word") and scene.near_span("car_word", start, end, 8, 7)


def plate_now_at(scene: Scene, head: int) -> Found | None:
    match = PLATE_NOW.match(scene.text, head)
    if not match or scene.is_code_at(head):
        return None
    age = int(match[3].translate(_FOR_FIGURES))
    usual = any(age in ages for ages in _AGES) and match[3].isdigit() and not match[2].strip("-")
    worded = match[5] in scene.lists["short_word"] and match[4] != ""
    spaced = match[2] == " "
    counted = scene.before("code_noun", scene.word_from(head), 3)
    if (usual and not worded and not spaced and not counted) or is_carlike(scene, *match.span()):
        return Found("contact.plate", *match.span())
    return None


def prefix_plate_at(scene: Scene, head: int) -> Found | None:
    match = PLATE_PREFIX.match(scene.text, head)
    if not match or scene.is_code_at(head):
        return None
    if match[3] in scene.lists["short_word"]:
        told = scene.near_span("plate_word", *match.span(), 3, 3)
        return Found("contact.plate", *match.span()) if told else None
    clear = len(match[2]) == 3 or is_carlike(scene, *match.span())
    return Found("contact.plate", *match.span()) if clear else None


def suffix_plate_at(scene: Scene, head: int) -> Found | None:
    match = _SUFFIX.match(scene.text, head)
    if not match or scene.is_code_at(head) or match[1] in scene.lists["short_word"]:
        return None
    clear = (len(match[2]) == 3 and match[3] not in _MEASURES) or is_carlike(scene, *match.span())
    return Found("contact.plate", *match.span()) if clear else None


def undated_plate_at(scene: Scene, head: int) -> Found | None:
    """Northern Ireland's plates, and old ones without a date: only beside a word about a car."""
    match = _IRISH.match(scene.text, head)
    if not match or match[1] in scene.lists["short_word"] or len(match[0]) < 3:
        return None
    irish = len(match[1]) == 3 and len(match[2]) >= 3 and set("iz") & set(match[1])
    clear = is_carlike(scene, *match.span()) if irish else _follows_plate_word(scene, head)
    return Found("contact.plate", *match.span()) if clear else None


def dateless_plate_at(scene: Scene, start: int, end: int) -> Found | None:
    """Plates that begin with their figures ("1 KEZ")."""
    match = _DATELESS.match(scene.text, start)
    if not match or match[2] in scene.lists["short_word"] or match[2] in scene.lists["measure_unit"]:
        return None
    return Found("contact.plate", *match.span()) if _follows_plate_word(scene, start) else None


def _follows_plate_word(scene: Scene, start: int) -> bool:
    return scene.has("plate_word") and scene.before("plate_word", scene.word_from(start), 3)
