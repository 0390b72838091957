"""What happens to what the public wrote. Pure."""

from __future__ import annotations

from stairgate.clauses import control
from stairgate.networks.base import Capability
from stairgate.screening import Finding, Severity

#: an item that screening could not read stands above everything that it could
UNREAD = 5
SHORTEST_REASON = 3


def risk_of(findings: tuple[Finding, ...] | None) -> int:
    """Return how far up the inbox an item stands. None means that screening failed: nothing ever fails open."""
    if findings is None:
        return UNREAD
    return max((int(finding.severity) for finding in findings), default=0)


@control("C40", "What may put a child at risk is hidden from the page at once, and waits for a person")
def hide_at_once(risk: int, *, is_hidden: bool, capabilities: frozenset[Capability]) -> bool:
    """Return whether an item is hidden before a person has looked. Only harm is; a person decides after."""
    return risk == Severity.HARM and not is_hidden and Capability.HIDE in capabilities


def reason_problem(reason: str) -> str | None:
    """Return what is wrong with a reason, or None. Every decision carries one."""
    return None if len(reason.strip()) >= SHORTEST_REASON else "Say in a few words why."


def said(risk: int, titles: tuple[str, ...]) -> tuple[str, str]:
    """Return the kind of status and its words for an item, gravest finding first."""
    first = titles[0] if titles else ""
    if risk >= UNREAD:
        return "bad", "Could not be checked: please read it"
    if risk == Severity.HARM:
        return "harm", first or "May put a child at risk"
    if risk == Severity.HOLD:
        return "bad", first
    if risk == Severity.LOOK:
        return "risk", first
    return "wait", first or "Nothing found in it"
