"""Which rules are worth weighing for a text: those of which the rarest evidence is there, and then the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from stairgate.screening.cues import Cues
from stairgate.screening.kinds import Direction
from stairgate.screening.phrases import Phrases
from stairgate.screening.rules import Rule

_UNSEEN = 1  # the weight of a cue that code gives
_ANY_BIT = -1  # stands for such a cue: whether it is there cannot be told from the words


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule ready to be asked: the cues it waits for, and the rest of what it needs, the rarest first.

    Beside each group of cues stand their bits, as `Cues.possible` has them: no bit in common, no cue.
    """

    rule: Rule
    key: tuple[str, ...]
    needs: tuple[tuple[int, tuple[str, ...]], ...]
    gains: tuple[tuple[int, str, int], ...]
    unless: int


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
        return Asked(
            rule,
            key,
            tuple((self._mask(group), group) for group in needs),
            tuple((self._mask((cue,)), cue, points) for cue, points in rule.score if points > 0),
            self._mask(rule.unless),
        )

    def _mask(self, cues: Iterable[str]) -> int:
        mask = 0
        for cue in cues:
            mask |= self._bits.get(cue, _ANY_BIT)
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
        """Yield each rule for ``direction`` whose evidence is all somewhere in the text."""
        by_key, asked_before = self._by_key[direction], set[str]()
        for cue in cues.at_once:
            for asked in by_key.get(cue, ()):
                if asked.rule.id not in asked_before:
                    asked_before.add(asked.rule.id)
                    if _may_speak(asked, cues):
                        yield asked


def _may_speak(asked: Asked, cues: Cues) -> bool:
    """Is everything the rule needs somewhere in the text? First a look that costs little."""
    possible = cues.possible
    for bits, _group in asked.needs:
        if not bits & possible:
            return False
    if asked.gains:
        gains = [(cue, points) for bit, cue, points in asked.gains if bit & possible]
        least = asked.rule.at_least
        if sum([points for _cue, points in gains]) < least:
            return False
        if sum([points for cue, points in gains if cue in cues]) < least:
            return False
    return all(any(cue in cues for cue in group) for _bits, group in asked.needs)
