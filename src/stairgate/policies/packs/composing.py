"""Composing the whole policy of one setting from a pack, its facts and its numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from stairgate.organisations.rules import Role
from stairgate.policies.packs.document import Chapter, Document, Piece
from stairgate.policies.packs.filling import Facts, contact_of, fill, shown
from stairgate.policies.packs.form import ENDS, GROUPS, Checklist, Contact, Pack, Retention, Risk
from stairgate.policies.parameters import Parameters


def compose(pack: Pack, facts: Facts, parameters: Parameters, *, title: str) -> Document:
    """Return the whole policy of a setting: the sections, then the lists that belong to it."""
    lists = (
        *(_conduct(pack), _rules(pack), _responsibilities(pack), _risks(pack)),
        *(_directory(pack, facts), _checklists(pack, parameters), _retention(pack, parameters)),
    )
    chapters = (_filled(chapter, pack, facts, parameters) for chapter in (*_written(pack), *lists))
    return Document(title, tuple(chapters))


def _written(pack: Pack) -> Iterator[Chapter]:
    for chapter, sections in groupby(pack.sections, key=lambda section: section.chapter):
        pieces = (Piece(one.heading, one.text, (*one.clauses, *one.also), one.addition) for one in sections)
        yield Chapter(chapter, tuple(pieces))


def _filled(chapter: Chapter, pack: Pack, facts: Facts, parameters: Parameters) -> Chapter:
    pieces = (replace(one, markdown=fill(one.markdown, pack, facts, parameters)) for one in chapter.pieces)
    return Chapter(chapter.title, tuple(pieces))


def _served(entries: Iterable[object]) -> tuple[str, ...]:
    """Return the clauses that any of the entries serves, in order."""
    found = {clause for entry in entries for clause in getattr(entry, "clauses", ())}
    return tuple(sorted(found, key=lambda clause: int(clause[1:])))


def _numbered(texts: Iterable[str]) -> str:
    return "\n".join(f"{number}. {' '.join(text.split())}" for number, text in enumerate(texts, start=1))


def _bullets(texts: Iterable[str]) -> str:
    return "\n".join(f"- {' '.join(text.split())}" for text in texts)


def _conduct(pack: Pack) -> Chapter:
    lines = _numbered(_marked(line.text, line.addition) for line in pack.conduct)
    return Chapter("Code of conduct", (Piece("What I promise", lines, _served(pack.conduct)),))


def _rules(pack: Pack) -> Chapter:
    rules = _numbered(_marked(rule.text, rule.addition) for rule in pack.rules)
    return Chapter("Using the account", (Piece("Rules for whoever works on it", rules, _served(pack.rules)),))


def _marked(text: str, addition: bool) -> str:
    return f"{text.strip()} *(An addition.)*" if addition else text


def _responsibilities(pack: Pack) -> Chapter:
    pieces = []
    for group, title in GROUPS.items():
        ours = pack.list_for(group)
        text = _bullets(_marked(one.text, one.addition) for one in ours)
        pieces.append(Piece(title, text, _served(ours)))
    return Chapter("Who answers for what", tuple(pieces))


def _risks(pack: Pack) -> Chapter:
    pieces = (
        Piece(
            risk.title,
            _risk(risk),
            risk.clauses,
            risk.addition,
        )
        for risk in pack.risks
    )
    return Chapter("Risk register", tuple(pieces))


def _risk(risk: Risk) -> str:
    owner = Role(risk.owner).label.lower() if risk.owner in Role.values else "[nobody yet]"
    parts = [risk.text, f"**What we do:** {risk.control}", f"**Who answers for it:** {owner}"]
    if risk.left:
        parts.append(f"**What is left of it:** {risk.left}")
    return "\n\n".join(parts)


def _directory(pack: Pack, facts: Facts) -> Chapter:
    """Return the contacts. An optional one that nobody filled in is left out."""
    lists = {"Near us": "local", "Across the country": "national"}
    listed = [one for one in pack.directory if not one.optional or contact_of(one, facts)]
    pieces = []
    for title, scope in lists.items():
        ours = [one for one in listed if one.scope == scope]
        pieces.append(Piece(title, _bullets(map(_contact, ours)), _served(ours)))
    return Chapter("Where to find help", tuple(pieces))


def _contact(one: Contact) -> str:
    return f"**{one.name}** ({{{{ {one.key} }}}}): {one.use}"


def _checklists(pack: Pack, parameters: Parameters) -> Chapter:
    pieces = (
        Piece(one.title, _checklist(one, pack, parameters), one.clauses, one.addition)
        for one in pack.checklists
    )
    return Chapter("Checklists", tuple(pieces))


def _checklist(one: Checklist, pack: Pack, parameters: Parameters) -> str:
    often = f" Every {_value(one.every, pack, parameters)} at the latest." if one.every else ""
    items = (f"{item.text}{f' We expect: {item.expected}' if item.expected else ''}" for item in one.items)
    return f"{one.intro}{often} Version {one.version}.\n\n{_numbered(items)}"


def _retention(pack: Pack, parameters: Parameters) -> Chapter:
    pieces = (
        Piece(one.what, _kept(one, pack, parameters), one.clauses, one.addition) for one in pack.retention
    )
    return Chapter("How long we keep things", tuple(pieces))


def _kept(one: Retention, pack: Pack, parameters: Parameters) -> str:
    note = f" {one.note}" if one.note else ""
    return f"{one.until or _counted(one, pack, parameters)}, {ENDS[one.then]}.{note}"


def _counted(one: Retention, pack: Pack, parameters: Parameters) -> str:
    unit = one.unit.removesuffix("s") if one.keep == 1 else one.unit
    long = _value(one.parameter, pack, parameters) if one.parameter else f"{one.keep} {unit}"
    return f"{long} {one.starts}"


def _value(name: str, pack: Pack, parameters: Parameters) -> str:
    named = next(named for named in pack.parameters if named.id == name)
    return shown(named, getattr(parameters, name))
