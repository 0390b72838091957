"""Personal contact details: what is looked for when, what a setting may say of itself, and what is offered instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from stairgate.clauses import control
from stairgate.screening.case import Case
from stairgate.screening.contacts.addresses import before_postcode, find_addresses
from stairgate.screening.contacts.digits import SPOKEN, Run, find_runs
from stairgate.screening.contacts.emails import find_emails
from stairgate.screening.contacts.handles import find_handles, find_links
from stairgate.screening.contacts.identifiers import find_identifiers, find_spelt
from stairgate.screening.contacts.official import official_at
from stairgate.screening.contacts.phones import Phone, dialled, phone_at
from stairgate.screening.contacts.scene import Found, Scene
from stairgate.screening.folding import fold
from stairgate.screening.kinds import Direction, Finding, Severity

_SIGNS = re.compile(r"[0-9@/_]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_FIGURES = re.compile(r"[0-9]")
_CUES = frozenset({"contact_digit", "contact_street", "contact_app", "contact_mail"})
_FEWEST_DIGITS = 6  # in any number that belongs to a person, and only where a word says what it is
_FEWEST_UNTOLD = 8
_FEWEST_FIGURES = 5  # the rest may be in words
_MANY_FIGURES = 9  # enough for a number with small words between
# Eight digits with little between them, or letters that may stand for digits.
_ROW = re.compile(r"[0-9](?:[^a-z0-9:?=@+&]{0,12}[0-9]){7}|[0-9][oilzstfen]|[oil][0-9]")
_SHORT_ROW = re.compile(r"[0-9](?:[^a-z0-9:?=@+&]{0,12}[0-9]){5}")
_PIECE = re.compile(r"[0-9]{3}")
_FURTHEST_LEAD = 5  # words between "text" and the number
_OFFICIAL_WORDS = (
    "nhs_word", "tax_word", "medical_word", "dbs_word", "certificate_word", "passport_word", "card_word",
    "bank_word", "sort_word", "account_word",
)  # fmt: skip
_NATURE = {
    "contact.email": "email", "contact.handle": "handle", "contact.link": "handle",
    "contact.postcode": "place", "contact.street": "place",
}  # fmt: skip
_IN_PRIVATE = frozenset(
    {"contact.nhs-number", "contact.national-insurance", "contact.bank", "contact.card", "contact.passport",
     "contact.driving-licence", "contact.tax-reference", "contact.dbs"}
)  # fmt: skip
_ENOUGH = 120  # findings; nobody reads more, and a hostile text holds thousands
_LEAST_PLACE = 5  # letters and figures of an address before it is looked up among the setting's own


@control("C79", "A telephone number, e-mail, handle or address that is not the setting's own is held")
@control("C60", "An e-mail address that is not one of the setting’s own is held, whoever it belongs to")
@control(
    "C26", "Posts and comments are searched for personal contact details before anyone is reached by them"
)
def find_contacts(case: Case) -> Iterator[Finding]:
    """Yield every contact detail, and every number of one person, that is not on the setting's own list.

    In a private message only numbers that nobody should send through a page are pointed out: that a family
    writes its own telephone number there is what the inbox is for.
    """
    signs = _signs(case)
    if not signs and _CUES.isdisjoint(case.cues.at_once):
        return
    scene = Scene(case)
    found = _everything(scene)
    if case.direction is Direction.PRIVATE_MESSAGE:
        found = (finding for finding in found if finding.rule in _IN_PRIVATE)
    yield from islice(found, _ENOUGH)
    if scene.budget < 0:
        yield case.finding("contact.too-many", 0, len(scene.text))


def _signs(case: Case) -> bool:
    """Does the text hold a figure, an "@" or a slash, in any script?"""
    original = case.reading.original
    if original.isascii():
        return _SIGNS.search(original) is not None
    return _SIGNS.search(case.reading.folded.text) is not None


def _everything(scene: Scene) -> Iterator[Finding]:
    text, cues = scene.text, scene.case.cues
    figures = len(_FIGURES.findall(text))
    if _may_hold_number(scene, figures):
        yield from _numbers(scene)
    if figures:
        yield from _identifiers(scene)
    if figures or "contact_street" in cues:
        for found in find_addresses(scene):
            yield from _unless_own(scene, found)
    if "@" in text or "contact_mail" in cues or "(a" in text or "[a" in text:
        for found in find_emails(scene):
            yield from _unless_own(scene, found)
    if "/" in text or ":" in text or "contact_mail" in cues:
        for found in find_links(scene):
            yield from _unless_own(scene, found)
    if "@" in text or "_" in text or "#" in text or "contact_app" in cues:
        for found in find_handles(scene):
            yield from _unless_own(scene, found)


def _may_hold_number(scene: Scene, figures: int) -> bool:
    if "contact_digit" in scene.case.cues:
        return True
    if figures < _FEWEST_FIGURES:
        return False
    text = scene.text
    if _ROW.search(text) or not SPOKEN.keys().isdisjoint(scene.words) or (figures >= _MANY_FIGURES and _PIECE.search(text)):
        return True
    return _is_told(scene) and _SHORT_ROW.search(text) is not None


def _is_told(scene: Scene) -> bool:
    """Is there a word beside which a short row of digits is a number of somebody's?"""
    return scene.has("contact_verb") or scene.has("sort_word") or scene.has("number_mark") or "s/c" in scene.text


# --- numbers ---


