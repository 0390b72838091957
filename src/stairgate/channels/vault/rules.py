"""Who may look into the vault, how often, and which secret has to be changed. Pure: everything known is an argument."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from stairgate.clauses import Coverage, control

#: how long a look lasts: a password is typed or copied at once, for codes the network asks a while later
LOOK_LASTS = timedelta(minutes=2)
CODES_LAST = timedelta(minutes=5)
#: more looks than anybody needs: somebody is emptying the vault
MOST_LOOKS, IN = 10, timedelta(hours=1)
SHORTEST_REASON = 5
NOT_A_HOLDER = (
    "Only those who hold the mailbox of this account can look. A manager names them on the going-live sheet."
)
#: on the last day, from then on, nothing is shown any more and what was seen is changed
DAY_BEGINS = time(7, 0)


class Knows(enum.StrEnum):
    """How somebody came to know a secret."""

    HELD = "held"  # they could look at it, whether they did or not
    DID = "did"  # they put it in, looked at it or printed it


@dataclass(frozen=True, slots=True)
class Knower:
    """Somebody who knows a secret, or may. ``gone_at``: from when on they should not; None: they may."""

    user: UUID
    first_name: str
    how: Knows
    gone_at: datetime | None


def gone_from(ended_on: date | None, zone: str) -> datetime | None:
    """Return the moment on somebody's last day from which they get at nothing any more; None without a last day."""
    return datetime.combine(ended_on, DAY_BEGINS, tzinfo=ZoneInfo(zone)) if ended_on else None


@control(
    "C25",
    "A secret that a leaver, or somebody who lost the mailbox, knows is to be changed that day, and until it is",
)
def known_by_others(put_in_at: datetime, knowers: Iterable[Knower], now: datetime) -> tuple[Knower, ...]:
    """Return who knows a secret as it is now and should not any more, the first to go first.

    Whoever only *could* look knows nothing of a secret that was put in after they had gone.
    """
    gone = [
        one
        for one in knowers
        if one.gone_at is not None
        and one.gone_at <= now
        and (one.how == Knows.DID or one.gone_at > put_in_at)
    ]
    return tuple(sorted(gone, key=lambda one: (one.gone_at or now, one.first_name)))


def why_not(*, reason: str, looks: Iterable[datetime], now: datetime) -> str:
    """Return why a holder may not look now, or "". ``looks``: when they looked before."""
    if len(reason.strip()) < SHORTEST_REASON:
        return "Say in a few words what you need it for."
    if sum(at > now - IN for at in looks) >= MOST_LOOKS:
        return f"You have looked {MOST_LOOKS} times within an hour. Wait a while."
    return ""


@control(
    "C22",
    "The passwords of an account and its mailbox are kept for those who hold it, and are to be put in",
    coverage=Coverage.PART,
)
def missing(name: str, kinds: Iterable[str], wanted: str) -> str:
    """Return what is missing in the vault of an account, or "". ``wanted``: the kind that has to be there."""
    if wanted in set(kinds):
        return ""
    return f"{name}: the password of its mailbox is not in the vault. Put it in, so that whoever holds it can step in."
