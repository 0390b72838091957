"""Putting a setting's own facts and numbers into the words of a pack, and saying which are still to be given. Pure.

In a text, ``{{ approvers }}`` is a parameter and ``{{ setting.name }}`` a fact.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from stairgate.policies.packs.form import Contact, Named, Pack, Placeholder
from stairgate.policies.parameters import Parameters

BLANK = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")
#: what means something to Markdown anywhere in a line
_MARKS = re.compile(r"([\\`*_\[\]<>&])")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a setting has said of itself, by placeholder. ``confirmed``: suggestions that somebody chose to keep."""

    values: Mapping[str, str] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()


class Open(enum.StrEnum):
    """Why a placeholder is unresolved."""

    EMPTY = "empty"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Something a person must still say before the policy can be adopted (C01)."""

    key: str
    label: str
    help: str
    why: Open


def unresolved(pack: Pack, facts: Facts) -> tuple[Unresolved, ...]:
    """Return what is still empty, or still as the template has it and confirmed by nobody, in the pack's order."""
    blanks = (_placeholder(one, facts) for one in pack.placeholders)
    contacts = (_contact(one, facts) for one in pack.directory)
    return tuple(found for found in (*blanks, *contacts) if found)


def _placeholder(one: Placeholder, facts: Facts) -> Unresolved | None:
    given = _plain(facts.values.get(one.id, ""))
    if not given and not one.suggestion:
        return Unresolved(one.id, one.label, one.help, Open.EMPTY)
    if one.suggestion and given in ("", one.suggestion) and one.id not in facts.confirmed:
        return Unresolved(one.id, one.label, one.help, Open.TEMPLATE)
    return None


def _contact(one: Contact, facts: Facts) -> Unresolved | None:
    if one.optional or contact_of(one, facts):
        return None
    return Unresolved(one.key, one.name, one.use, Open.EMPTY)


def contact_of(one: Contact, facts: Facts) -> str:
    """Return how to reach a contact, as the pack or the setting says; empty when neither does."""
    return one.contact or _plain(facts.values.get(one.key, ""))


def fill(text: str, pack: Pack, facts: Facts, parameters: Parameters) -> str:
    """Return the text with everything known put in; what is not known shows as "[its label]".

    A fact is words and nothing else: no mark in it can make a link, a heading or HTML.
    """
    values = _values(pack, facts, parameters)
    return BLANK.sub(lambda match: values.get(match[1], match[0]), text)


def _values(pack: Pack, facts: Facts, parameters: Parameters) -> dict[str, str]:
    values = {named.id: shown(named, getattr(parameters, named.id)) for named in pack.parameters}
    for one in pack.placeholders:
        values[one.id] = _words(_plain(facts.values.get(one.id, "")) or one.suggestion or f"[{one.label}]")
    for contact in pack.directory:
        values[contact.key] = _words(contact_of(contact, facts) or "[not filled in yet]")
    return values


def shown(named: Named, value: object) -> str:
    """Return a parameter's value as the text says it: "7 days", "21:00", one of two sentences, or a list."""
    if isinstance(value, bool):
        return named.yes if value else named.no
    if isinstance(value, int):
        pattern = named.one if value == 1 and named.one else named.many
        return pattern.replace("##", f"{value:02}").replace("#", str(value))
    if isinstance(value, tuple):
        return "\n".join(f"- {_words(one)}" for one in value)
    return _words(str(value))


def _plain(given: str) -> str:
    return " ".join(given.split())


def _words(given: str) -> str:
    """Return what somebody typed on one line, with every mark of Markdown made harmless."""
    marked = _MARKS.sub(r"\\\1", _plain(given))
    if marked[:1] in ("#", "+", "-", "=", "~"):
        return f"\\{marked}"
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", marked)
