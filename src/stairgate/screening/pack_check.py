"""Everything that is wrong with a rule pack, each mistake with its file and table. `load_pack` stops at the first."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any

import rtoml

from stairgate.screening.engine import Screener
from stairgate.screening.kinds import Context, Direction
from stairgate.screening.lexicon import Lexicon
from stairgate.screening.pack import default_pack, load_pack
from stairgate.screening.phrases import Items, PackError, parse
from stairgate.screening.rules import GIVEN_BY_CODE, Rule, read_rule

TABLES: Mapping[str, type] = {
    "aliases": dict,
    "lists": dict,
    "cues": dict,
    "common": dict,
    "word": list,
    "rule": list,
}
HEAD: Mapping[str, type] = {"version": str, "language": str, "needs_native_reader": bool, "everyday": list}
_SHAPES = {dict: "a table", list: "a list", str: "text in quotation marks", bool: "true or false"}
#: short texts that wake every part of the engine that is code and asks the pack for a list or a rule
_PROBES = (
    "Ring Tom on 07700 900142 or tom at gmail dot com, 12 Willow Lane, FE1 2ZZ, @tom",
    "I love it. Love, Tom x",
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One mistake: where it is, and what to put right."""

    file: str
    table: str
    what: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.file, self.table, self.what)))


@dataclass(slots=True)
class _Read:
    """What the files of a pack hold together, each piece with the file it came from."""

    troubles: list[Trouble] = field(default_factory=list)
    tables: dict[str, dict[str, tuple[str, Any]]] = field(default_factory=dict)
    words: list[tuple[str, Any]] = field(default_factory=list)
    rules: list[tuple[str, Any]] = field(default_factory=list)
    version: str = ""

    def of(self, table: str) -> dict[str, tuple[str, Any]]:
        return self.tables.get(table, {})

    def lists(self) -> dict[str, frozenset[str]]:
        return {
            name: frozenset(content) for name, (_, content) in self.of("lists").items() if _is_words(content)
        }


def troubles_of(folder: Traversable) -> list[Trouble]:
    """Return every mistake in the pack in ``folder``; none when it is whole."""
    read = _Read()
    for place, file in sorted(_files(folder, "")):
        _read_file(read, place, file)
    if not (read.tables or read.rules or read.words or read.troubles):
        return [Trouble("", "", "there is no file here that ends with .toml and holds rules")]
    if not read.version and not read.troubles:
        read.troubles.append(Trouble("", "version", "no file gives the version of the pack"))
    for check in (_check_tables, _check_cues, _check_words, _check_rules):
        check(read)
    return read.troubles or _check_whole(folder)


def _files(folder: Traversable, place: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, f"{place}{entry.name}/")
        elif entry.name.endswith(".toml"):
            yield f"{place}{entry.name}", entry


def _read_file(read: _Read, place: str, file: Traversable) -> None:
    try:
        data = rtoml.loads(file.read_text(encoding="utf-8"))
    except (rtoml.TomlParsingError, UnicodeDecodeError, OSError) as error:
        read.troubles.append(Trouble(place, "", f"this file cannot be read: {error}"))
        return
    for name, content in data.items():
        wanted = TABLES.get(name) or HEAD.get(name)
        if wanted is None:
            known = ", ".join([*HEAD, *TABLES])
            read.troubles.append(Trouble(place, name, f"there is no such table. There are: {known}"))
        elif not _fits(content, wanted):
            read.troubles.append(Trouble(place, name, f"this must be {_SHAPES[wanted]}"))
        elif name == "version":
            read.version = content
        elif name in ("word", "rule"):
            (read.words if name == "word" else read.rules).extend((place, entry) for entry in content)
        elif name in TABLES:
            _take(read, place, name, content)


