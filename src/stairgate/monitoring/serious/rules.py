"""The steps for what looks illegal, and what each of them needs. Pure.

The order is that of the guidance: stop, note in words, danger, tell the lead, report the address, hide after, support; the
page asks about danger first, because that cannot wait. Most may be written down in any order: life does not wait for a
form. Two may not: it is hidden only after its address was reported, and it is finished only when nothing is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models

from stairgate.clauses import control

LONGEST_REFERENCE, LONGEST_WORDS = 60, 200
SHORTEST_WORDS = 3
_REFERENCE = re.compile(r"[A-Za-z0-9 /.:#_-]*\d[A-Za-z0-9 /.:#_-]*")


class Step(models.TextChoices):
    """One step, in the order in which the page asks for them."""

    STOPPED = "stopped", "Stopped"
    WORDS = "words", "Noted in words"
    DANGER = "danger", "Asked whether a child is in danger now"
    TOLD = "told", "Safeguarding lead told"
    REPORTED = "reported", "Reported by its address"
    HIDDEN = "hidden", "Hidden after the report"
    SUPPORT = "support", "Support for whoever saw it"
    CLOSED = "closed", "Finished"


class To(models.TextChoices):
    """Whom its address is reported to."""

    IWF = "iwf", "Internet Watch Foundation"
    POLICE = "police", "Police"
    CEOP = "ceop", "CEOP Safety Centre"
    PLATFORM = "platform", "The network itself"


class How(models.TextChoices):
    """What was the answer, or how something was done."""

    NO = "no", "Nobody is in danger now"
    RANG = "rang", "999 was rung"
    REPORTED = "reported", "Reported"
    NOT = "not", "Not reported"
    ASKED = "asked", "Hidden through Stairgate"
    BY_HAND = "by_hand", "Hidden on the page by hand"
    POLICE = "police", "Left as it is: the police asked for that"
    GONE = "gone", "It was gone already"


DANGER = frozenset({How.NO, How.RANG})
HIDING = frozenset({How.ASKED, How.BY_HAND, How.POLICE, How.GONE})


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was written down."""

    step: str
    to: str = ""
    how: str = ""


def reported_to(done: Iterable[Done]) -> frozenset[str]:
    """Return to whom its address was reported. That one of them was not, at first, does not take a report back."""
    return frozenset(one.to for one in done if one.step == Step.REPORTED and one.how == How.REPORTED)


def answered(done: Iterable[Done]) -> frozenset[str]:
    """Return of whom it is written down that it was reported to them, or why not."""
    return frozenset(one.to for one in done if one.step == Step.REPORTED)


@control("C43", "What looks illegal is hidden only after its address was reported, and is not deleted")
def why_not_hide(done: Iterable[Done]) -> str:
    """Return why it cannot be hidden yet; "" when it can."""
    return "" if reported_to(done) else "Report its address first. It is hidden after that, not before."


_NEEDED = {
    Step.DANGER: "say whether a child is in danger now",
    Step.WORDS: "note in words where it is",
    Step.TOLD: "tell the safeguarding lead",
    Step.SUPPORT: "say who looks after whoever saw it",
}


@control(
    "C43", "It cannot be finished before every step is written down, each report with its reference number"
)
def missing(done: Iterable[Done]) -> tuple[str, ...]:
    """Return what has to be done before it can be finished, in order."""
    rows = list(done)
    there = {one.step for one in rows}
    open_reports = [To(to).label for to in To.values if to not in answered(rows)]
    found = [words for step, words in _NEEDED.items() if step not in there and step != Step.SUPPORT]
    found += [f"say whether it was reported: {', '.join(open_reports)}"] if open_reports else []
    if reported_to(rows) and Step.HIDDEN not in there:
        found.append("hide it, or say why it stays")
    if Step.SUPPORT not in there:
        found.append(_NEEDED[Step.SUPPORT])
    return tuple(found)


def current(done: Iterable[Done]) -> Step:
    """Return the step that comes next."""
    rows = list(done)
    there = {one.step for one in rows}
    for step in (Step.DANGER, Step.WORDS, Step.TOLD):
        if step not in there:
            return step
    if not answered(rows) >= frozenset(To.values):
        return Step.REPORTED
    if reported_to(rows) and Step.HIDDEN not in there:
        return Step.HIDDEN
    return Step.SUPPORT if Step.SUPPORT not in there else Step.CLOSED


def reference_problem(reference: str) -> str:
    """Return what is wrong with a reference number; "" when nothing is. A number never describes what somebody saw."""
    if len(reference) > LONGEST_REFERENCE or not _REFERENCE.fullmatch(reference):
        return f"Write the reference number they gave you: letters and digits, {LONGEST_REFERENCE} at most."
    return ""


def words_problem(words: str) -> str:
    """Return what is wrong with a few words; "" when nothing is."""
    if SHORTEST_WORDS <= len(words) <= LONGEST_WORDS:
        return ""
    return f"Write it in a few words, {LONGEST_WORDS} letters at most. Don’t describe what is to be seen."


def report_problem(to: str, reference: str, because: str) -> str:
    """Return what is wrong with an answer about a report: a reference number, or why it was not reported."""
    if to not in To.values:
        return "Say whom it was reported to."
    if bool(reference) == bool(because):
        return "Write the reference number, or why it was not reported: one of the two."
    return reference_problem(reference) if reference else words_problem(because)


def hide_problem(how: str, reference: str) -> str:
    """Return what is wrong with how it was hidden; "" when nothing is."""
    if how not in HIDING:
        return "Say how it was hidden, or why it stays."
    if how == How.POLICE:
        return reference_problem(reference)
    return ""
