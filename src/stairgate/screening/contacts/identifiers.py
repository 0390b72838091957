"""Rows of letters and figures that have a form of their own: postcodes, number plates, National Insurance ..."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stairgate.screening.contacts.addresses import house_before
from stairgate.screening.contacts.scene import Found, Scene

_FIGURES = re.compile(r"[0-9]+")
_LONGEST_HEAD = 5  # letters before the first figure of anything found here
_END = r"(?![a-z0-9])"
_POSTCODE = re.compile(
    rf"([a-z]{{1,2}})[ ]?([0-9][0-9a-z]?)([ \t\n\r.,_\-]{{0,3}})([0-9o][abd-hjlnp-uw-z]{{2}}){_END}"
)
_FORCES = re.compile(rf"\bbfpo[ ]?[0-9]{{1,4}}{_END}")
_GIRO = re.compile(rf"\bgir[ ]?0aa{_END}")
_PLATE_NOW = re.compile(rf"([a-z]{{2}})([ -]?)([0-9oi]{{2}})([ .-]{{0,2}})([a-z]{{3}}){_END}")
_PLATE_PREFIX = re.compile(rf"([a-z])([0-9]{{1,3}})[ -]?([a-z]{{3}}){_END}")
_PLATE_SUFFIX = re.compile(rf"([a-z]{{3}})[ -]?([0-9]{{1,3}})[ ]?([a-z]){_END}")
_PLATE_IRISH = re.compile(rf"([a-z]{{1,3}})[ -]?([0-9]{{1,4}}){_END}")
_PLATE_DATELESS = re.compile(rf"([0-9]{{1,4}})[ -]?([a-z]{{1,3}}){_END}")
_INSURANCE = re.compile(
    rf"([a-z]{{2}})([ .-]?)([0-9]{{2}})[ .-]?([0-9]{{2}})[ .-]?([0-9]{{2}})(?:[ .-]?([a-d]))?{_END}"
)
_LICENCE = re.compile(
    rf"[a-z][a-z9]{{4}}[ ]?[0-9]([0156][0-9])([0-3][0-9])[0-9][ ]?[a-z][a-z9][ ]?[a-z0-9][ ]?[a-z0-9]{{2}}{_END}"
)
_LICENCE_LOOSE = re.compile(rf"[a-z][a-z9]{{4}}[ ]?[0-9]{{6}}[ ]?[a-z0-9]{{5}}{_END}")
_UPN = re.compile(rf"([a-z])([0-9]{{11}}[0-9a-z]){_END}")
_CHILD_BENEFIT = re.compile(rf"chb[ -]?[0-9]{{8}}[ -]?[a-z]{{2}}{_END}")
_IBAN_BRITISH = re.compile(rf"gb[ ]?[0-9]{{2}}[ ]?[a-z]{{4}}(?:[ -]?[0-9]){{14}}{_END}")
_IBAN = re.compile(rf"[a-z]{{2}}[0-9]{{2}}[ ]?(?:[a-z]{{4}}[ ]?)?(?:[0-9][ ]?){{10,26}}[0-9]{_END}")
_PASSPORT = re.compile(rf"[a-z]{{1,2}}[ ]?[0-9]{{7,8}}{_END}")
_UPDATE_SERVICE = re.compile(rf"[ce][0-9]{{10}}{_END}")
_SPELT = re.compile(r"(?<![a-z0-9])[a-z0-9](?:[ .\-][a-z0-9](?![a-z0-9])){4,24}")

_FEWEST_SIGNS = 5  # that stand alone
_ORDINALS = frozenset({"1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "0th"})
_SUFFIXED_AREAS = frozenset({"e", "n", "nw", "se", "w", "sw", "ec", "wc"})
_NO_INSURANCE = frozenset({"bg", "gb", "kn", "nk", "nt", "tn", "zz"})
_UPN_LETTERS = "abcdefghjklmnpqrtuvwxyz"
_AGES = (range(1, 31), range(51, 81))  # the figures of a plate since 2001, and a few years to come


def find_identifiers(scene: Scene) -> Iterator[Found]:
    """Yield everything that has such a form, none overlapping another."""
    text, reach = scene.text, 0
    loose = scene.has("car_word") or scene.has("postcode_word")
    for match in _FIGURES.finditer(text):
        start, end = match.span()
        if start < reach or not (text[start - 1 : start].isalpha() or loose or _may_stand_apart(text, start, end)):
            continue
        if not scene.spend():
            return
        found = _at(scene, start, end)
        if found and found.start >= reach:
            reach = found.end
            yield found
    if "bfpo" in text:
        yield from (Found("contact.postcode", *match.span()) for match in _FORCES.finditer(text))
    if "gir" in text:
        yield from (Found("contact.postcode", *match.span()) for match in _GIRO.finditer(text))


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
        return _glued(scene, head, start - head, end - start)
    found = _suffix_or_dateless(scene, start, end)
    if found or not start or text[start - 1] not in " -.":
        return found
    head = _head(text, start - 1)
    if head is None or head == start - 1:
        return None
    if start - 1 - head > 3:
        return _licence(scene, head)
    if text[head : start - 1] in scene.lists["short_word"]:
        return _insurance(scene, head)
    return _spaced(scene, head)


def _head(text: str, start: int) -> int | None:
    """Return where the letters right before ``start`` begin, or None when they are no head of anything."""
    head = start
    while head and start - head <= _LONGEST_HEAD and "a" <= text[head - 1] <= "z":
        head -= 1
    if start - head > _LONGEST_HEAD or (head and text[head - 1].isalnum()):
        return None
    return head


def _glued(scene: Scene, head: int, letters: int, figures: int) -> Found | None:
    text = scene.text
    if letters == 2:
        return (
            _iban(scene, head)
            or _insurance(scene, head)
            or _plate_now(scene, head)
            or _postcode(scene, head)
            or _passport(scene, head)
        )
    if letters == 1:
        return (
            _postcode(scene, head)
            or _plate_prefix(scene, head)
            or _upn(scene, head)
            or _passport(scene, head)
            or _update_service(scene, head)
        )
    if letters == 3 and _CHILD_BENEFIT.match(text, head):
        match = _CHILD_BENEFIT.match(text, head)
        return Found("contact.child-benefit", *match.span()) if match else None
    licence = _licence(scene, head)
    if licence or letters > 3:
        return licence
    return _plate_suffix(scene, head) or _plate_irish(scene, head)


def _spaced(scene: Scene, head: int) -> Found | None:
    """What may stand with a gap between its letters and its figures."""
    match = _CHILD_BENEFIT.match(scene.text, head)
    if match:
        return Found("contact.child-benefit", *match.span())
    return (
        _iban(scene, head)
        or _insurance(scene, head)
        or _licence(scene, head)
        or _plate_suffix(scene, head)
        or _plate_now(scene, head)
        or _plate_irish(scene, head)
        or _postcode(scene, head, apart=True)
        or _passport(scene, head)
    )


def _iban(scene: Scene, head: int) -> Found | None:
    match = _IBAN_BRITISH.match(scene.text, head) or _IBAN.match(scene.text, head)
    if not match:
        return None
    plain = "".join(filter(str.isalnum, match[0]))
    british = plain.startswith("gb") and len(plain) == 22
    worded = british and _is_near(scene, "iban_word", *match.span())
    return Found("contact.bank", *match.span()) if worded or _passes_97(plain) else None


def _passes_97(plain: str) -> bool:
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def _is_near(scene: Scene, name: str, start: int, end: int, before: int = 6, behind: int = 5) -> bool:
    return scene.near(name, scene.word_from(start), scene.word_from(end), before, behind)


def _is_code(scene: Scene, start: int) -> bool:
    return scene.is_code(scene.word_from(start))


def _insurance(scene: Scene, head: int) -> Found | None:
    match = _INSURANCE.match(scene.text, head)
    if not match:
        return None
    prefix, suffix = match[1], match[6]
    if scene.has("insurance_word") and _is_near(scene, "insurance_word", *match.span()):
        return Found("contact.national-insurance", *match.span())
    if not suffix or prefix in _NO_INSURANCE or prefix[0] in "dfiuv" or prefix[1] in "dfioquv":
        return None
    if (match[2] and suffix == "a" and prefix in scene.lists["short_word"]) or _is_code(scene, head):
        return None
    return Found("contact.national-insurance", *match.span())


def _licence(scene: Scene, head: int) -> Found | None:
    match = _LICENCE.match(scene.text, head)
    if not match:
        match = _LICENCE_LOOSE.match(scene.text, head) if scene.has("licence_word") else None
        told = match and _is_near(scene, "licence_word", *match.span())
        return Found("contact.driving-licence", *match.span()) if match and told else None
    month, day = int(match[1]) % 50, int(match[2])
    if not (1 <= month <= 12 and 1 <= day <= 31) and not _is_near(scene, "licence_word", *match.span()):
        return None
    return Found("contact.driving-licence", *match.span())


def _upn(scene: Scene, head: int) -> Found | None:
    match = _UPN.match(scene.text, head)
    if not match:
        return None
    digits = match[2]
    total = sum(int(digit, 36) * weight for weight, digit in enumerate(digits, start=2) if digit.isdigit())
    checked = digits.isdigit() and _UPN_LETTERS[total % 23] == match[1]
    if checked or _is_near(scene, "pupil_word", *match.span()):
        return Found("contact.pupil-number", *match.span())
    return None


def _passport(scene: Scene, head: int) -> Found | None:
    match = _PASSPORT.match(scene.text, head) if scene.has("passport_word") else None
    return (
        Found("contact.passport", *match.span())
        if match and _is_near(scene, "passport_word", *match.span())
        else None
    )


def _update_service(scene: Scene, head: int) -> Found | None:
    match = _UPDATE_SERVICE.match(scene.text, head) if scene.has("dbs_word") else None
    return Found("contact.dbs", *match.span()) if match else None


# --- postcodes ---


def _postcode(scene: Scene, head: int, *, apart: bool = False) -> Found | None:
    """Known areas need little else; an area nobody knows needs the full form or a word that says so."""
    match = _POSTCODE.match(scene.text, head)
    if not match:
        return None
    area, district, gap, inward = match.groups()
    if _is_code(scene, head) or area in scene.lists["no_area"]:
        return None
    doubts = _doubts(scene, area, district, gap, inward) + (1 if apart else 0)
    doubts += inward in _ORDINALS and scene.text[match.end() : match.end() + 1] in (" ", "-")
    if doubts and not _is_near(scene, "postcode_word", *match.span(), 7, 5):
        if doubts > 1 or house_before(scene, scene.word_from(head)) is None:
            return None
    return Found("contact.postcode", *match.span())


def _doubts(scene: Scene, area: str, district: str, gap: str, inward: str) -> int:
    known = area in scene.lists["postcode_area"]
    full = len(area) == 2 and gap == " "
    doubts = 0 if known or full else 1
    doubts += district[-1].isalpha() and area not in _SUFFIXED_AREAS and not full
    doubts += inward[0] == "o"
    measured = inward[1:] in scene.lists["measure_unit"] and inward not in _ORDINALS
    doubts += measured and not (known and len(area) == 2)
    return doubts + (not gap and not known) + (gap.strip(" ") != "" and not known)


# --- number plates ---


def _is_carlike(scene: Scene, start: int, end: int) -> bool:
    return scene.has("car_word") and _is_near(scene, "car_word", start, end, 8, 7)


def _plate_now(scene: Scene, head: int) -> Found | None:
    match = _PLATE_NOW.match(scene.text, head)
    if not match or _is_code(scene, head):
        return None
    age = int(match[3].translate(_FOR_FIGURES))
    usual = any(age in ages for ages in _AGES) and match[3].isdigit() and not match[2].strip("-")
    worded = match[5] in scene.lists["short_word"] and match[4] != ""
    spaced = match[2] == " "
    if (usual and not worded and not spaced) or _is_carlike(scene, *match.span()):
        return Found("contact.plate", *match.span())
    return None


_FOR_FIGURES = str.maketrans("oi", "01")


def _plate_prefix(scene: Scene, head: int) -> Found | None:
    match = _PLATE_PREFIX.match(scene.text, head)
    if not match or _is_code(scene, head):
        return None
    if match[3] in scene.lists["short_word"]:
        told = _is_near(scene, "plate_word", *match.span(), 3, 3)
        return Found("contact.plate", *match.span()) if told else None
    clear = len(match[2]) == 3 or _is_carlike(scene, *match.span())
    return Found("contact.plate", *match.span()) if clear else None


def _plate_suffix(scene: Scene, head: int) -> Found | None:
    match = _PLATE_SUFFIX.match(scene.text, head)
    if not match or _is_code(scene, head) or match[1] in scene.lists["short_word"]:
        return None
    clear = (len(match[2]) == 3 and match[3] not in "gklmpsx") or _is_carlike(scene, *match.span())
    return Found("contact.plate", *match.span()) if clear else None


def _plate_irish(scene: Scene, head: int) -> Found | None:
    """Northern Ireland's plates, and old ones without a date: only beside a word about a car."""
    match = _PLATE_IRISH.match(scene.text, head)
    if not match or match[1] in scene.lists["short_word"] or len(match[0]) < 3:
        return None
    irish = len(match[1]) == 3 and len(match[2]) >= 3 and set("iz") & set(match[1])
    clear = _is_carlike(scene, *match.span()) if irish else _follows_plate_word(scene, head)
    return Found("contact.plate", *match.span()) if clear else None


