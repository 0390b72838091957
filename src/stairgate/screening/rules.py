"""One rule of a pack: what it says when it speaks and, for a rule made of cues, the evidence it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stairgate.screening.kinds import Author, Category, Direction, Severity
from stairgate.screening.lazy import lazy
from stairgate.screening.phrases import PackError

QUOTED = "quoted"  # the evidence stands between quotation marks
GIVEN_BY_CODE = frozenset({"child_name", "group_name", "slur", "rude", QUOTED})
SCOPES = ("sentence", "pair", "text")
_OR = "|"
_DAY = 24  # hours
_FIELDS = {
    "id", "version", "category", "severity", "clause", "title", "reason", "suggestion", "directions",
    "all", "any", "unless", "unless_before", "score", "at_least", "thread", "scope", "within", "order", "span",
    "known", "reply", "picture", "authors", "hours",
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One rule. A rule with neither ``all`` nor ``score`` is spoken by code under its id.

    ``all`` are groups of cues, one of each group is needed; of ``any`` one at least; ``unless`` forbids;
    ``unless_before`` forbids when it ends at most four words before the evidence. ``score`` gives points
    for cues, ``at_least`` how many are needed. ``thread`` are cues of which the talk before must hold one.
    ``scope`` is where the evidence must meet: in a sentence, in a sentence or the next, anywhere in the
    text; ``within`` is the most words it may span, ``order`` that it comes as ``all`` lists it. ``span`` is
    what is pointed at: the whole "sentence" or only the "words". ``known`` is the severity when the
    setting knows the writer and ``reply`` when the setting answers someone. ``picture``, ``authors`` and
    ``hours`` are conditions on what surrounds the text.
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
    all: tuple[tuple[str, ...], ...]
    any: tuple[str, ...]
    unless: tuple[str, ...]
    unless_before: tuple[str, ...]
    score: tuple[tuple[str, int], ...]
    at_least: int
    thread: tuple[str, ...]
    scope: str
    within: int
    order: bool
    span: str
    known: Severity
    reply: Severity
    picture: bool | None
    authors: frozenset[Author]
    hours: frozenset[int]

    @property
    def is_made_of_cues(self) -> bool:
        """Is it weighed by the engine, and not spoken by code?"""
        return bool(self.all or self.score)

    @lazy
    def cues(self) -> frozenset[str]:
        """Every cue of the text that the rule asks about."""
        return frozenset(self._cues())

    def _cues(self) -> Iterator[str]:
        for group in self.all:
            yield from group
        yield from (*self.any, *self.unless, *self.unless_before, *dict(self.score))


def read_rule(entry: Mapping[str, Any]) -> Rule:
    """Return the rule that ``entry`` of a pack describes. Raises PackError naming what is wrong."""
    name = entry.get("id")
    unknown = entry.keys() - _FIELDS
    if unknown:
        raise PackError(f"rule {name} has unknown fields: {', '.join(sorted(unknown))}")
    try:
        rule = _made(entry)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise PackError(f"rule {name} is malformed: {error}") from error
    if rule.scope not in SCOPES or rule.span not in ("sentence", "words"):
        raise PackError(f"rule {name} has a scope or span that does not exist")
    if bool(rule.score) != (rule.at_least > 0):
        raise PackError(f"rule {name} needs both score and at_least, or neither")
    if rule.score and sum(points for _cue, points in rule.score if points > 0) < rule.at_least:
        raise PackError(f"rule {name} can never reach its score")
    if rule.is_made_of_cues and not rule.directions:
        raise PackError(f"rule {name} has no directions, so it would never be asked")
    return rule


def _made(entry: Mapping[str, Any]) -> Rule:
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
        all=tuple(tuple(group.split(_OR)) for group in entry.get("all", ())),
        any=_flat(entry.get("any", ())),
        unless=_flat(entry.get("unless", ())),
        unless_before=_flat(entry.get("unless_before", ())),
        score=tuple((cue, int(points)) for cue, points in entry.get("score", {}).items()),
        at_least=int(entry.get("at_least", 0)),
        thread=_flat(entry.get("thread", ())),
        scope=entry.get("scope", "sentence"),
        within=int(entry.get("within", 0)),
        order=bool(entry.get("order", False)),
        span=entry.get("span", "sentence"),
        known=Severity[entry.get("known", severity.name).upper()],
        reply=Severity[entry.get("reply", severity.name).upper()],
        picture=entry.get("picture"),
        authors=frozenset(map(Author, entry.get("authors", ()))),
        hours=_hours(entry.get("hours")),
    )


def _hours(given: list[int] | None) -> frozenset[int]:
    """Return the hours of the day from the first up to, not including, the second, over midnight if need be."""
    if given is None:
        return frozenset()
    start, end = given
    if not (0 <= start < _DAY and 0 <= end < _DAY and start != end):
        raise ValueError("hours are two different numbers from 0 to 23")
    return frozenset((start + past) % _DAY for past in range((end - start) % _DAY))


def _flat(groups: list[str]) -> tuple[str, ...]:
    return tuple(cue for group in groups for cue in group.split(_OR))
