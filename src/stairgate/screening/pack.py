"""Rule packs: the wording, the words and the combinations of evidence, all of it data.

A pack is a folder of TOML files. Loading checks it: an unknown cue, list, category or field is an error,
because a misspelt rule would otherwise be a rule that never speaks.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from stairgate.screening.kinds import Category, Direction, Severity
from stairgate.screening.lexicon import Lexicon
from stairgate.screening.phrases import PackError, Phrasebook

_RULE_FIELDS = {
    "id", "version", "category", "severity", "clause", "title", "reason", "suggestion", "directions",
    "all", "any", "unless", "scope", "span", "known", "reply",
}  # fmt: skip
_FILES = ("pack.toml", "cues.toml", "wording.toml", "outbound.toml", "inbound.toml", "words.toml")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it says when it speaks and, for a rule made of cues, the evidence it needs.

    ``scope`` is where the evidence must meet: "sentence" or "text". ``span`` is what is pointed at: the
    whole "sentence" or only the "words". ``known`` is the severity when the setting knows the writer
    and ``reply`` when the setting answers someone. A rule with no ``all`` is spoken by code under its id.
    """

    id: str
    version: str
    category: Category
    severity: Severity
    clause: str
    title: str
    reason: str
    suggestion: str | None
    directions: frozenset[Direction]
    all: tuple[str, ...]
    any: tuple[str, ...]
    unless: tuple[str, ...]
    scope: str
    span: str
    known: Severity
    reply: Severity


@dataclass(frozen=True)
class Pack:
    """Everything the screening knows that is not about one setting."""

    version: str
    aliases: dict[str, str]
    lists: Mapping[str, frozenset[str]]
    phrasebook: Phrasebook
    lexicon: Lexicon
    rules: Mapping[str, Rule]

    @functools.cached_property
    def cue_rules(self) -> Mapping[Direction, tuple[Rule, ...]]:
        """The rules made of cues, for each direction."""
        return {
            direction: tuple(
                rule for rule in self.rules.values() if rule.all and direction in rule.directions
            )
            for direction in Direction
        }


@functools.cache
def default_pack() -> Pack:
    """Load the pack that comes with Stairgate, once. Raises PackError when the data is malformed."""
    return load_pack(files("stairgate.screening") / "data")


def load_pack(folder: Traversable) -> Pack:
    """Load and check the pack in ``folder``. Raises PackError when something does not fit together."""
    try:
        head, cues, *rule_files, words = [
            tomllib.loads((folder / name).read_text(encoding="utf-8")) for name in _FILES
        ]
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"the rule pack cannot be read: {error}") from error
    lists = {name: frozenset(entries) for name, entries in cues["lists"].items()}
    rules = _rules(rule_files)
    _check_cues(rules.values(), known=cues["cues"].keys())
    return Pack(
        version=head["version"],
        aliases=cues["aliases"],
        lists=lists,
        phrasebook=Phrasebook(cues["cues"], lists),
        lexicon=Lexicon(words["word"], words["everyday"]),
        rules=rules,
    )


def _rules(rule_files: Iterable[Mapping[str, Any]]) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for entry in (entry for data in rule_files for entry in data["rule"]):
        rule = _rule(entry)
        if rule.id in rules:
            raise PackError(f"there are two rules called {rule.id}")
        rules[rule.id] = rule
    return rules


def _rule(entry: Mapping[str, Any]) -> Rule:
    unknown = entry.keys() - _RULE_FIELDS
    if unknown:
        raise PackError(f"rule {entry.get('id')} has unknown fields: {', '.join(sorted(unknown))}")
    try:
        severity = Severity[entry["severity"].upper()]
        return Rule(
            id=entry["id"],
            version=entry["version"],
            category=Category(entry["category"]),
            severity=severity,
            clause=entry["clause"],
            title=entry["title"],
            reason=entry["reason"],
            suggestion=entry.get("suggestion"),
            directions=frozenset(map(Direction, entry.get("directions", ()))),
            all=tuple(entry.get("all", ())),
            any=tuple(entry.get("any", ())),
            unless=tuple(entry.get("unless", ())),
            scope=entry.get("scope", "sentence"),
            span=entry.get("span", "sentence"),
            known=Severity[entry.get("known", severity.name).upper()],
            reply=Severity[entry.get("reply", severity.name).upper()],
        )
    except (KeyError, ValueError) as error:
        raise PackError(f"rule {entry.get('id')} is malformed: {error}") from error


def _check_cues(rules: Iterable[Rule], *, known: Iterable[str]) -> None:
    names = set(known) | {"child_name"}
    for rule in rules:
        missing = {*rule.all, *rule.any, *rule.unless} - names
        if missing:
            raise PackError(f"rule {rule.id} asks for cues that do not exist: {', '.join(sorted(missing))}")
        if rule.scope not in ("sentence", "text") or rule.span not in ("sentence", "words"):
            raise PackError(f"rule {rule.id} has a scope or span that does not exist")
