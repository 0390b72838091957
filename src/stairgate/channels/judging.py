"""What an answer about a connection is worth to us: trouble that is coming shuts the account before it is silent. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from stairgate.clauses import control
from stairgate.networks.base import Health, RefusalKind

#: percent of a network's allowance: what is left above it is kept for reading what people write
ALLOWANCE_STOPS = 95
#: how long before a permission runs out it is asked for again, and how long before nothing more goes out
ENDS_SOON, ENDS_NOW = timedelta(days=14), timedelta(days=1)

ENDS_NOW_WORDS = "The permission runs out within a day. Connect the page again: it takes five minutes."
ENDS_SOON_WORDS = (
    "The permission runs out within two weeks. Connect the page again before: it takes five minutes."
)
ALLOWANCE_WORDS = (
    "The network’s allowance is nearly used up. What is left is kept for reading what people write; posts go out "
    "again by themselves when there is more."
)


@control("C28", "A connection that is about to break shuts the account while it can still be mended")
def judged(health: Health) -> Health:
    """Return an answer with what follows from it: more problems, which shut the account, or notes, which do not."""
    problems, notes = [*health.problems], [*health.notes]
    kind = health.kind
    left = health.expires_at - health.checked_at if health.expires_at else None
    if left is not None and left <= ENDS_NOW:
        problems.append(ENDS_NOW_WORDS)
        kind = kind or RefusalKind.RECONNECT
    elif left is not None and left <= ENDS_SOON:
        notes.append(ENDS_SOON_WORDS)
    if health.budget_used is not None and health.budget_used >= ALLOWANCE_STOPS:
        problems.append(ALLOWANCE_WORDS)
        kind = kind or RefusalKind.THROTTLED
    return replace(health, ok=not problems, problems=tuple(problems), notes=tuple(notes), kind=kind)
