"""A place that no program can reach: what goes out is a step for a person, and nothing is ever read.

It asks nobody and knows nothing, and says so: an empty answer would be taken for "nothing to moderate".
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from stairgate.networks.base import (
    Account,
    CannotTell,
    Capability,
    Fetched,
    Health,
    LivePost,
    Manual,
    Outcome,
    Outgoing,
    Passage,
    PublicItem,
    Reconciled,
    RefusalKind,
    Refused,
    Staged,
    Trouble,
)
from stairgate.networks.silent import NeverRings

#: how long it is believed that the place is still there and ours, after a person saw it
SEEN_FOR = timedelta(days=30)

_NOT_READ = "Stairgate cannot read what is there: a person has to look."


class Assisted(NeverRings):
    """A group or another place without an interface. Implements `networks.base.Network`."""

    name = "assisted"
    label = "Group or another place, by hand"
    capabilities: frozenset[Capability] = frozenset()

    # ── Out ──

    def validate(self, outgoing: Outgoing) -> Sequence[str]:
        """Return that nothing there can be answered; how long a text may be is not known."""
        return ("nobody can be answered there through Stairgate",) if outgoing.reply_to else ()

    def stage(self, passage: Passage) -> Staged:
        """Return nothing: there is nowhere to put anything down."""
        return Staged()

    def publish(self, passage: Passage, staged: Staged) -> Outcome:
        """Spend the passage, and hand the step to a person. Nothing reaches the public by this."""
        passage.spend()
        return Manual("A person has to put it there by hand.")

    def reconcile(self, account: Account, outgoing: Outgoing, *, since: datetime, key: str) -> Reconciled:
        """Return that it cannot be told: only a person can look."""
        return CannotTell(_NOT_READ)

    # ── In ──

    def fetch(self, account: Account, *, posts: Sequence[str], cursor: str) -> Fetched:
        """Raise `Trouble`: nothing was read, and that is not the same as nothing there."""
        raise _cannot()

    def read_item(self, account: Account, external_id: str) -> PublicItem | None:
        """Raise `Trouble`: it cannot be read."""
        raise _cannot()

    def read_post(self, account: Account, external_id: str) -> LivePost | None:
        """Raise `Trouble`: it cannot be read."""
        raise _cannot()

    def hide(self, account: Account, external_id: str, *, hidden: bool) -> None:
        """Raise `Trouble`: a person has to do it."""
        raise _cannot()

    def delete(self, account: Account, external_id: str) -> None:
        """Raise `Trouble`: a person has to do it."""
        raise _cannot()

    def block(self, account: Account, author_id: str) -> None:
        """Raise `Trouble`: a person has to do it."""
        raise _cannot()

    # ── The connection ──

    def health(self, account: Account) -> Health:
        """Say when a person last saw that it is there and ours; too long ago is no proof any more."""
        now, seen = datetime.now(UTC), account.seen_at
        problem = ""
        if seen is None:
            problem = "Nobody has confirmed yet that it is there and ours."
        elif now - seen > SEEN_FOR:
            problem = f"Nobody has confirmed since {seen:%d/%m/%Y} that it is still there and ours."
        return Health(
            ok=not problem,
            checked_at=now,
            problems=(f"{problem} Open it, look, and say so under Accounts.",) if problem else (),
        )


def _cannot() -> Trouble:
    return Trouble(Refused(RefusalKind.INVALID, _NOT_READ))
