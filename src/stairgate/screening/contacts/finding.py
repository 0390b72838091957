"""Personal contact details: which finders look at a text, and how what they find is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from stairgate.clauses import control
from stairgate.screening.case import Case
from stairgate.screening.contacts.addresses import before_postcode, find_addresses
from stairgate.screening.contacts.emails import find_emails
from stairgate.screening.contacts.handles import find_handles
from stairgate.screening.contacts.identifiers import find_identifiers, find_spelt
from stairgate.screening.contacts.links import find_links
from stairgate.screening.contacts.numbers import find_numbers
from stairgate.screening.contacts.own import is_own
from stairgate.screening.contacts.scene import Found, Scene
from stairgate.screening.kinds import Direction, Finding, Severity

# A figure of any script, plain, raised or in a ring; an "@", a slash or a low line, plain or wide.
_SIGNS = re.compile(
    "[\\d@/_\u00b2\u00b3\u00b9\u2070-\u2089\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\uff20\ufe6b\uff0f\uff3f"
    "\U0001f100-\U0001f10c]"
)
_FIGURES = re.compile(r"[0-9]")
_USUAL_IN_PRIVATE = frozenset({"contact.mobile", "contact.phone", "contact.email"})
_ENOUGH = 100  # findings; nobody reads more, and a hostile text holds thousands


@control("C79", "A telephone number, e-mail, handle or address that is not the setting's own is held")
@control("C60", "An e-mail address that is not one of the setting’s own is held, whoever it belongs to")
@control(
    "C26", "Posts and comments are searched for personal contact details before anyone is reached by them"
)
def find_contacts(case: Case) -> Iterator[Finding]:
    """Yield every contact detail, and every number of one person, that is not on the setting's own list.

    In a private message a telephone number or an e-mail address is pointed out only when it is meant for
    somebody else: that a family writes its own there is what the inbox is for.
    """
    reading = case.reading
    if not _SIGNS.search(reading.original) and case.pack.lists["contact_trigger"].isdisjoint(reading.raw):
        return
    scene = Scene(case)
    found: Iterator[Finding] = _everything(scene)
    if case.direction is Direction.PRIVATE_MESSAGE:
        passed_on = _is_passed_on(scene)
        found = (_softened(one) for one in found if passed_on or one.rule not in _USUAL_IN_PRIVATE)
    yield from islice(found, _ENOUGH)
    if scene.budget < 0 or next(found, None) is not None:
        yield case.finding("contact.too-many", 0, len(scene.text))


def _is_passed_on(scene: Scene) -> bool:
    """In a private message: is the detail meant for somebody else ("give his mum my number"), or theirs?"""
    words, passing = scene.words, scene.lists["pass_on_word"]
    return any(
        word in passing and words[index + 1 : index + 2] not in (["me"], ["us"])
        for index, word in enumerate(words)
    )


def _softened(finding: Finding) -> Finding:
    return replace(finding, severity=min(finding.severity, Severity.LOOK))


def _everything(scene: Scene) -> Iterator[Finding]:
    figures = len(_FIGURES.findall(scene.text))
    yield from find_numbers(scene, figures)
    if scene.budget < 0:
        return
    for found in _details(scene, figures):
        if not is_own(scene, found) and not _is_role_mailbox(scene, found):
            yield _told(scene.case, found)


def _details(scene: Scene, figures: int) -> Iterator[Found]:
    """Everything but rows of digits. Each finder looks only where something it could find can stand."""
    text = scene.text
    if figures:
        spelt = find_spelt(scene) if figures > 1 else ()
        for found in chain(find_identifiers(scene), spelt):
            yield before_postcode(scene, found) if found.rule == "contact.postcode" else found
    if figures or scene.has("street_trigger"):
        yield from find_addresses(scene)
    mail = scene.has("mail_trigger")
    if mail or "@" in text or "(a" in text or "[a" in text:
        yield from find_emails(scene)
    if mail or "/" in text or ":" in text:
        yield from find_links(scene)
    if "@" in text or "_" in text or "#" in text or not text.isascii() or scene.has("app_trigger"):
        yield from find_handles(scene)


def _told(case: Case, found: Found) -> Finding:
    """Return the finding: with the setting's own address in place of an e-mail, softer for a lone postcode."""
    suggestion = _office_email(case) if found.rule == "contact.email" else None
    soft = found.rule == "contact.postcode" and not case.is_outbound
    severity = Severity.LOOK if soft else None
    return case.finding(found.rule, found.start, found.end, severity=severity, suggestion=suggestion)


def _is_role_mailbox(scene: Scene, found: Found) -> bool:
    """Where a setting has told us no contacts: is it "office@" or "jobs@" in its own post?"""
    case = scene.case
    if found.rule != "contact.email" or not case.is_outbound or case.facts.allowed_contacts:
        return False
    name, _, domain = scene.text[found.start : found.end].partition("@")
    return name in scene.lists["role_mailbox"] and domain.split(".")[0] not in scene.lists["mail_provider"]


def _office_email(case: Case) -> str | None:
    """Return the setting's own address to offer instead, when it has exactly one."""
    own = [contact for contact in case.facts.allowed_contacts if "@" in contact.strip("@")]
    return own[0] if case.is_outbound and len(own) == 1 else None
