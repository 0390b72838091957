"""Which rules are worth weighing for a text: those of which the rarest evidence is there, and then the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from stairgate.screening.cues import Cues
from stairgate.screening.kinds import Direction
from stairgate.screening.rules import SCOPES, Rule

_UNSEEN = 1  # the weight of a cue that code gives
_WHOLE_TEXT = SCOPES[-1]


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule ready to be asked: the evidence it waits for, and the rest of what it needs, the rarest first."""

    rule: Rule
    key: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]


class Rulebook:
    """The rules of a pack by the cue that must be there for them to speak."""

    def __init__(self, rules: Mapping[Direction, Iterable[Rule]], weights: Mapping[str, int]) -> None:
        self._weights = weights
        self._by_key: dict[Direction, dict[str, list[Asked]]] = {}
        for direction, among in rules.items():
            by_key: dict[str, list[Asked]] = {}
            for asked in map(self._ask, among):
                for cue in asked.key:
                    by_key.setdefault(cue, []).append(asked)
            self._by_key[direction] = by_key

    def waits_for(self, direction: Direction) -> Iterable[str]:
        """Return the cues that rules of ``direction`` wait for."""
        return self._by_key[direction]

    def _ask(self, rule: Rule) -> Asked:
        groups = [*rule.all, *((rule.any,) if rule.any else ())]
        if not rule.all:
            groups.append(self._enough_of(rule))
        key, *needs = sorted(groups, key=self._weight)
        return Asked(rule, key, tuple(needs))

    def _enough_of(self, rule: Rule) -> tuple[str, ...]:
        """Return the rarest cues of a score without which the others cannot reach it."""
        left = [(cue, points) for cue, points in rule.score if points > 0]
        left.sort(key=lambda scored: -self._weight(scored[:1]))
        spare = rule.at_least - 1
        while left and left[0][1] <= spare:
            spare -= left.pop(0)[1]
        return tuple(cue for cue, _points in left)

    def _weight(self, cues: Iterable[str]) -> int:
        return sum(self._weights.get(cue, _UNSEEN) for cue in cues)

    def candidates(self, direction: Direction, cues: Cues) -> Iterator[Asked]:
        """Yield each rule for ``direction`` whose evidence is all somewhere in the text."""
        by_key, asked_before = self._by_key[direction], set[str]()
        for cue in cues.at_once:
            for asked in by_key.get(cue, ()):
                if asked.rule.id not in asked_before:
                    asked_before.add(asked.rule.id)
                    if _may_speak(asked, cues):
                        yield asked


def _may_speak(asked: Asked, cues: Cues) -> bool:
    for need in asked.needs:
        for cue in need:
            if cue in cues:
                break
        else:
            return False
    rule = asked.rule
    if rule.scope == _WHOLE_TEXT and any(cue in cues for cue in rule.unless):
        return False
    return (
        not rule.score
        or sum(points for cue, points in rule.score if points > 0 and cue in cues) >= rule.at_least
    )
