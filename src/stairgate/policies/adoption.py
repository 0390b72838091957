"""When a draft may be adopted, and whether everybody has to sign it anew. Pure: everything known is an argument."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stairgate.clauses import Coverage, control
from stairgate.organisations.rules import Role
from stairgate.policies.differences import changes
from stairgate.policies.packs.checking import FIXED_RISKS, check
from stairgate.policies.packs.document import Document, hides
from stairgate.policies.packs.filling import BLANK, Facts, Open, unresolved
from stairgate.policies.packs.form import GROUPS, LEFT, Pack, Risk
from stairgate.policies.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that keeps a draft from being adopted. ``place`` is the part of the draft, or "people", to mend it at;
    ``item`` is what to open there."""

    says: str
    place: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the adoption gate: what must be so, and what is missing."""

    clause: str
    title: str
    missing: tuple[Missing, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """What is known of a draft at the moment somebody wants to adopt it."""

    pack: Pack  # with the setting's own words in it
    facts: Facts
    parameters: Parameters
    document: Document
    in_force: str | None  # the text of the version in force
    numbers_in_force: Parameters | None
    holders: Mapping[Role, Sequence[str]]  # who holds each role today


@control(
    "C01",
    "No version is adopted while a blank, or words of the template nobody confirmed, is left",
    coverage=Coverage.WHOLE,
)
@control("C02", "No version is adopted without a list for managers, for staff and for followers")
@control(
    "C05",
    "No version is adopted unless each risk has something done about it and somebody who answers for it",
)
@control("C09", "How much of each risk is left is said before adoption, and “high” keeps the version out")
@control(
    "C70",
    "What the setting asks besides must be answered before a version is adopted, also when it is nothing",
    coverage=Coverage.WHOLE,
)
def bars(draft: DraftFacts) -> tuple[Bar, ...]:
    """Return the bars of the adoption gate. It opens when all of them hold."""
    return (
        Bar("C01", "Every blank is filled in, and each suggestion kept or changed", tuple(_blanks(draft))),
        Bar("C01", "The words are whole, and say no number twice", tuple(_words(draft))),
        Bar("C02", "Managers, staff and followers know what they answer for", tuple(_lists(draft))),
        Bar(
            "C05",
            "Each risk has something done about it, and somebody who answers for it",
            tuple(_risks(draft)),
        ),
        Bar("C09", "We have said how much of each risk is left", tuple(_left(draft))),
        Bar("C21", "The people the policy names are there", tuple(_people(draft))),
        Bar("C105", "Something differs from the version in force", tuple(_same(draft))),
    )


_WHY = {
    Open.EMPTY: "is still empty.",
    Open.TEMPLATE: "is still as the template has it. Change it, or say that it fits.",
}


def _blanks(draft: DraftFacts) -> Iterator[Missing]:
    for one in unresolved(draft.pack, draft.facts):
        yield Missing(f"“{one.label}” {_WHY[one.why]}", "facts", one.key)


def _words(draft: DraftFacts) -> Iterator[Missing]:
    known = {entry.id: what for what, entry in draft.pack.entries()}
    for trouble in check(draft.pack):
        item = next((name for name, what in known.items() if what == trouble.what), "")
        place = "risks" if trouble.what.startswith("risk") else "words"
        yield Missing(f"{trouble.what.capitalize()}: {trouble.wrong} {trouble.remedy}", place, item)
    if BLANK.search(draft.document.text):
        yield Missing(
            "A blank is left in the text: something you filled in has curly brackets itself.", "facts"
        )
    if Document.of(draft.document.text) != draft.document:
        yield Missing("The text could be read in two ways. Look for lines that begin with “#”.", "words")
    for chapter in draft.document.chapters:
        for piece in chapter.pieces:
            if hides(piece.markdown):
                place = piece.heading or chapter.title
                yield Missing(
                    f"“{place}” has a link or a picture, whose words nobody would see. Write them out.",
                    "words",
                )


def _lists(draft: DraftFacts) -> Iterator[Missing]:
    for group, title in GROUPS.items():
        if not any(one.text.strip() for one in draft.pack.list_for(group)):
            yield Missing(f"Nothing is asked of {title.lower()}.", "lists", group)


def _risks(draft: DraftFacts) -> Iterator[Missing]:
    kept = {clause for risk in draft.pack.risks if risk.fixed for clause in risk.clauses}
    for clause in FIXED_RISKS:
        if clause not in kept:
            yield Missing(f"The risk that {clause} names is not in the register.", "risks")
    for risk in draft.pack.risks:
        if not risk.control.strip():
            yield Missing(f"“{risk.title}”: nothing is done about it.", "risks", risk.id)
        yield from _owner(risk, draft.holders)


def _owner(risk: Risk, holders: Mapping[Role, Sequence[str]]) -> Iterator[Missing]:
    if risk.owner not in Role.values:
        yield Missing(f"“{risk.title}”: nobody answers for it.", "risks", risk.id)
    elif not holders.get(Role(risk.owner)):
        label = Role(risk.owner).label.lower()
        says = f"“{risk.title}”: the {label} answers for it, and nobody is {label} today."
        yield Missing(says, "risks", risk.id)


def _left(draft: DraftFacts) -> Iterator[Missing]:
    for risk in draft.pack.risks:
        if risk.left not in LEFT:
            yield Missing(f"“{risk.title}”: say how much of it is left.", "risks", risk.id)
        elif risk.left == "high":
            yield Missing(
                f"“{risk.title}”: too much of it is left. Do more about it first.", "risks", risk.id
            )


def _people(draft: DraftFacts) -> Iterator[Missing]:
    have, need = draft.holders.get(Role.PAGE_ADMINISTRATOR, ()), draft.parameters.page_administrators
    if len(have) < need:
        who = f" ({', '.join(have)})" if have else ""
        says = f"The policy needs {need} page administrators, and there {_count(len(have))}{who}."
        yield Missing(says, "people")
    if not draft.holders.get(Role.DSL):
        yield Missing("Nobody is the designated safeguarding lead.", "people")


def _count(number: int) -> str:
    if not number:
        return "is none"
    return "is one" if number == 1 else f"are {number}"


def _same(draft: DraftFacts) -> Iterator[Missing]:
    if draft.in_force == draft.document.text and draft.numbers_in_force == draft.parameters:
        says = "Nothing differs. If the policy still fits as it is, write down a review instead."
        yield Missing(says, "review")


@control(
    "C13", "A change of what binds people makes a major version: it suspends their roles until they sign"
)
def why_major(
    *,
    in_force: str,
    numbers_in_force: Parameters,
    with_old_details: Document | None,
    numbers: Parameters,
) -> tuple[str, ...]:
    """Return why everybody has to sign the next version anew; empty means that it may be called a correction.

    ``with_old_details`` is the draft with the contacts, names and ratings of the version in force put back into it
    (None when it is not known what those were). What still differs then is more than a detail, unless no clause speaks
    in it. A number always is (decision 0011).
    """
    reasons = []
    if numbers != numbers_in_force:
        reasons.append("A number of the policy is another.")
    if with_old_details is None:
        return (
            *reasons,
            "The version in force was not written here, so we can’t tell details from promises.",
        )
    found = changes(Document.of(in_force), with_old_details)
    # of the risk register only the rating is a detail, and that was put back
    binding = [change for change in found if change.binding or change.chapter == "Risk register"]
    reasons += [f"“{change.heading}” says something else." for change in binding]
    if Document.of(in_force).title != with_old_details.title:
        reasons.append("It has another title.")
    return tuple(reasons)
