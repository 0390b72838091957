"""What each setting of a page should be: the lines of a network, from data that moves as the networks do. Pure."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from stairgate.channels.opening.rules import Item
from stairgate.clauses import control
from stairgate.networks.base import SettingValue

#: for a network without lines of its own
OTHER = "other"
_SWITCH = {True: "On", False: "Off"}


class BadLines(ValueError):
    """The lines of a network are not as they have to be; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One setting: what we call it, where it is on the network, what it should be, and why.

    With a ``key`` the network is asked; ``words``: it holds our list of blocked words; ``confirmed``: it is a card of the
    going-live sheet, which is where it is confirmed. Everything else a person looks at.
    """

    id: str
    name: str
    wanted: str
    why: str
    clause: str
    where: str = ""
    key: str = ""
    value: SettingValue = None
    words: bool = False
    confirmed: Item | None = None

    def says(self, value: SettingValue) -> str:
        """Return a value of the network as people call it."""
        if isinstance(value, bool):
            return _SWITCH[value]
        return value or "Nothing"

    def stands_for(self, words: str) -> str:
        """Return what a look at it was about: one counts for as long as this is the same. ``words``: digest of our list."""
        told = [self.id, self.wanted, self.key, self.value, words if self.words else ""]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Screen:
    """Lines that are seen together on one screen of the network, and shown with one picture."""

    id: str
    title: str
    where: str
    lines: tuple[Line, ...]
    needs: str = ""  # which picture a person brings; "" where nobody has to look

    @property
    def asked(self) -> bool:
        """Whether the network is asked for its lines."""
        return all(line.key for line in self.lines)


@dataclass(frozen=True, slots=True)
class Baseline:
    """Every setting of one network, with the version of the list."""

    network: str
    version: str
    screens: tuple[Screen, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for screen in self.screens for line in screen.lines)

    def line(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.id == name), None)

    def screen(self, name: str) -> Screen | None:
        return next((screen for screen in self.screens if screen.id == name), None)


@control(
    "C30", "What each setting of each network should be is a list with a version, and each line says why"
)
@cache
def baseline_of(network: str) -> Baseline:
    """Return the lines of a network; those for any place where it has none of its own."""
    folder = files("stairgate.channels.baseline").joinpath("data")
    own = folder.joinpath(f"{network}.toml")
    source = own if own.is_file() else folder.joinpath(f"{OTHER}.toml")
    return read(network, tomllib.loads(source.read_text("utf-8")))


def read(network: str, given: Mapping[str, Any]) -> Baseline:
    """Return the lines as they were written. Raises `BadLines`."""
    try:
        screens = tuple(_screen(one) for one in given["screen"])
        found = Baseline(network, given["version"], screens)
    except (KeyError, TypeError, ValueError) as wrong:
        raise BadLines(f"{network}: {wrong}") from None
    for problem in _problems(found):
        raise BadLines(f"{network}: {problem}")
    return found


def _screen(given: Mapping[str, Any]) -> Screen:
    plain = {name: value for name, value in given.items() if name != "line"}
    return Screen(**plain, lines=tuple(_line(one) for one in given["line"]))


def _line(given: Mapping[str, Any]) -> Line:
    item = given.get("confirmed")
    return Line(**{**given, "confirmed": Item(item) if item else None})


def _problems(found: Baseline) -> Iterator[str]:
    ids = [line.id for line in found.lines]
    if len(set(ids)) < len(ids):
        yield "two lines have one id"
    for screen in found.screens:
        ways = {(bool(line.key), line.confirmed is not None) for line in screen.lines}
        if len(ways) != 1:
            yield f"the screen “{screen.id}” mixes lines that are read, looked at and confirmed"
        elif (ways == {(False, False)}) != bool(screen.needs):
            yield f"the screen “{screen.id}” says which picture it needs only where a person looks"
    for line in found.lines:
        if line.key and not line.words and line.value is None:
            yield f"“{line.id}” is read, and does not say which value it should have"
        if line.key and line.value is not None and line.says(line.value) != line.wanted:
            yield f"“{line.id}” is called “{line.wanted}” and asks for “{line.says(line.value)}”"
