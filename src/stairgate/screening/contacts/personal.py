"""Numbers with letters that belong to one person: National Insurance, driving licence, IBAN, pupil, passport."""

from __future__ import annotations

import re

from stairgate.screening.contacts.scene import END, Found, Scene

INSURANCE = re.compile(
    rf"([a-z]{{2}})([ .-]?)([0-9]{{2}})[ .-]?([0-9]{{2}})[ .-]?([0-9]{{2}})(?:[ .-]?([a-d]))?{END}"
)
_INSURANCE_LOOSE = re.compile(rf"[a-z]{{2}}(?:[ .-]?[0-9]){{6}}(?:[ .-]?[a-d])?{END}")
_LICENCE = re.compile(
    rf"[a-z][a-z9]{{4}}[ ]?[0-9]([0156][0-9])([0-3][0-9])[0-9][ ]?[a-z][a-z9][ ]?[a-z0-9][ ]?[a-z0-9]{{2}}{END}"
)
_LICENCE_LOOSE = re.compile(rf"[a-z][a-z9]{{4}}[ ]?[0-9]{{6}}[ ]?[a-z0-9]{{5}}{END}")
_UPN = re.compile(rf"([a-z])([0-9]{{11}}[0-9a-z]){END}")
_CHILD_BENEFIT = re.compile(rf"chb[ -]?[0-9]{{8}}[ -]?[a-z]{{2}}{END}")
_IBAN_BRITISH = re.compile(rf"gb[ ]?[0-9]{{2}}[ ]?[a-z]{{4}}(?:[ -]?[0-9]){{14}}{END}")
_IBAN = re.compile(rf"[a-z]{{2}}[0-9]{{2}}[ ]?(?:[a-z]{{4}}[ ]?)?(?:[0-9][ ]?){{10,26}}[0-9]{END}")
_PASSPORT = re.compile(rf"[a-z]{{1,2}}[ ]?[0-9]{{7,8}}{END}")
_UPDATE_SERVICE = re.compile(rf"[ce][0-9]{{10}}{END}")
_NO_INSURANCE = frozenset({"bg", "gb", "kn", "nk", "nt", "tn", "zz"})
_UPN_LETTERS = "abcdefghjklmnpqrtuvwxyz"


def iban_at(scene: Scene, head: int) -> Found | None:
    match = _IBAN_BRITISH.match(scene.text, head) or _IBAN.match(scene.text, head)
    if not match:
        return None
    plain = "".join(filter(str.isalnum, match[0]))
    british = plain.startswith("gb") and len(plain) == 22
    worded = british and scene.near_span("iban_word", *match.span())
    return Found("contact.bank", *match.span()) if worded or _passes_97(plain) else None


def _passes_97(plain: str) -> bool:
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def insurance_at(scene: Scene, head: int) -> Found | None:
    match = INSURANCE.match(scene.text, head)
    if not match:
        match = _INSURANCE_LOOSE.match(scene.text, head) if scene.has("insurance_word") else None
        told = match and scene.near_span("insurance_word", *match.span())
        return Found("contact.national-insurance", *match.span()) if match and told else None
    prefix, suffix = match[1], match[6]
    if scene.has("insurance_word") and scene.near_span("insurance_word", *match.span()):
        return Found("contact.national-insurance", *match.span())
    if not suffix or prefix in _NO_INSURANCE or prefix[0] in "dfiuv" or prefix[1] in "dfioquv":
        return None
    if (match[2] and suffix == "a" and prefix in scene.lists["short_word"]) or scene.is_code_at(head):
        return None
    return Found("contact.national-insurance", *match.span())


def licence_at(scene: Scene, head: int) -> Found | None:
    match = _LICENCE.match(scene.text, head)
    if not match:
        match = _LICENCE_LOOSE.match(scene.text, head) if scene.has("licence_word") else None
        told = match and scene.near_span("licence_word", *match.span())
        return Found("contact.driving-licence", *match.span()) if match and told else None
    month, day = int(match[1]) % 50, int(match[2])
    if not (1 <= month <= 12 and 1 <= day <= 31) and not scene.near_span("licence_word", *match.span()):
        return None
    return Found("contact.driving-licence", *match.span())


def pupil_number_at(scene: Scene, head: int) -> Found | None:
    match = _UPN.match(scene.text, head)
    if not match:
        return None
    digits = match[2]
    total = sum(int(digit, 36) * weight for weight, digit in enumerate(digits, start=2) if digit.isdigit())
    checked = digits.isdigit() and _UPN_LETTERS[total % 23] == match[1]
    if checked or scene.near_span("pupil_word", *match.span()):
        return Found("contact.pupil-number", *match.span())
    return None


def passport_at(scene: Scene, head: int) -> Found | None:
    match = _PASSPORT.match(scene.text, head) if scene.has("passport_word") else None
    return (
        Found("contact.passport", *match.span())
        if match and scene.near_span("passport_word", *match.span())
        else None
    )


def update_service_at(scene: Scene, head: int) -> Found | None:
    match = _UPDATE_SERVICE.match(scene.text, head) if scene.has("dbs_word") else None
    return Found("contact.dbs", *match.span()) if match else None


def child_benefit_at(scene: Scene, head: int) -> Found | None:
    """Return the Child Benefit number that begins at ``head``."""
    match = _CHILD_BENEFIT.match(scene.text, head)
    return Found("contact.child-benefit", *match.span()) if match else None
