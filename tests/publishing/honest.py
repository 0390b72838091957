"""A page that answers by chance, and yet never lies about what is on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from stairgate.networks.base import (
    Absent,
    Account,
    CannotTell,
    Done,
    Found,
    Outcome,
    Outgoing,
    Passage,
    Reconciled,
    Staged,
    Unknown,
)
from tests.publishing.conftest import Scripted


@dataclass
class Honest(Scripted):
    """Takes what it says it took. Of an unknown outcome, ``lands`` says whether it arrived all the same."""

    shown: list[tuple[str, str]] = field(default_factory=list)  # account and words
    lands: list[bool] = field(default_factory=list)
    blind: bool = False

    def publish(self, passage: Passage, staged: Staged) -> Outcome:
        outcome = super().publish(passage, staged)
        arrived = isinstance(outcome, Done) or (
            isinstance(outcome, Unknown) and (self.lands.pop(0) if self.lands else False)
        )
        if arrived:
            self.shown.append((passage.account.account_id, passage.content.text))
        return outcome

    def reconcile(self, account: Account, outgoing: Outgoing, *, since: datetime, key: str) -> Reconciled:
        if self.blind:
            return CannotTell("half an answer")
        times = self.shown.count((account.account_id, outgoing.text))
        return Found("1_1", times=times) if times else Absent(len(self.shown))

    def twice(self) -> Sequence[tuple[str, str]]:
        """Return what is on a page more than once."""
        return [thing for thing, times in Counter(self.shown).items() if times > 1]
