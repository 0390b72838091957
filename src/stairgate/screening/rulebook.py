"""Which rules are worth weighing for a text: those of which the rarest evidence is there, and then the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from stairgate.screening.cues import Cues
from stairgate.screening.kinds import Direction
from stairgate.screening.phrases import Phrases
from stairgate.screening.rules import Rule

_UNSEEN = 1  # the weight of a cue that code gives


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule ready to be asked: the cues it waits for and the rest of what it needs, the rarest first,
    as names and as bits.

    A bit of 0 stands for a cue that code gives: whether it is there cannot be told beforehand.
    """

    rule: Rule
    key: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    needs: tuple[int, ...]
    points: tuple[tuple[int, int], ...]


class Rulebook:
    """The rules of a pack by the cue that must be there for them to speak."""

    def __init__(self, rules: Mapping[Direction, Iterable[Rule]], phrases: Phrases) -> None:
        self._weights, self._bits = phrases.weights, phrases.bits
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
        points = tuple((self._bits.get(cue, 0), points) for cue, points in rule.score if points > 0)
        return Asked(
            rule, key, tuple(needs), tuple(mask for group in needs if (mask := self._mask(group))), points
        )

    def _mask(self, cues: Iterable[str]) -> int:
        """Return the bits of ``cues``, or 0 when code gives one of them."""
        mask = 0
        for cue in cues:
            if cue not in self._bits:
                return 0
            mask |= self._bits[cue]
        return mask

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
        """Yield each rule for ``direction`` whose evidence may all be somewhere in the text."""
        by_key, asked_before = self._by_key[direction], set[str]()
        for cue in cues.at_once:
            for asked in by_key.get(cue, ()):
                if _could_speak(asked, cues.possible) and asked.rule.id not in asked_before:
                    asked_before.add(asked.rule.id)
                    if _may_speak(asked, cues):
                        yield asked


def _could_speak(asked: Asked, possible: int) -> bool:
    """Is there a word for everything the rule needs? A cheap look that most rules do not pass."""
    for need in asked.needs:
        if not need & possible:
            return False
    if not asked.points:
        return True
    return sum([points for bit, points in asked.points if not bit or bit & possible]) >= asked.rule.at_least


def _may_speak(asked: Asked, cues: Cues) -> bool:
    """Is everything the rule needs somewhere in the text?"""
    for group in asked.groups:
        for cue in group:
            if cue in cues:
                break
        else:
            return False
    rule = asked.rule
    if not rule.score:
        return True
    return sum(points for cue, points in rule.score if points > 0 and cue in cues) >= rule.at_least
