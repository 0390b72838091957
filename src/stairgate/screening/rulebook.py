"""Which rules are worth weighing for a text: those whose rarest evidence is there, and the rest of it too.

The cues of a text are one number with a bit for each cue, so a rule is passed over by two or three
comparisons, however much evidence it asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from stairgate.screening.kinds import Direction
from stairgate.screening.rules import QUOTED, SCOPES, Rule

_UNSEEN = 1  # the weight of a cue that code gives


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule ready to be asked: its groups of evidence as bits, and ``key``, the group looked up first."""

    rule: Rule
    key: tuple[str, ...]
    needs: tuple[int, ...]
    forbids: int
    points: tuple[tuple[int, int], ...]


class Rulebook:
    """The rules of a pack by the cue that must be there for them to speak."""

    def __init__(self, rules: Mapping[Direction, Iterable[Rule]], weights: Mapping[str, int]) -> None:
        self.bits: dict[str, int] = {}
        self._weights = weights
        self._by_key: dict[Direction, dict[str, list[Asked]]] = {}
        for direction, among in rules.items():
            by_key: dict[str, list[Asked]] = {}
            for asked in map(self._ask, among):
                for cue in asked.key:
                    by_key.setdefault(cue, []).append(asked)
            self._by_key[direction] = by_key
        self._keys = {direction: frozenset(by_key) for direction, by_key in self._by_key.items()}

    def _bit(self, cue: str) -> int:
        return self.bits.setdefault(cue, 1 << len(self.bits))

    def _mask(self, cues: Iterable[str]) -> int:
        mask = 0
        for cue in cues:
            mask |= self._bit(cue)
        return mask

    def _ask(self, rule: Rule) -> Asked:
        groups = [*rule.all, *((rule.any,) if rule.any else ())]
        gains = tuple(cue for cue, points in rule.score if points > 0)
        key = min(rule.all or (gains,), key=self._weight)
        forbids = self._mask(cue for cue in rule.unless if cue != QUOTED) if rule.scope == SCOPES[-1] else 0
        points = tuple((self._bit(cue), points) for cue, points in rule.score)
        return Asked(rule, key, tuple(self._mask(group) for group in groups), forbids, points)

    def _weight(self, cues: Iterable[str]) -> int:
        return sum(self._weights.get(cue, _UNSEEN) for cue in cues)

    def candidates(self, direction: Direction, cues: frozenset[str] | set[str]) -> Iterator[Asked]:
        """Yield each rule for ``direction`` that could speak if all of ``cues`` stood close together."""
        by_key = self._by_key[direction]
        mask, asked_before = 0, set[str]()
        for cue in cues:
            mask |= self.bits.get(cue, 0)
        for cue in self._keys[direction] & cues:
            for asked in by_key[cue]:
                if _may_speak(asked, mask) and asked.rule.id not in asked_before:
                    asked_before.add(asked.rule.id)
                    yield asked


def _may_speak(asked: Asked, mask: int) -> bool:
    for need in asked.needs:
        if not mask & need:
            return False
    if mask & asked.forbids:
        return False
    if not asked.points:
        return True
    return sum(points for bit, points in asked.points if points > 0 and mask & bit) >= asked.rule.at_least
