"""Postcodes. A known area needs little else; an area nobody knows needs the full form or a word that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stairgate.screening.contacts.addresses import house_before
from stairgate.screening.contacts.scene import END, Found, Scene

POSTCODE = re.compile(
    rf"([a-z]{{1,2}})[ ]?([0-9][0-9a-z]?)([ \t\n\r.,_\-]{{0,3}})([0-9o][abd-hjlnp-uw-z]{{2}}){END}"
)
_FORCES = re.compile(rf"\bbfpo[ ]?[0-9]{{1,4}}{END}")
_GIRO = re.compile(rf"\bgir[ ]?0aa{END}")
_ORDINALS = frozenset({"1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "0th"})
_SUFFIXED_AREAS = frozenset({"e", "n", "nw", "se", "w", "sw", "ec", "wc"})


def postcode_at(scene: Scene, head: int, *, apart: bool = False) -> Found | None:
    """Return the postcode that begins at ``head``. ``apart``: a gap stands inside its first half."""
    match = POSTCODE.match(scene.text, head)
    if not match:
        return None
    area, district, gap, inward = match.groups()
    if scene.is_code_at(head) or area in scene.lists["no_area"]:
        return None
    doubts = _doubts(scene, area, district, gap, inward) + (1 if apart else 0)
    doubts += inward in _ORDINALS and scene.text[match.end() : match.end() + 1] in (" ", "-")
    if doubts == 1 and house_before(scene, scene.word_from(head)) is not None:
        doubts = 0
    if doubts and not scene.near_span("postcode_word", *match.span(), 7, 5):
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


def find_other_postcodes(scene: Scene) -> Iterator[Found]:
    """Yield the postcodes of the forces and of the old giro bank."""
    for word, pattern in (("bfpo", _FORCES), ("gir", _GIRO)):
        if word in scene.text:
            yield from (Found("contact.postcode", *match.span()) for match in pattern.finditer(scene.text))