def _suffix_or_dateless(scene: Scene, start: int, end: int) -> Found | None:
    """Plates that begin with their figures ("1 KEZ")."""
    match = _PLATE_DATELESS.match(scene.text, start)
    if not match or match[2] in scene.lists["short_word"] or match[2] in scene.lists["measure_unit"]:
        return None
    return Found("contact.plate", *match.span()) if _follows_plate_word(scene, start) else None


def _follows_plate_word(scene: Scene, start: int) -> bool:
    return scene.has("plate_word") and scene.before("plate_word", scene.word_from(start), 3)


# --- pulled apart ---


def find_spelt(scene: Scene) -> Iterator[Found]:
    """Find postcodes and plates written one sign at a time: "S W 1 A 1 A A"."""
    if [len(word) for word in scene.words].count(1) < _FEWEST_SIGNS:
        return
    for match in _SPELT.finditer(scene.text):
        signs = match[0][::2]
        if not scene.spend():
            return
        if signs.isdigit() or signs.isalpha():
            continue
        start, end = match.span()
        if _POSTCODE.fullmatch(signs) and _POSTCODE.fullmatch(signs)[1] in scene.lists["postcode_area"]:  # type: ignore[index]
            yield Found("contact.postcode", start, end)
        elif (_PLATE_NOW.fullmatch(signs) or _PLATE_PREFIX.fullmatch(signs)) and _is_carlike(
            scene, start, end
        ):
            yield Found("contact.plate", start, end)
        elif _INSURANCE.fullmatch(signs) and _is_near(scene, "insurance_word", start, end):
            yield Found("contact.national-insurance", start, end)
