"""Findings among rows of digits, and what a post may say instead of somebody's telephone number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stairgate.screening.case import Case
from stairgate.screening.contacts.digits import SPOKEN, Run, find_runs
from stairgate.screening.contacts.official import official_at
from stairgate.screening.contacts.own import is_own_number
from stairgate.screening.contacts.phones import Phone, phone_at
from stairgate.screening.contacts.scene import Scene
from stairgate.screening.kinds import Finding

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


def find_numbers(scene: Scene, figures: int) -> Iterator[Finding]:
    """Yield telephone numbers and the numbers of the state, a bank or a health service.

    ``figures`` is how many figures the text holds: most texts with a few need not be read further.
    """
    if not _may_hold_number(scene, figures):
        return
    runs = find_runs(scene, _FEWEST_DIGITS if _is_told(scene) else _FEWEST_UNTOLD)
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


def _may_hold_number(scene: Scene, figures: int) -> bool:
    if scene.has("digit_trigger"):
        return True
    if figures < _FEWEST_FIGURES:
        return False
    text = scene.text
    if _ROW.search(text) or not SPOKEN.keys().isdisjoint(scene.words):
        return True
    if figures >= _MANY_FIGURES and _PIECE.search(text):
        return True
    return _is_told(scene) and _SHORT_ROW.search(text) is not None


def _is_told(scene: Scene) -> bool:
    """Is there a word beside which a short row of digits is a number of somebody's?"""
    return any(map(scene.has, ("contact_verb", "sort_word", "number_mark"))) or "s/c" in scene.text


def _phone(scene: Scene, run: Run, place: int, phone: Phone) -> Iterator[Finding]:
    case, first = scene.case, run.groups[place].first
    is_mobile = phone.digits.startswith("07")
    if is_own_number(scene, phone.digits) or (not is_mobile and _is_an_office(scene, first)):
        return
    lead = _lead(scene, first)
    start, end = run.groups[place].start, run.groups[phone.after - 1].end
    start = _with_prefix(scene, start) if lead is None else scene.spans[lead][0]
    rule = "contact.mobile" if is_mobile else "contact.phone"
    yield case.finding(rule, start, end, suggestion=_office(case, start, has_lead=lead is not None))


def _is_an_office(scene: Scene, first: int) -> bool:
    """Where a setting has told us no contacts of its own: is it "ring the office on", not a person's number?"""
    facts = scene.case.facts
    if facts.allowed_contacts or facts.office_phone or scene.before("person_word", first, 6):
        return False
    return scene.before("office_word", first, 6) or scene.is_ours(first, 5)


def _with_prefix(scene: Scene, start: int) -> int:
    """Take in a "+" or "(" written right before the number."""
    while start and scene.text[start - 1] in "+(":
        start -= 1
    return start


def _lead(scene: Scene, first: int) -> int | None:
    """Return the word that asks people to use the number ("text Tom on ..."), if it is close before."""
    sentences, verbs = scene.case.reading.sentence_of, scene.lists["contact_verb"]
    for index in range(first - 1, max(first - 1 - _FURTHEST_LEAD, -1), -1):
        if sentences[index] != sentences[first]:
            return None
        if scene.words[index] in verbs:
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
