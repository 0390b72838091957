"""What random deeds came to: how many runs, which deeds were done or refused, and what reached the pages."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tally:
    """Counted over all runs. A run is one setting from its first deed to its last; one without a deed is none."""

    runs: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    #: how many requests to publish a page got, how many posts were on one at the end of a run, and the fates
    requests: int = 0
    there: int = 0
    fates: Counter[str] = field(default_factory=Counter)

    @property
    def deeds(self) -> int:
        return self.done.total() + self.refused.total()

    def add(self, other: Tally) -> None:
        """Count another tally in."""
        self.runs += other.runs
        self.requests += other.requests
        self.there += other.there
        for own, more in ((self.done, other.done), (self.refused, other.refused), (self.fates, other.fates)):
            own.update(more)

    def to_json(self) -> str:
        return json.dumps(self.__dict__)

    @classmethod
    def from_json(cls, text: str) -> Tally:
        given: dict[str, Any] = json.loads(text)
        for name in ("done", "refused", "fates"):
            given[name] = Counter(given[name])
        return cls(**given)

    def table(self) -> str:
        """Return it for a person to read."""
        lines = [f"{'deed':34}{'done':>9}{'refused':>9}"]
        kinds = sorted({*self.done, *self.refused})
        lines += [f"{kind:34}{self.done[kind]:9}{self.refused[kind]:9}" for kind in kinds]
        lines.append(f"{'all':34}{self.done.total():9}{self.refused.total():9}")
        fates = ", ".join(f"{count} {fate}" for fate, count in sorted(self.fates.items()))
        return "\n".join(
            [
                *lines,
                f"deliveries when their run ended: {fates or 'none'}",
                f"{self.runs} runs, {self.deeds} deeds; a page was asked to publish {self.requests} times, "
                f"and had {self.there} posts when the runs ended",
            ]
        )
