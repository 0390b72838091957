"""What a setting may write into its draft, and what keeps words out. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from stairgate.organisations.rules import Role
from stairgate.policies.packs.document import unwrapped
from stairgate.policies.packs.filling import BLANK
from stairgate.policies.packs.form import GROUPS, LEFT, Pack, Responsibility, Section
from stairgate.policies.packs.tailoring import OWN, OwnRisk, Tailoring, tailored

MOST_WORDS = 6_000
MOST_FACT = 400
MOST_LINES = 30
MOST_LINE = 400
MOST_TITLE = 120
MOST_RISKS = 40
_HEADING = re.compile(r"^\s*#", re.MULTILINE)


class CannotChange(Exception):
    """A change of the draft was refused; the message says why and what to do."""


class ChangedMeanwhile(CannotChange):
    """Somebody else has changed the same thing since the page was made. Nothing was kept."""


def worded(pack: Pack) -> dict[str, Section | Responsibility]:
    """Return everything in a pack that a setting may say in words of its own, by id."""
    parts: tuple[Section | Responsibility, ...] = (*pack.sections, *pack.responsibilities)
    return {one.id: one for one in parts}


def clean(text: str) -> str:
    """Return what somebody typed with plain line ends and no space around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def one_line(text: str) -> str:
    """Return what somebody typed on one line."""
    return " ".join(text.split())


def check_words(text: str, pack: Pack, *, instead_of: str = "") -> None:
    """Raise `CannotChange` unless the words can stand in the policy. ``instead_of``: the words of the pack, whose
    numbers they must keep: a number that is written out goes untrue as soon as it is tightened.
    """
    if not text:
        raise CannotChange(
            "Nothing is written here. The policy needs these words: change them, but leave some."
        )
    if len(text) > MOST_WORDS:
        raise CannotChange(f"That is {len(text):,} letters. There is room for {MOST_WORDS:,}.")
    if _HEADING.search(text):
        raise CannotChange("A line begins with “#”, which would make a heading of it. Begin it with a word.")
    numbers = {named.id for named in pack.parameters}
    known = numbers | {one.id for one in pack.placeholders} | {one.key for one in pack.directory}
    for name in BLANK.findall(text):
        if name not in known:
            raise CannotChange(f"Nothing is called “{name}”, so {{{{ {name} }}}} cannot be filled in.")
    if re.search(r"\{\{|\}\}", BLANK.sub("", text)):
        raise CannotChange(
            "There is half a blank. Write two curly brackets on each side, as in the template."
        )
    gone = [name for name in BLANK.findall(instead_of) if name in numbers - set(BLANK.findall(text))]
    if gone:
        raise CannotChange(
            f"Keep {{{{ {gone[0]} }}}} in the words: the number is set under “Numbers”, and goes in there by itself."
        )


def reworded(ours: Tailoring, pack: Pack, item: str, text: str) -> Tailoring:
    """Return the tailoring with one part in other words. Raises `CannotChange`."""
    part = worded(pack).get(item)
    if part is None:
        raise CannotChange("That part is not in the policy any more.")
    text = clean(text)
    check_words(text, pack, instead_of=part.text)
    others = {name: words for name, words in ours.texts.items() if name != item}
    same = unwrapped(text) == unwrapped(part.text)
    return replace(ours, texts=others if same else {**others, item: text})


def with_lines(ours: Tailoring, pack: Pack, group: str, text: str) -> Tailoring:
    """Return the tailoring with what it asks of a group besides, one on each line. Raises `CannotChange`."""
    if group not in GROUPS:
        raise CannotChange("There is no such group.")
    lines = tuple(line for line in map(one_line, clean(text).split("\n")) if line)
    if len(lines) > MOST_LINES or any(len(line) > MOST_LINE for line in lines):
        raise CannotChange(f"There is room for {MOST_LINES} lines of {MOST_LINE} letters.")
    for line in lines:
        check_words(line, pack)
    return replace(ours, lines={**ours.lines, group: lines})


def with_answers(ours: Tailoring, pack: Pack, values: dict[str, str], fits: set[str]) -> Tailoring:
    """Return the tailoring with what only the setting can say. ``fits``: suggestions that somebody chose to keep.

    Raises `CannotChange`.
    """
    asked = {one.id for one in pack.placeholders} | {one.key for one in pack.directory if not one.contact}
    facts = {key: one_line(value) for key, value in values.items() if key in asked}
    if any(len(value) > MOST_FACT for value in facts.values()):
        raise CannotChange(f"There is room for {MOST_FACT} letters in each.")
    suggested = {one.id for one in pack.placeholders if one.suggestion}
    kept = {key: value for key, value in {**ours.facts, **facts}.items() if value}
    return replace(ours, facts=kept, confirmed=frozenset(fits & suggested))


def with_risk(ours: Tailoring, pack: Pack, item: str, risk: OwnRisk) -> Tailoring:
    """Return the tailoring with one risk as it is now; an ``item`` of "" adds a new one. Raises `CannotChange`."""
    known = {one.id: one for one in tailored(pack, ours).risks}
    risk = replace(risk, title=one_line(risk.title), text=clean(risk.text), control=clean(risk.control))
    if item and item not in known:
        raise CannotChange("That risk is not in the register any more.")
    if not item and len(known) >= MOST_RISKS:
        raise CannotChange(f"There is room for {MOST_RISKS} risks. Put some of them together.")
    if risk.owner not in Role.values:
        raise CannotChange("Choose who answers for it.")
    if risk.left not in LEFT:
        raise CannotChange("Say how much of it is left.")
    for words in (risk.text, risk.control):
        check_words(words, pack)
    if not item or item.startswith(OWN):
        _check_title(risk.title, [one.title for one in known.values() if one.id != item])
    return replace(ours, risks={**ours.risks, item or _next(ours): risk})


def _check_title(title: str, others: list[str]) -> None:
    if not title or len(title) > MOST_TITLE or BLANK.search(title):
        raise CannotChange(f"Give it a name of up to {MOST_TITLE} letters, without a blank in it.")
    if title.casefold() in (other.casefold() for other in others):
        raise CannotChange("Another risk has this name already.")


def _next(ours: Tailoring) -> str:
    """Return an id that no risk of our own has or had in this draft."""
    taken = [int(name.removeprefix(OWN)) for name in ours.risks if name.startswith(OWN)]
    return f"{OWN}{max(taken, default=0) + 1}"


def without_risk(ours: Tailoring, pack: Pack, item: str) -> Tailoring:
    """Return the tailoring without a risk. Raises `CannotChange` for one that no setting is without (C06–C08, C15)."""
    risk = next((one for one in tailored(pack, ours).risks if one.id == item), None)
    if risk is None:
        raise CannotChange("That risk is not in the register any more.")
    if risk.fixed:
        raise CannotChange(f"“{risk.title}” stays: no setting is without this risk. You can rate it.")
    left = {name: own for name, own in ours.risks.items() if name != item}
    gone = ours.without if item.startswith(OWN) else ours.without | {item}
    return replace(ours, risks=left, without=gone)


def with_risk_again(ours: Tailoring, item: str) -> Tailoring:
    """Return the tailoring with a risk of the pack back in it."""
    return replace(ours, without=ours.without - {item})
