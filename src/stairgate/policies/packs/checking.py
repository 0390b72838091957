"""Judging a pack: everything that would make it untrue, unfair or unusable, each with where and what to do. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields

from stairgate.clauses.table import clauses
from stairgate.organisations.rules import Role
from stairgate.policies.packs.filling import BLANK, shown
from stairgate.policies.packs.form import (
    ENDS,
    GROUPS,
    SCOPES,
    UNITS,
    Named,
    Pack,
    Place,
    Section,
    Trouble,
    Words,
)
from stairgate.policies.parameters import Parameters, TooLoose, limit_of

#: the risks that every setting carries, whoever its page is meant for
FIXED_RISKS = ("C06", "C07", "C08", "C15")
KINDS = ("nursery", "school", "club")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NUMBERS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def check(pack: Pack) -> Iterator[Trouble]:
    """Yield every mistake in a pack that could be read. A pack without any can be adopted."""
    yield from _head(pack)
    yield from _ids(pack)
    yield from _clauses(pack)
    yield from _homes(pack)
    yield from _parameters(pack)
    yield from _blanks(pack)
    yield from _repeated_numbers(pack)
    yield from _risks(pack)
    yield from _questions(pack)
    yield from _lists(pack)
    yield from _retention(pack)


def _head(pack: Pack) -> Iterator[Trouble]:
    for kind in pack.kinds:
        if kind not in KINDS:
            yield Trouble(
                pack.place, "pack", f"“{kind}” is no kind of setting.", f"Choose from: {', '.join(KINDS)}."
            )


def _ids(pack: Pack) -> Iterator[Trouble]:
    """An id names one thing in the whole pack: a link to it must never lead elsewhere."""
    seen: dict[str, str] = {}
    for what, entry in pack.entries():
        if not _ID.fullmatch(entry.id):
            remedy = "Use small letters, numbers and hyphens, as in “who-looks-after”."
            yield Trouble(entry.place, what, "The id is malformed.", remedy)
        if entry.id in seen:
            wrong = f"The id is taken by the {seen[entry.id]}."
            yield Trouble(entry.place, what, wrong, "Give it an id of its own.")
        seen.setdefault(entry.id, what)
    for checklist in pack.checklists:
        for name, count in Counter(item.id for item in checklist.items).items():
            if count > 1:
                what = f"checklist “{checklist.id}”"
                yield Trouble(
                    checklist.place, what, f"Two items have the id “{name}”.", "Give each its own id."
                )


def _clauses(pack: Pack) -> Iterator[Trouble]:
    last = clauses()[-1].id
    known = {clause.id for clause in clauses()}
    remedy = f"Write a clause from C01 to {last}."
    speaking = [(entry.place, what, entry.clauses) for what, entry in pack.entries()]
    speaking += [(one.place, f"section “{one.id}”", one.also) for one in pack.sections]
    speaking += [(one.place, f"parameter “{one.id}”", (one.clause,)) for one in pack.parameters if one.clause]
    for place, what, named in speaking:
        for clause in named:
            if clause not in known:
                yield Trouble(place, what, f"“{clause}” is no clause.", remedy)


def _homes(pack: Pack) -> Iterator[Trouble]:
    homes: dict[str, str] = {}
    for what, entry in pack.homes():
        for clause in entry.clauses:
            if clause in homes:
                wrong = f"{clause} has its home in the {homes[clause]} already."
                yield Trouble(entry.place, what, wrong, "Name it after “Also:”, or take it out there.")
            homes.setdefault(clause, what)
        also = entry.also if isinstance(entry, Section) else ()
        if not (entry.clauses or also or entry.addition):
            remedy = "Name the clauses after “Serves:”, or mark it as an addition."
            yield Trouble(entry.place, what, "It serves no clause.", remedy)
    for missing in clauses():
        if missing.id not in homes:
            wrong = f"{missing.id} has no home: “{missing.title}”."
            remedy = "Name it after “Serves:” in the section, or in “clauses” of the line of the code, that keeps it."
            yield Trouble(Place("policy.md", 1), "policy", wrong, remedy)


def _parameters(pack: Pack) -> Iterator[Trouble]:
    known = {field.name: field.default for field in fields(Parameters)}
    for name in known.keys() - {named.id for named in pack.parameters}:
        remedy = "Add a [[parameter]] with this id, so that a setting can read and tighten it."
        yield Trouble(pack.place, "pack", f"The parameter “{name}” is not in it.", remedy)
    for named in pack.parameters:
        what = f"parameter “{named.id}”"
        if named.id not in known:
            wrong = "Stairgate has no parameter of this name."
            yield Trouble(
                named.place, what, wrong, "Correct its name: code must read it, or it is only a number."
            )
        else:
            yield from _parameter(named, what, known[named.id])


def _parameter(named: Named, what: str, default: object) -> Iterator[Trouble]:
    if isinstance(default, bool):
        if not (named.yes and named.no):
            yield Trouble(
                named.place,
                what,
                "It is a choice without words.",
                "Write “yes” and “no”: what the text says.",
            )
    elif isinstance(default, int):
        if limit_of(named.id) is None:
            wrong = "It has no floor, so a setting could loosen it."
            yield Trouble(named.place, what, wrong, "Give it limits in policies/parameters.py.")
        if "#" not in named.many:
            yield Trouble(
                named.place, what, "It has no unit.", "Write “many”, with # for the number: “# days”."
            )
    if named.value is not None:
        try:
            Parameters.from_json({named.id: named.value})
        except TooLoose as error:
            yield Trouble(
                named.place,
                what,
                f"Its value cannot be. {error}",
                "Keep to the limits: tighter, never looser.",
            )


def _blanks(pack: Pack) -> Iterator[Trouble]:
    used: set[str] = set()
    known = {named.id for named in pack.parameters} | {one.id for one in pack.placeholders}
    known |= {contact.key for contact in pack.directory}
    may_be_empty = {contact.key for contact in pack.directory if contact.optional and not contact.contact}
    for words in pack.words():
        for name in BLANK.findall(words.text):
            used.add(name)
            if name not in known:
                wrong = f"Nothing is called “{name}”, so {{{{ {name} }}}} cannot be filled in."
                yield Trouble(words.place, words.what, wrong, "Correct it, or add it to pack.toml.")
            if name in may_be_empty:
                wrong = f"{{{{ {name} }}}} may stay empty: that contact is optional."
                yield Trouble(
                    words.place, words.what, wrong, "Make it needed, or say it without the contact."
                )
        if words.heading and BLANK.search(words.text):
            wrong = "Its heading has a placeholder."
            yield Trouble(
                words.place, words.what, wrong, "Put it into the text: a heading is shown as it stands."
            )
        if re.search(r"\{\{|\}\}", BLANK.sub("", words.text)):
            yield Trouble(
                words.place, words.what, "It has half a placeholder.", "Write it as in {{ setting.name }}."
            )
    used |= {one.every for one in pack.checklists} | {one.parameter for one in pack.retention}
    declared = [(one.id, one.place) for one in pack.placeholders]
    declared += [(named.id, named.place) for named in pack.parameters]
    for name, place in declared:
        if name not in used:
            remedy = f"Put {{{{ {name} }}}} where the text means it, or take it out."
            yield Trouble(place, f"“{name}”", "No text speaks of it.", remedy)


def _repeated_numbers(pack: Pack) -> Iterator[Trouble]:
    """A number that stands in the words goes untrue as soon as a setting tightens it."""
    try:
        parameters = pack.shipped()
    except TooLoose:
        return  # said already
    for named in pack.parameters:
        numbers = _as_written(named, getattr(parameters, named.id, None))
        for words in pack.words():
            ours = numbers if named.clause in words.clauses else ()
            yield from _said(named, (*ours, *named.never_say), words)


def _as_written(named: Named, value: object) -> tuple[str, ...]:
    """Return how somebody would write the number: "7 days", and "seven days"."""
    if isinstance(value, bool) or not isinstance(value, int):
        return ()
    phrase = shown(named, value)
    return (phrase, phrase.replace(str(value), _NUMBERS[value])) if value < len(_NUMBERS) else (phrase,)


def _said(named: Named, phrases: tuple[str, ...], words: Words) -> Iterator[Trouble]:
    for phrase in phrases:
        if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", words.text, re.IGNORECASE):
            wrong = f"It says “{phrase}”, which is untrue once a setting is stricter."
            yield Trouble(words.place, words.what, wrong, f"Write {{{{ {named.id} }}}}.")


def _risks(pack: Pack) -> Iterator[Trouble]:
    for risk in pack.risks:
        if risk.owner not in Role.values:
            wrong = f"“{risk.owner}” is no role, so nobody answers for it."
            yield Trouble(risk.place, f"risk “{risk.id}”", wrong, f"Choose from: {', '.join(Role.values)}.")
    fixed: set[str] = {clause for risk in pack.risks if risk.fixed for clause in risk.clauses}
    for clause in FIXED_RISKS:
        if clause not in fixed:
            wrong = f"No risk that stays (“fixed”) serves {clause}."
            yield Trouble(
                Place("risks.toml", 1), "risk register", wrong, "Add it: no setting is without this risk."
            )


def _questions(pack: Pack) -> Iterator[Trouble]:
    for question in pack.questions:
        what = f"question “{question.id}”"
        right = sum(answer.right for answer in question.answers)
        if right != 1:
            wrong = f"It has {right} right answers." if right else "It has no right answer."
            yield Trouble(question.place, what, wrong, "Mark exactly one with right = true.")
        if len(question.answers) < 2:
            yield Trouble(
                question.place, what, "There is nothing to choose from.", "Offer two answers or more."
            )


def _lists(pack: Pack) -> Iterator[Trouble]:
    for one in pack.responsibilities:
        if one.group not in GROUPS:
            what, wrong = f"responsibility “{one.id}”", f"“{one.group}” is no group."
            yield Trouble(one.place, what, wrong, f"Choose from: {', '.join(GROUPS)}.")
    for group in GROUPS:
        if not pack.list_for(group):
            place = Place("responsibilities.toml", 1)
            yield Trouble(
                place, "responsibilities", f"Nothing is asked of {group}.", "Write their list (C02)."
            )
    for contact in pack.directory:
        what = f"contact “{contact.id}”"
        if contact.scope not in SCOPES:
            wrong = f"“{contact.scope}” is no scope."
            yield Trouble(contact.place, what, wrong, f"Choose from: {', '.join(SCOPES)}.")
        if contact.scope == "local" and contact.contact:
            wrong = "It is local, and a pack serves every place."
            yield Trouble(contact.place, what, wrong, "Take “contact” out: each setting fills it in.")
    numbers = {named.id for named in pack.parameters}
    for checklist in pack.checklists:
        what = f"checklist “{checklist.id}”"
        if not checklist.items:
            yield Trouble(
                checklist.place, what, "It has no items.", "Add [[checklist.item]], or take it out."
            )
        if checklist.every and checklist.every not in numbers:
            wrong = f"“{checklist.every}” is no parameter of this pack."
            yield Trouble(checklist.place, what, wrong, "Name one of its parameters, or leave “every” out.")


def _retention(pack: Pack) -> Iterator[Trouble]:
    numbers = {named.id for named in pack.parameters}
    for record in pack.retention:
        what = f"record “{record.id}”"
        ways = (record.keep is not None) + bool(record.parameter) + bool(record.until)
        if ways != 1:
            remedy = "Give it “keep” and “unit”, or “parameter”, or “until”."
            yield Trouble(record.place, what, "It must say in one way how long it is kept.", remedy)
        if not record.until and not record.starts:
            remedy = "Write “starts”, as in: after they were made."
            yield Trouble(record.place, what, "It does not say from when.", remedy)
        if record.keep is not None and record.keep < 1:
            yield Trouble(record.place, what, f"It is kept for {record.keep}.", "Write 1 or more.")
        if record.keep is not None and record.unit not in UNITS:
            wrong = f"“{record.unit}” is no unit." if record.unit else "Its number has no unit."
            yield Trouble(record.place, what, wrong, f"Choose from: {', '.join(UNITS)}.")
        if record.parameter and record.parameter not in numbers:
            wrong = f"“{record.parameter}” is no parameter of this pack."
            yield Trouble(
                record.place, what, wrong, "Name one of its parameters, or write “keep” and “unit”."
            )
        if record.then not in ENDS:
            wrong = f"“{record.then}” is no end."
            yield Trouble(record.place, what, wrong, f"Choose from: {', '.join(ENDS)}.")
