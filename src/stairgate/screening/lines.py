"""Screening as lines of JSON: what ``stairgate screen`` reads and writes, for other programs to use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from stairgate.screening.engine import Screener
from stairgate.screening.kinds import Author, Context, Direction, Screening

_DIRECTIONS = {
    **{direction.value: direction for direction in Direction},
    **dict.fromkeys(("outbound", "post"), Direction.OUTBOUND_POST),
    **dict.fromkeys(("inbound", "comment"), Direction.INBOUND_COMMENT),
    **dict.fromkeys(("private", "message"), Direction.PRIVATE_MESSAGE),
}
_CONTEXT = {"has_picture": bool, "is_reply": bool, "author": Author, "hour": int, "thread": tuple}


class LineError(ValueError):
    """A line that is no request; the message says what is wrong with it."""


class LineReader:
    """Answers one line after another. ``plain`` lines are texts; others are JSON objects."""

    def __init__(
        self, screener: Screener, direction: Direction, *, has_picture: bool = False, plain: bool = False
    ) -> None:
        self.plain = plain
        self._screen = screener.screen
        self._direction = direction
        self._context = Context(has_picture=has_picture)

    def answer(self, line: bytes) -> bytes:
        """Return the answer to one line, without its end. Raises LineError."""
        if self.plain:
            text = line.decode("utf-8", "replace").rstrip("\r")
            return _dump(None, self._screen(text, direction=self._direction, context=self._context))
        request = _load(line)
        words = request.get("text")
        if not isinstance(words, str):
            raise LineError("there is no text")
        direction, context = self._direction, self._context
        if "direction" in request:
            direction = _direction(request["direction"])
        if "context" in request:
            context = _read_context(request["context"])
        return _dump(request.get("id"), self._screen(words, direction=direction, context=context))


def answer_lines(reader: LineReader, lines: Iterable[bytes]) -> tuple[bytes, int]:
    """Return the answers to these lines, each ending its line, and how many could not be understood.

    Empty lines are passed over. A line that is no request is answered with ``{"error": …}``.
    """
    answers: list[bytes] = []
    failed = 0
    for line in lines:
        if line and not line.isspace():
            try:
                answers.append(reader.answer(line))
            except LineError as error:
                failed += 1
                answers.append(
                    orjson.dumps({"error": str(error), "line": line[:80].decode("utf-8", "replace")})
                )
    answers.append(b"")
    return b"\n".join(answers), failed


def _load(line: bytes) -> dict[str, Any]:
    try:
        request = orjson.loads(line)
    except orjson.JSONDecodeError:
        request = _load_lenient(line)
    if not isinstance(request, dict):
        raise LineError("this is not a JSON object")
    return request


def _load_lenient(line: bytes) -> Any:
    """Read what is JSON all the same: half of a pair that stands for one character, or a mark at the start."""
    try:
        return json.loads(line.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise LineError("this is not JSON") from error


def _direction(value: object) -> Direction:
    direction = _DIRECTIONS.get(value) if isinstance(value, str) else None
    if direction is None:
        raise LineError(f"there is no direction {value!r}: say {', '.join(Direction)}")
    return direction


def _read_context(given: object) -> Context:
    if not isinstance(given, Mapping):
        raise LineError("the context is not an object")
    unknown = given.keys() - _CONTEXT.keys()
    if unknown:
        raise LineError(f"the context has unknown fields: {', '.join(sorted(unknown))}")
    try:
        return Context(**{name: _CONTEXT[name](value) for name, value in given.items() if value is not None})
    except (TypeError, ValueError) as error:
        raise LineError(f"the context cannot be read: {error}") from error


def _dump(name: object, screening: Screening) -> bytes:
    answer = {
        "id": name,
        "action": screening.action,
        "findings": [
            {
                "category": finding.category,
                "severity": finding.severity.word,
                "start": finding.start,
                "end": finding.end,
                "rule": finding.rule,
                "why": finding.reason,
            }
            for finding in screening.findings
        ],
    }
    try:
        return orjson.dumps(answer)
    except TypeError:  # the id holds half of a pair that stands for one character
        return json.dumps(answer).encode()
