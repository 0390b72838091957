"""Personal contact details: telephone numbers, e-mail addresses, handles, postcodes and street addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stairgate.clauses import control
from stairgate.screening.case import Case
from stairgate.screening.folding import fold
from stairgate.screening.kinds import Finding, Severity
from stairgate.screening.numbers import PhoneNumber, dialled, find_numbers

# Each pattern is tried at places found by a plain search, and every repeat in it has an upper bound.
_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}")
_HANDLE = re.compile(r"[a-z0-9_.]{3,30}")
_POSTCODE = re.compile(r"\b([a-z]{1,2})(\d[a-z\d]?) ?(\d[abd-hjlnp-uw-z]{2})\b")
_DIGIT = re.compile(r"[0-9]")
_LOCAL_PART = "abcdefghijklmnopqrstuvwxyz0123456789._%+-"
_LONGEST_LOCAL_PART = 64
_ORDINALS = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "0th")
_FURTHEST_LEAD = 5  # words between "text" and the number


@control("C79", "A telephone number, e-mail, handle or address that is not the setting's own is held")
@control("C60", "An e-mail address that is not one of the setting’s own is held, whoever it belongs to")
@control(
    "C26", "Posts and comments are searched for personal contact details before anyone is reached by them"
)
def find_contacts(case: Case) -> Iterator[Finding]:
    """Yield every contact detail that is not on the setting's own list."""
    text = case.reading.folded.text
    if _DIGIT.search(text) or "contact_digit" in case.by_cue:
        yield from _phones(case)
        yield from _postcodes(case)
        yield from _streets(case)
    if "@" in text:
        yield from _at_signs(case)
    yield from _spoken_emails(case)


def _phones(case: Case) -> Iterator[Finding]:
    allowed = {dialled(contact) for contact in (*case.facts.allowed_contacts, case.facts.office_phone)}
    allowed |= {dialled(number) for number in case.pack.lists["helplines"]}
    for number in find_numbers(case.reading):
        if number.digits in allowed:
            continue
        rule = "contact.mobile" if number.is_mobile else "contact.phone"
        lead = _lead(case, number)
        start, end = case.word_span(number.first if lead is None else lead, number.after)
        if lead is None:
            start = _with_prefix(case, start)
        yield case.finding(rule, start, end, suggestion=_office(case, start, has_lead=lead is not None))


def _with_prefix(case: Case, start: int) -> int:
    """Take in a "+" or "(" written right before the number."""
    while start and case.reading.folded.text[start - 1] in "+(":
        start -= 1
    return start


def _lead(case: Case, number: PhoneNumber) -> int | None:
    """Return the word that asks people to use the number ("text Tom on ..."), if it is close before."""
    reading, verbs = case.reading, case.pack.lists["contact_verb"]
    sentence = reading.sentence_of[number.first]
    for index in range(number.first - 1, max(number.first - 1 - _FURTHEST_LEAD, -1), -1):
        if reading.sentence_of[index] != sentence:
            return None
        if reading.words[index] in verbs:
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


def _at_signs(case: Case) -> Iterator[Finding]:
    text = case.reading.folded.text
    at = text.find("@")
    while at >= 0:
        before = text[max(0, at - _LONGEST_LOCAL_PART) : at]
        local = len(before) - len(before.rstrip(_LOCAL_PART))
        domain = _DOMAIN.match(text, at + 1)
        handle = None if local else _HANDLE.match(text, at + 1)
        if local and domain:
            start, end = at - local, domain.start() + len(domain[0].rstrip(".-"))
            yield from _email(case, start, end, text[start:end])
        elif handle and not _is_allowed(case, "@" + handle[0].rstrip(".")):
            yield case.finding("contact.handle", at, handle.start() + len(handle[0].rstrip(".")))
        at = text.find("@", at + 1)


def _email(case: Case, start: int, end: int, address: str) -> Iterator[Finding]:
    if not _is_allowed(case, address):
        yield case.finding("contact.email", start, end, suggestion=_office_email(case))


def _office_email(case: Case) -> str | None:
    """Return the setting's own address to offer instead, when it has exactly one."""
    own = [contact for contact in case.facts.allowed_contacts if "@" in contact.strip("@")]
    return own[0] if case.is_outbound and len(own) == 1 else None


def _spoken_emails(case: Case) -> Iterator[Finding]:
    """Find "tom at example dot com" and "tom (at) gmail.com"."""
    reading, words = case.reading, case.reading.words
    providers, endings = case.pack.lists["mail_provider"], case.pack.lists["domain_ending"]
    for index in range(1, len(words) - 2):
        if words[index] != "at":
            continue
        dot = words[index + 2] == "dot" and index + 3 < len(words)
        ending = words[index + 3] if dot else words[index + 2]
        point = dot or reading.gap_before(index + 2) == "."
        bracketed = reading.gap_before(index).rstrip(" ")[-1:] in ("(", "[", "{", "<", "*", "_")
        if point and ending in endings and (dot or bracketed or words[index + 1] in providers):
            after = _past_ending(case, index + (4 if dot else 3))
            start, end = case.word_span(index - 1, after)
            address = f"{words[index - 1]}@{words[index + 1]}." + ".".join(
                word for word in words[index + (3 if dot else 2) : after] if word != "dot"
            )
            yield from _email(case, start, end, address)


def _past_ending(case: Case, index: int) -> int:
    """Step over a second part of the ending: the "dot uk" of "co dot uk"."""
    words, endings = case.reading.words, case.pack.lists["domain_ending"]
    if index + 1 < len(words) and words[index] == "dot" and words[index + 1] in endings:
        return index + 2
    if index < len(words) and case.reading.gap_before(index) == "." and words[index] in endings:
        return index + 1
    return index


def _postcodes(case: Case) -> Iterator[Finding]:
    areas = case.pack.lists["postcode_area"]
    for match in _POSTCODE.finditer(case.reading.folded.text):
        if match[1] in areas and match[3] not in _ORDINALS and not _is_allowed(case, match[0]):
            severity = None if case.is_outbound else Severity.LOOK
            yield case.finding("contact.postcode", *match.span(), severity=severity)


def _streets(case: Case) -> Iterator[Finding]:
    """Find a house number, one to three names written with capitals, and a kind of street."""
    reading, kinds = case.reading, case.pack.lists["street_kind"]
    for index, word in enumerate(reading.words):
        if not word[0].isdigit() or len(word) > 4:
            continue
        for after in range(index + 2, min(index + 5, len(reading.words))):
            if not reading.is_capital(after - 1) or reading.gap_before(after - 1).strip(" ,"):
                break
            if reading.words[after] in kinds and reading.is_capital(after):
                start, end = case.word_span(index, after + 1)
                if not _is_allowed(case, reading.folded.text[start:end]):
                    yield case.finding("contact.street", start, end)
                break


def _is_allowed(case: Case, detail: str) -> bool:
    plain = detail.replace(" ", "")
    return any(plain in fold(contact).replace(" ", "") for contact in case.facts.allowed_contacts)
