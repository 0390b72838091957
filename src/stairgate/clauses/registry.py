"""Where controls are registered. Pure: knows neither Django nor any other room."""

from __future__ import annotations

import enum
import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class Coverage(enum.StrEnum):
    """How much of the clause the claimed controls enforce together."""

    WHOLE = "whole"
    PART = "part"


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """One control: the clause it serves, what it does in plain words, and where it lives."""

    clause: str
    says: str
    where: str
    coverage: Coverage


_claims: set[Claim] = set()


def control(clause: str, says: str, *, coverage: Coverage = Coverage.PART) -> Callable[[T], T]:
    """Mark a function or class as a control for a clause. Returns it unchanged.

    ``coverage=Coverage.WHOLE`` claims that, with this control, the whole clause is enforced.
    Raises ValueError when the clause number is malformed.
    """
    if not re.fullmatch(r"C\d{2,3}", clause):
        raise ValueError(f"{clause!r} is not a clause number")

    def mark(thing: T) -> T:
        where = f"{getattr(thing, '__module__', '?')}.{getattr(thing, '__qualname__', '?')}"
        _claims.add(Claim(clause=clause, says=says, where=where, coverage=coverage))
        return thing

    return mark


def load_controls() -> list[Claim]:
    """Import every module of Stairgate that may hold a control and return the claims, by clause number.

    Django must be set up. The practice network and tests hold no controls.
    """
    import stairgate

    skip = ("stairgate.practice", "stairgate.config", "stairgate.cli")
    for module in pkgutil.walk_packages(stairgate.__path__, "stairgate."):
        if module.name.startswith(skip) or ".migrations" in module.name or module.name.endswith("__main__"):
            continue
        importlib.import_module(module.name)
    return sorted(_claims, key=lambda claim: (int(claim.clause[1:]), claim.where))
