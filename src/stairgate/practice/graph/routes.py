"""Which handler answers which call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from stairgate.practice.errors import gone
from stairgate.practice.graph.call import Answer, Call
from stairgate.practice.graph.who import token_of

Handler = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One handler, and whether its caller must show a token (or the call carries its own proof of who asks)."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    signed: bool


_ROUTES: list[Route] = []


def route(method: str, pattern: str, *, signed: bool = True) -> Callable[[Handler], Handler]:
    """Register a handler for a method and a path below the version."""

    def keep(handler: Handler) -> Handler:
        _ROUTES.append(Route(method, re.compile(pattern), handler, signed))
        return handler

    return keep


def answer(call: Call, path: str) -> Answer:
    """Return the answer to a call. Raises `GraphError` as Facebook would answer."""
    for one in _ROUTES:
        found = one.pattern.fullmatch(path)
        if found and one.method == call.method:
            if one.signed:
                call.token = token_of(call)
            return one.handler(call, *found.groups())
    raise gone(path)
