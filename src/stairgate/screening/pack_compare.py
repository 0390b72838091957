"""What two rule packs say differently of the same text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stairgate.screening.kinds import Finding, Screening

NEW, GONE, CHANGED = "newly found", "no longer found", "other severity"
_Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """One finding that only one of two packs makes, or that they weigh otherwise."""

    change: str
    finding: Finding
    was: Finding | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values, without the words of the text."""
        one = self.finding
        values: dict[str, Any] = {
            "change": self.change,
            "rule": one.rule,
            "category": one.category.value,
            "severity": one.severity.word,
        }
        if self.was is not None:
            values["was"] = self.was.severity.word
        return values | {"start": one.start, "end": one.end, "why": one.reason}


def differences(before: Screening, after: Screening) -> Iterator[Difference]:
    """Yield what was found newly, weighed otherwise, or is found no longer, in reading order of each."""
    old, new = _by_place(before), _by_place(after)
    for key, finding in new.items():
        was = old.get(key)
        if was is None:
            yield Difference(NEW, finding)
        elif was.severity != finding.severity:
            yield Difference(CHANGED, finding, was)
    for key, finding in old.items():
        if key not in new:
            yield Difference(GONE, finding)


def _by_place(screening: Screening) -> dict[_Key, Finding]:
    return {(one.rule, one.start, one.end): one for one in screening.findings}