def _numbers(scene: Scene) -> Iterator[Finding]:
    fewest = _FEWEST_DIGITS if _is_told(scene) else _FEWEST_UNTOLD
    runs = find_runs(scene, fewest)
    if not runs:
        return
    worded = any(map(scene.has, _OFFICIAL_WORDS)) or "s/c" in scene.text or "a/c" in scene.text
    for run in runs:
        place = 0
        while place < len(run.groups) and scene.spend():
            official = official_at(scene, run, place, worded=worded)
            phone = phone_at(scene, run, place)
            if official and (phone is None or official.after >= phone.after):
                start, end = run.groups[place].start, run.groups[official.after - 1].end
                yield scene.case.finding(official.rule, start, end)
                place = official.after
            elif phone:
                yield from _phone(scene, run, place, phone)
                place = phone.after
            else:
                place += 1


def _phone(scene: Scene, run: Run, place: int, phone: Phone) -> Iterator[Finding]:
    case, first = scene.case, run.groups[place].first
    facts = case.facts
    if phone.digits in _own_numbers(facts.allowed_contacts, facts.office_phone) | _helplines(case):
        return
    is_mobile = phone.digits.startswith("07")
    if not is_mobile and _is_an_office(scene, first):
        return
    lead = _lead(scene, first)
    start, end = run.groups[place].start, run.groups[phone.after - 1].end
    if lead is None:
        start = _with_prefix(scene, start)
    else:
        start = scene.spans[lead][0]
    rule = "contact.mobile" if is_mobile else "contact.phone"
    yield case.finding(rule, start, end, suggestion=_office(case, start, has_lead=lead is not None))


@lru_cache(maxsize=64)
def _own_numbers(allowed: frozenset[str], office: str) -> frozenset[str]:
    return frozenset(dialled(contact) for contact in (*allowed, office))


def _helplines(case: Case) -> frozenset[str]:
    return _dialled_all(case.pack.lists["helplines"])


@lru_cache(maxsize=16)
def _dialled_all(numbers: frozenset[str]) -> frozenset[str]:
    return frozenset(map(dialled, numbers))


def _is_an_office(scene: Scene, first: int) -> bool:
    """Where a setting has told us no contacts of its own: is it "ring the office on", not a person's number?"""
    case = scene.case
    if case.facts.allowed_contacts or case.facts.office_phone or scene.before("person_word", first, 6):
        return False
    return scene.before("office_word", first, 6) or (case.is_outbound and scene.before("ourselves", first, 5))


def _with_prefix(scene: Scene, start: int) -> int:
    """Take in a "+" or "(" written right before the number."""
    while start and scene.text[start - 1] in "+(":
        start -= 1
    return start


def _lead(scene: Scene, first: int) -> int | None:
    """Return the word that asks people to use the number ("text Tom on ..."), if it is close before."""
    reading, verbs = scene.case.reading, scene.lists["contact_verb"]
    sentence = reading.sentence_of[first]
    for index in range(first - 1, max(first - 1 - _FURTHEST_LEAD, -1), -1):
        if reading.sentence_of[index] != sentence:
            return None
        if reading.raw[index] in verbs:
            return index
    return None


def _office(case: Case, start: int, *, has_lead: bool) -> str | None:
    if not case.is_outbound:
        return None
    phone = case.facts.office_phone
    if not has_lead:
        return phone or None
    first, _ = case.reading.folded.span(start, start + 1)
    verb = "Ring" if case.reading.original[first].isupper() else "ring"
    return f"{verb} the office on {phone}" if phone else f"{verb} the office"


# --- what has a form of its own ---


def _identifiers(scene: Scene) -> Iterator[Finding]:
    for found in find_identifiers(scene):
        whole = before_postcode(scene, found) if found.rule == "contact.postcode" else found
        yield from _unless_own(scene, whole)
    for found in find_spelt(scene):
        yield from _unless_own(scene, found)


def _unless_own(scene: Scene, found: Found) -> Iterator[Finding]:
    case = scene.case
    if _is_allowed(scene, found):
        return
    if found.rule == "contact.email":
        if not _is_role_address(scene, found):
            yield case.finding(found.rule, found.start, found.end, suggestion=_office_email(case))
        return
    soft = found.rule == "contact.postcode" and not case.is_outbound
    yield case.finding(found.rule, found.start, found.end, severity=Severity.LOOK if soft else None)


def _is_allowed(scene: Scene, found: Found) -> bool:
    allowed = scene.case.facts.allowed_contacts
    nature = _NATURE.get(found.rule)
    if nature is None:
        return False
    detail = scene.text[found.start : found.end]
    if nature == "email" and detail in scene.lists["helpline_mail"]:
        return True
    if not allowed:
        return False
    own = _own_details(allowed)
    if nature == "place":
        plain = _plain(detail)
        return len(plain) >= _LEAST_PLACE and any(plain in contact for contact in own.places)
    return detail.strip("@") in own.names


class _Own:
    """A setting's own contacts, made ready for comparing."""

    def __init__(self, allowed: frozenset[str]) -> None:
        folded = [fold(contact).strip() for contact in allowed]
        self.names = frozenset(contact.strip("@") for contact in folded)
        self.places = [_plain(contact) for contact in folded]


@lru_cache(maxsize=64)
def _own_details(allowed: frozenset[str]) -> _Own:
    return _Own(allowed)


def _plain(detail: str) -> str:
    return "".join(filter(str.isalnum, detail))


def _is_role_address(scene: Scene, found: Found) -> bool:
    """Where a setting has told us no contacts: is it "office@" or "jobs@" in its own post?"""
    case = scene.case
    if not case.is_outbound or case.facts.allowed_contacts:
        return False
    name, _, domain = scene.text[found.start : found.end].partition("@")
    return name in scene.lists["role_mailbox"] and domain.split(".")[0] not in scene.lists["mail_provider"]


def _office_email(case: Case) -> str | None:
    """Return the setting's own address to offer instead, when it has exactly one."""
    own = [contact for contact in case.facts.allowed_contacts if "@" in contact.strip("@")]
    return own[0] if case.is_outbound and len(own) == 1 else None
