"""Rule packs: the wording, the words and the combinations of evidence, all of it data.

A pack is a folder of TOML files, one folder inside it for each language. Loading checks it: an unknown cue,
list, category or field is an error, because a misspelt rule would otherwise be a rule that never speaks.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import rtoml

from stairgate.screening.cues import CueBooks
from stairgate.screening.folding import DATA
from stairgate.screening.kinds import Direction
from stairgate.screening.learned import Learned, load_learned
from stairgate.screening.lexicon import Lexicon
from stairgate.screening.phrases import PackError, Phrases
from stairgate.screening.reading import Reading
from stairgate.screening.rulebook import Rulebook
from stairgate.screening.rules import GIVEN_BY_CODE, Rule, read_rule

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_TABLES = {"aliases": dict, "lists": dict, "cues": dict, "common": dict, "word": list, "rule": list}
_HEAD = {"version", "language", "needs_native_reader", "everyday"}


@dataclass(frozen=True)
class Pack:
    """Everything the screening knows that is not about one setting."""

    version: str
    aliases: dict[str, str]
    lists: Mapping[str, frozenset[str]]
    phrases: Phrases
    lexicon: Lexicon
    rules: Mapping[str, Rule]
    learned: Learned | None = None

    @functools.cached_property
    def rulebook(self) -> Rulebook:
        """The rules made of cues, for each direction, by what must be there for them to speak."""
        among = {direction: self._made_of_cues(direction) for direction in Direction}
        return Rulebook(among, self.phrases)

    @functools.cached_property
    def books(self) -> Mapping[Direction, CueBooks]:
        """For each direction its phrases, those that its rules wait for in a book of their own."""
        return {
            direction: CueBooks(self.phrases, self.rulebook.waits_for(direction)) for direction in Direction
        }

    def read(self, text: str) -> Reading:
        """Return ``text`` as the rules of this pack see it."""
        return Reading(text, self.aliases, self.lists["given_name"])

    def _made_of_cues(self, direction: Direction) -> list[Rule]:
        return [rule for rule in self.rules.values() if rule.is_made_of_cues and direction in rule.directions]


@functools.cache
def default_pack() -> Pack:
    """Load the pack that comes with Stairgate, once. Raises PackError when the data is malformed."""
    return load_pack(DATA)


def load_pack(folder: Traversable, *, with_learned: bool = True) -> Pack:
    """Load and check the pack in ``folder``. Raises PackError when something does not fit together.

    ``with_learned`` is False for those who make the weights of the learned part.
    """
    tables: dict[str, Any] = {name: kind() for name, kind in _TABLES.items()}
    version, everyday = "", list[str]()
    for file in _toml_files(folder):
        data = _read(file)
        version = data.get("version", version)
        everyday += data.get("everyday", ())
        _merge(tables, data, file.name)
    lists = {name: frozenset(entries) for name, entries in tables["lists"].items()}
    rules = _rules(tables["rule"])
    _check_cues(rules.values(), known=tables["cues"].keys())
    return Pack(
        version=version,
        aliases=tables["aliases"],
        lists=lists,
        phrases=Phrases(tables["cues"], lists, tables["aliases"], tables["common"]),
        lexicon=Lexicon(tables["word"], everyday, lists),
        rules=rules,
        learned=load_learned(folder) if with_learned else None,
    )


def _toml_files(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _toml_files(entry)
        elif entry.name.endswith(".toml"):
            yield entry


def _read(file: Traversable) -> dict[str, Any]:
    try:
        return rtoml.loads(file.read_text(encoding="utf-8"))
    except rtoml.TomlParsingError as error:
        raise PackError(f"the rule pack cannot be read: {file.name}: {error}") from error


def _merge(tables: dict[str, Any], data: Mapping[str, Any], name: str) -> None:
    for table, content in data.items():
        if table in _HEAD:
            continue
        if table not in _TABLES or not isinstance(content, _TABLES[table]):
            raise PackError(f"{name} has a table that does not exist: {table}")
        if isinstance(content, list):
            tables[table].extend(content)
            continue
        twice = {key for key in content.keys() & tables[table].keys() if content[key] != tables[table][key]}
        if twice:
            raise PackError(f"{name}: {table} has {', '.join(sorted(twice))} a second time")
        tables[table].update(content)


def _rules(entries: Iterable[Mapping[str, Any]]) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for rule in map(read_rule, entries):
        if rule.id in rules:
            raise PackError(f"there are two rules called {rule.id}")
        rules[rule.id] = rule
    return rules


def _check_cues(rules: Iterable[Rule], *, known: Iterable[str]) -> None:
    names = GIVEN_BY_CODE.union(known)
    for rule in rules:
        missing = set(itertools.chain(rule.cues, rule.thread)) - names
        if missing:
            raise PackError(f"rule {rule.id} asks for cues that do not exist: {', '.join(sorted(missing))}")
