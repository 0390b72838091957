"""Counting right and wrong answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Score:
    """Answers counted for one yes-or-no question."""

    hits: int = 0
    misses: int = 0
    alarms: int = 0
    passed: int = 0

    def add(self, wanted: bool, found: bool) -> None:
        """Count one answer."""
        if wanted:
            self.hits += found
            self.misses += not found
        else:
            self.alarms += found
            self.passed += not found

    def __add__(self, other: Score) -> Score:
        return Score(
            self.hits + other.hits,
            self.misses + other.misses,
            self.alarms + other.alarms,
            self.passed + other.passed,
        )

    @property
    def wanted(self) -> int:
        return self.hits + self.misses

    @property
    def innocent(self) -> int:
        return self.alarms + self.passed

    @property
    def precision(self) -> float:
        return _share(self.hits, self.hits + self.alarms)

    @property
    def recall(self) -> float:
        return _share(self.hits, self.wanted)

    @property
    def f1(self) -> float:
        return _share(2 * self.hits, 2 * self.hits + self.misses + self.alarms)

    @property
    def false_alarms(self) -> float:
        """The share of innocent texts that were flagged."""
        return _share(self.alarms, self.innocent)

    @property
    def balanced(self) -> float:
        """The mean of recall and of the share of innocent texts left alone."""
        return (self.recall + 1 - self.false_alarms) / 2


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def score(pairs: Iterable[tuple[bool, bool]]) -> Score:
    """Return the score of pairs of wanted and found."""
    total = Score()
    for wanted, found in pairs:
        total.add(wanted, found)
    return total


def table(head: Sequence[str], rows: Iterable[Sequence[object]], first: int = 28) -> str:
    """Return rows as columns; the first is text on the left, fractions get three places."""
    lines = []
    for row in [head, *rows]:
        cells = [f"{cell:>11.3f}" if isinstance(cell, float) else f"{cell!s:>11}" for cell in row[1:]]
        lines.append(f"{row[0]!s:<{first}}" + "".join(cells))
    return "\n".join(lines)
