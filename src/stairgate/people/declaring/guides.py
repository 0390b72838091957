"""How to make an account of one's own as private as it goes: one short guide for each big network, as dated data (C56).

Pure. The words are in `guides.toml`, with a version and the day on which they were written.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from datetime import date
from importlib import resources

from stairgate.clauses import Coverage, control


@dataclass(frozen=True, slots=True)
class Guide:
    """One network: what to do, step by step, and what stays public whatever one does."""

    id: str
    name: str
    steps: tuple[str, ...]
    stays: str


@dataclass(frozen=True, slots=True)
class Guides:
    """All of them, of one version."""

    version: str
    written_on: date
    everywhere: tuple[str, ...]
    networks: tuple[Guide, ...]


@control(
    "C56",
    "There is a dated guide for each big network to making an account as private as it goes; no account is looked at",
    coverage=Coverage.WHOLE,
)
@functools.cache
def guides() -> Guides:
    """Return the guides we ship. Raises KeyError when one of them is not whole."""
    text = resources.files(__package__).joinpath("guides.toml").read_text("utf-8")
    data = tomllib.loads(text)
    return Guides(
        version=data["version"],
        written_on=data["written_on"],
        everywhere=tuple(data["everywhere"]),
        networks=tuple(
            Guide(one["id"], one["name"], tuple(one["steps"]), one["stays"]) for one in data["network"]
        ),
    )
