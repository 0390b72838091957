"""Reading a pack from its folder. Every mistake is found in one go, each with its file and line.

A pack may stand on another (``based_on``): an entry with the same id takes the other's place, a new one is added, and
what ``leaves_out`` names is gone. So a sentence that is true of both is written once.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import MISSING, fields, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from stairgate.policies.packs import form
from stairgate.policies.packs.checking import check
from stairgate.policies.packs.form import Answer, Item, Pack, PackError, Place, Section, Trouble
from stairgate.policies.packs.sections import read_sections

T = TypeVar("T")

_HEAD = "pack.toml"
_TEXT = "policy.md"
#: file, table in it, where it goes in a pack, what one entry is
_LISTS = (
    (_HEAD, "placeholder", "placeholders", form.Placeholder),
    (_HEAD, "parameter", "parameters", form.Named),
    ("conduct.toml", "line", "conduct", form.Line),
    ("use.toml", "rule", "rules", form.Rule),
    ("responsibilities.toml", "responsibility", "responsibilities", form.Responsibility),
    ("risks.toml", "risk", "risks", form.Risk),
    ("questions.toml", "question", "questions", form.Question),
    ("directory.toml", "contact", "directory", form.Contact),
    ("checklists.toml", "checklist", "checklists", form.Checklist),
    ("retention.toml", "record", "retention", form.Retention),
)
_OURS = {_TEXT, *(file for file, *_ in _LISTS)}
_HEAD_FIELDS = ("id", "version", "title", "summary", "kinds", "based_on", "leaves_out")
_INNER: dict[str, tuple[str, type[Any]]] = {
    "tuple[Answer, ...]": ("answer", Answer),
    "tuple[Item, ...]": ("item", Item),
}
_KINDS: dict[str, tuple[type[Any] | tuple[type[Any], ...], str]] = {
    "str": (str, "text"),
    "bool": (bool, "true or false"),
    "int | None": (int, "a whole number"),
    "tuple[str, ...]": (list, "a list of texts"),
}


def shipped_packs() -> tuple[str, ...]:
    """Return the ids of the packs that come with Stairgate, in order."""
    return tuple(sorted(folder.name for folder in _shipped().iterdir() if folder.is_dir()))


@functools.cache
def pack(name: str) -> Pack:
    """Return a pack that comes with Stairgate. Raises KeyError for any other name."""
    return load_pack(folder_of(name))


def folder_of(name: str) -> Traversable:
    """Return the folder of a pack that comes with Stairgate. Raises KeyError for any other name."""
    if name not in shipped_packs():
        raise KeyError(name)
    return _shipped() / name


def load_pack(folder: Traversable) -> Pack:
    """Return the pack in a folder. Raises `PackError` with every mistake in it."""
    reading = _Reading(folder)
    found = reading.pack()
    troubles = reading.troubles or list(check(found) if found else ())
    if troubles or found is None:
        raise PackError(tuple(sorted(troubles)))
    return found


def _shipped() -> Traversable:
    return files("stairgate.policies.packs") / "data"


class _Reading:
    """One reading of one folder, and what was wrong on the way."""

    def __init__(self, folder: Traversable) -> None:
        self.folder = folder
        self.troubles: list[Trouble] = []

    def pack(self) -> Pack | None:
        """Return what could be read; None when a file cannot be. It is whole only when there are no troubles."""
        self._strangers()
        text = {name: self._text(name) for name in sorted(_OURS)}
        data = {name: self._toml(name, words) for name, words in text.items() if name != _TEXT}
        if self.troubles:
            return None
        head = self._head(data[_HEAD])
        base = self._base(head)
        parts: dict[str, Any] = {}
        for file, table, part, kind in _LISTS:
            own = [self._entry(kind, row, place, table) for place, row in self._rows(file, table, text, data)]
            parts[part] = self._over(_inherited(base, part), [one for one in own if one], table)
        for file, left in data.items():
            self._left_over(file, left)
        sections = read_sections(_TEXT, text[_TEXT], self.troubles)
        parts["sections"] = _in_chapters(self._over(_inherited(base, "sections"), sections, "section"))
        return self._without(Pack(**head, **parts))

    def _say(self, place: Place, what: str, wrong: str, remedy: str) -> None:
        self.troubles.append(Trouble(place, what, wrong, remedy))

    def _strangers(self) -> None:
        if not (self.folder / _HEAD).is_file():
            self._say(
                Place(_HEAD, 1),
                "pack",
                "The file is missing.",
                "Every pack has one: its id, title and numbers.",
            )
        for path in self.folder.iterdir():
            if path.name not in _OURS:
                remedy = f"Rename it or take it out. A pack has: {', '.join(sorted(_OURS))}."
                self._say(Place(path.name, 1), "file", "Nothing reads a file of this name.", remedy)

    def _text(self, name: str) -> str:
        path = self.folder / name
        try:
            return path.read_text("utf-8") if path.is_file() else ""
        except UnicodeDecodeError:
            self._say(Place(name, 1), "file", "It is not text in UTF-8.", "Save it again as UTF-8.")
            return ""

    def _toml(self, name: str, text: str) -> dict[str, Any]:
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            place = Place(name, int(line[1]) if line else text.count("\n") + 1)
            self._say(place, "file", f"It cannot be read as TOML ({error}).", "Put right what stands there.")
            return {}

    def _head(self, data: dict[str, Any]) -> dict[str, Any]:
        place, found = Place(_HEAD, 1), {}
        for field in fields(Pack):
            if field.name in _HEAD_FIELDS:
                given = data.pop(field.name, MISSING)
                found[field.name] = self._value(field, given, place, "pack")
        return found

    def _base(self, head: dict[str, Any]) -> Pack | None:
        name = head["based_on"]
        if not name:
            return None
        if name not in shipped_packs() or name == head["id"]:
            others = ", ".join(one for one in shipped_packs() if one != head["id"])
            wrong = f"It is based on “{name}”, which is no other pack that comes with Stairgate."
            self._say(Place(_HEAD, 1), "pack", wrong, f"Name one of these: {others}.")
            return None
        reading = _Reading(_shipped() / name)
        if "based_on" in tomllib.loads(reading._text(_HEAD)):
            wrong = f"It is based on “{name}”, which is itself based on another."
            self._say(Place(_HEAD, 1), "pack", wrong, "Base it on the pack at the bottom.")
            return None
        return pack(name)

    def _rows(
        self, file: str, table: str, text: dict[str, str], data: dict[str, dict[str, Any]]
    ) -> Iterable[tuple[Place, dict[str, Any]]]:
        """Yield the entries of one table with their places: the n-th header is the n-th entry."""
        lines = enumerate(text[file].splitlines(), start=1)
        starts = [number for number, line in lines if re.match(rf"\s*\[\[\s*{table}\s*\]\]", line)]
        rows = data[file].pop(table, [])
        if not isinstance(rows, list) or len(rows) != len(starts):
            self._say(
                Place(file, 1),
                "file",
                f"“{table}” is not a list of entries.",
                f"Start each with [[{table}]].",
            )
            return []
        return [(Place(file, start), row) for start, row in zip(starts, rows, strict=True)]

    def _left_over(self, file: str, left: dict[str, Any]) -> None:
        for name in left:
            known = ", ".join(f"[[{table}]]" for ours, table, *_ in _LISTS if ours == file)
            self._say(Place(file, 1), "file", f"Nothing reads “{name}”.", f"This file has: {known}.")

    def _entry(self, kind: type[T], row: dict[str, Any], place: Place, what: str) -> T | None:
        """Return one entry; None, and troubles, when it does not fit its form."""
        before = len(self.troubles)
        if isinstance(row.get("id"), str):
            what = f"{what} “{row['id']}”"
        values: dict[str, Any] = {}
        for field in fields(kind):  # type: ignore[arg-type]  # every kind in _LISTS is a dataclass
            if field.name == "place":
                values["place"] = place
            elif field.type in _INNER:
                values[field.name] = self._inner(str(field.type), row, place, what)
            else:
                values[field.name] = self._value(field, row.pop(field.name, MISSING), place, what)
        for name in row:
            self._say(place, what, f"There is no “{name}” here.", "Correct its spelling or take it out.")
        return kind(**values) if len(self.troubles) == before else None

    def _inner(self, kind: str, row: dict[str, Any], place: Place, what: str) -> tuple[Any, ...]:
        """Return the entries inside an entry: the answers of a question, the items of a checklist."""
        key, inner = _INNER[kind]
        given = row.pop(key, [])
        if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
            table = f"[[{what.split()[0]}.{key}]]"
            self._say(place, what, f"“{key}” is not a list of entries.", f"Start each with {table}.")
            return ()
        found = [self._entry(inner, one, place, f"{what}, {key}") for one in given]
        return tuple(one for one in found if one)

    def _value(self, field: Any, given: Any, place: Place, what: str) -> Any:
        kind, called = _KINDS[field.type]
        if given is MISSING:
            if field.default is MISSING:
                self._say(place, what, f"“{field.name}” is missing.", "Write it.")
                return () if kind is list else ""
            return field.default
        if not isinstance(given, kind) or (kind is int and isinstance(given, bool) and field.name != "value"):
            self._say(place, what, f"“{field.name}” is of the wrong kind.", f"It is {called}.")
            return () if kind is list else ""
        if kind is list:
            return self._texts(field.name, given, place, what)
        if isinstance(given, str) and not given.strip():
            self._say(place, what, f"“{field.name}” is empty.", "Write it, or take it out.")
        return given.strip() if isinstance(given, str) else given

    def _texts(self, name: str, given: Sequence[Any], place: Place, what: str) -> tuple[str, ...]:
        if not all(isinstance(one, str) and one.strip() for one in given):
            self._say(place, what, f"“{name}” is of the wrong kind.", "It is a list of texts.")
            return ()
        return tuple(given)

    def _over(self, base: Sequence[T], own: Sequence[T], what: str) -> tuple[T, ...]:
        """Return the base's entries with our own laid over them."""
        ours: dict[str, T] = {}
        for one in own:
            name = one.id  # type: ignore[attr-defined]  # every kind has one
            if name in ours:
                remedy = "Give each its own id."
                self._say(one.place, f"{what} “{name}”", "Another one has this id too.", remedy)  # type: ignore[attr-defined]
            ours[name] = one
        merged = [ours.pop(one.id, one) for one in base]  # type: ignore[attr-defined]
        return (*merged, *ours.values())

    def _without(self, found: Pack) -> Pack:
        """Return the pack without what it leaves out."""
        parts = {part: getattr(found, part) for *_, part, _ in _LISTS} | {"sections": found.sections}
        known = {one.id for entries in parts.values() for one in entries}
        for name in found.leaves_out:
            if name not in known:
                wrong = f"It leaves out “{name}”, which is not there."
                self._say(found.place, "pack", wrong, "Correct the id or take it out of “leaves_out”.")
        gone = set(found.leaves_out)
        kept: dict[str, Any] = {
            part: tuple(one for one in entries if one.id not in gone) for part, entries in parts.items()
        }
        return replace(found, **kept)


def _inherited(base: Pack | None, part: str) -> list[Any]:
    """Return the base's entries, each with its place in the base's own folder."""
    if base is None:
        return []
    entries = getattr(base, part)
    return [replace(one, place=Place(f"{base.id}/{one.place.file}", one.place.line)) for one in entries]


def _in_chapters(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Return the sections with each chapter together, chapters in the order in which they first come."""
    order = list(dict.fromkeys(section.chapter for section in sections))
    return tuple(sorted(sections, key=lambda section: order.index(section.chapter)))
