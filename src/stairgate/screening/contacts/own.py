"""What a setting told us of itself: its own numbers, addresses and accounts may always be given."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache

from stairgate.screening.contacts.phones import dialled
from stairgate.screening.contacts.scene import Found, Scene
from stairgate.screening.folding import fold

_AT = re.compile(r"[\s(\[{<*_-]{0,3}\bat\b[\s)\]}>*_-]{0,3}")
_DOT = re.compile(r"[\s(\[{<*_-]{0,3}\bdot\b[\s)\]}>*_-]{0,3}")
_LINK = re.compile(r"^(?:https?://)?(?:www\.)?")
_WORD = re.compile(r"[^\W_]+")
_PLACES = ("contact.postcode", "contact.street")
_NAMES = ("contact.email", "contact.handle", "contact.link")


def is_own_number(scene: Scene, digits: str) -> bool:
    """Is it the setting's own number, or a help line that anybody may give?"""
    facts = scene.case.facts
    own = _own(facts.allowed_contacts, facts.office_phone)
    return digits in own.numbers or digits in _helplines(scene.lists["helplines"])


def is_own(scene: Scene, found: Found) -> bool:
    """Is it one of the setting's own addresses or accounts, or the mailbox of a help line?"""
    detail = scene.text[found.start : found.end]
    if found.rule == "contact.email" and detail in scene.lists["helpline_mail"]:
        return True
    facts = scene.case.facts
    if not facts.allowed_contacts:
        return False
    own = _own(facts.allowed_contacts, facts.office_phone)
    if found.rule in _NAMES:
        return _bare(_typed(detail) if found.rule == "contact.email" else detail) in own.names
    return found.rule in _PLACES and own.has_place(detail)


class _Own:
    """A setting's own contacts, made ready for comparing."""

    def __init__(self, allowed: frozenset[str], office: str) -> None:
        folded = [fold(contact).strip() for contact in allowed]
        self.numbers = frozenset(dialled(contact) for contact in (*allowed, office))
        self.names = frozenset(map(_bare, folded))
        self._places = [f" {_spaced(contact)} " for contact in folded]
        words = [_WORD.findall(contact) for contact in folded]
        self._codes = {one for row in words for one in row}
        self._codes |= {one + two for row in words for one, two in itertools.pairwise(row)}

    def has_place(self, detail: str) -> bool:
        """Does every part of it, between commas, stand in one of the setting's own addresses?"""
        parts = [part for part in map(_spaced, detail.split(",")) if part]
        return any(all(self._holds(place, part) for part in parts) for place in self._places)

    def _holds(self, place: str, part: str) -> bool:
        return f" {part} " in place or part.replace(" ", "") in self._codes


@lru_cache(maxsize=64)
def _own(allowed: frozenset[str], office: str) -> _Own:
    return _Own(allowed, office)


@lru_cache(maxsize=16)
def _helplines(numbers: frozenset[str]) -> frozenset[str]:
    return frozenset(map(dialled, numbers))


def _bare(name: str) -> str:
    """An account or a link without what people may leave out."""
    return _LINK.sub("", name.strip("@")).rstrip("/")


def _spaced(place: str) -> str:
    return " ".join(_WORD.findall(place))


def _typed(address: str) -> str:
    """Return a spoken e-mail address as it is typed: "office at home dot example" has an "@" and points."""
    if "@" not in address:
        address = _AT.sub("@", address, count=1)
    return _DOT.sub(".", address)