def _take(read: _Read, place: str, table: str, content: Mapping[str, Any]) -> None:
    there = read.tables.setdefault(table, {})
    for key, value in content.items():
        if key in there and there[key][1] != value:
            what = f"this is in {there[key][0]} already, and says something else there"
            read.troubles.append(Trouble(place, f"{table}.{key}", what))
        else:
            there[key] = (place, value)


def _fits(content: object, wanted: type) -> bool:
    return isinstance(content, wanted)


def _is_words(content: object) -> bool:
    return isinstance(content, list) and all(isinstance(one, str) for one in content)


def _check_tables(read: _Read) -> None:
    shapes: tuple[tuple[str, Callable[[object], bool], str], ...] = (
        ("lists", _is_words, "this must be a list of words in quotation marks"),
        ("cues", _is_words, "this must be a list of phrases in quotation marks"),
        ("aliases", lambda one: isinstance(one, str), "this must be one word in quotation marks"),
        ("common", lambda one: isinstance(one, int), "this must be a whole number"),
    )
    for table, fits, what in shapes:
        for key, (place, content) in read.of(table).items():
            if not fits(content):
                read.troubles.append(Trouble(place, f"{table}.{key}", what))


def _check_cues(read: _Read) -> None:
    items = Items(read.lists())
    for name, (place, phrases) in read.of("cues").items():
        for phrase in phrases if _is_words(phrases) else ():
            try:
                parse(phrase, items)
            except PackError as error:
                read.troubles.append(Trouble(place, f"cues.{name}", str(error)))


def _check_words(read: _Read) -> None:
    lists = read.lists()
    for place, entry in read.words:
        name = entry.get("stem", "?") if isinstance(entry, dict) else "?"
        try:
            Lexicon([entry], (), lists)
        except PackError as error:
            read.troubles.append(Trouble(place, f"word {name}", str(error)))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            read.troubles.append(Trouble(place, f"word {name}", f"this word is malformed: {error}"))


def _check_rules(read: _Read) -> None:
    known = GIVEN_BY_CODE.union(read.of("cues"))
    first: dict[str, str] = {}
    for place, entry in read.rules:
        name = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(name, str):
            read.troubles.append(Trouble(place, "rule", "there is a rule without an id"))
            continue
        table = f"rule {name}"
        if name in first:
            read.troubles.append(
                Trouble(place, table, f"there is a rule with this id in {first[name]} already")
            )
        first.setdefault(name, place)
        try:
            read.troubles += [Trouble(place, table, what) for what in _wrong_with(read_rule(entry), known)]
        except PackError as error:
            read.troubles.append(Trouble(place, table, str(error)))
    read.troubles += [Trouble("", f"rule {name}", what) for name, what in _not_there(first)]


def _wrong_with(rule: Rule, known: frozenset[str]) -> Iterator[str]:
    missing = sorted(set(itertools.chain(rule.cues, rule.thread)) - known)
    if missing:
        yield f"it asks for cues that do not exist: {', '.join(missing)}"


def _not_there(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the rules that code speaks and the pack does not word."""
    spoken = {rule.id for rule in default_pack().rules.values() if not rule.is_made_of_cues}
    for name in sorted(spoken.difference(names)):
        if not name.startswith("learned."):  # only spoken when there are learned weights
            yield name, "this rule is spoken by code, so every pack must word it"


def _check_whole(folder: Traversable) -> list[Trouble]:
    """Load it and let it read something: what the parts did not show is found here."""
    try:
        screener = Screener(load_pack(folder))
        if screener.pack.learned is not None:
            screener.pack.learned.read_all()
        for text, direction in itertools.product(_PROBES, Direction):
            screener.screen(text, direction=direction, context=Context(has_picture=True))
    except PackError as error:
        return [Trouble("", "", str(error))]
    except KeyError as error:
        return [Trouble("", "", f"the engine asks for {error}, a list or a rule that is not there")]
    except (ValueError, IndexError, StopIteration) as error:
        return [Trouble("learned.tsv", "", f"the learned weights cannot be read: {error}")]
    return []
