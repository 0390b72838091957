"""What happens to what the public wrote. Pure."""

from __future__ import annotations

import enum
import hashlib
from datetime import datetime, timedelta
from typing import Protocol

from stairgate.clauses import control
from stairgate.networks.base import Capability, PublicItem
from stairgate.screening import Category, Finding, Severity

#: an item that screening could not read stands above everything that it could
UNREAD = 5
#: a person says that it is about harm to a child: it stands above everything until the safeguarding lead decided
WORRY = 6
SHORTEST_REASON = 3
#: much longer than the longest pause between two readings
OLD_AFTER = timedelta(hours=1)
#: many times longer than the pause between two walks through what is older
BEHIND_AFTER = timedelta(days=1)
#: percent of a network's allowance from which we ask it less
SLOW_FROM = 90
SLOW_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(minutes=15)
#: a doorbell that works rings within seconds; the clocks of two computers differ
RINGS_WITHIN = timedelta(minutes=10)
CLOCKS_DIFFER = timedelta(minutes=5)


class Change(enum.Flag):
    """How an item differs from what we knew of it."""

    WORDS = enum.auto()  # its writer changed the words, or put a picture to them
    HIDDEN = enum.auto()  # somebody hid it on the network
    SHOWN = enum.auto()  # it was hidden, and is to be seen again
    BACK = enum.auto()  # it was gone, and is there again
    SEEN = HIDDEN | SHOWN | BACK
    FOR_A_PERSON = WORDS | SHOWN | BACK


class Known(Protocol):
    """What we know of an item."""

    text: str
    has_picture: bool
    is_hidden: bool

    @property
    def gone_at(self) -> object: ...


def changes(known: Known, found: PublicItem) -> Change:
    """Return how what was found differs from what we knew."""
    change = Change(0)
    if (known.text, known.has_picture) != (found.text, found.has_picture):
        change |= Change.WORDS
    if known.gone_at is not None:
        change |= Change.BACK
    if found.is_hidden is not None and known.is_hidden != found.is_hidden:
        change |= Change.HIDDEN if found.is_hidden else Change.SHOWN
    return change


def words_digest(text: str) -> str:
    """Return the SHA-256 of the words, as the ledger keeps it."""
    return hashlib.sha256(text.encode()).hexdigest()


def version(text: str, *, has_picture: bool, decided: bool) -> str:
    """Return the name of one version of an item: a decision is about what was read, not what came after.

    That somebody decided meanwhile is part of it, so that nobody undoes a decision they never saw.
    """
    return words_digest(f"{int(has_picture)}{int(decided)} {text}")[:16]


def risk_of(findings: tuple[Finding, ...] | None, *, has_picture: bool) -> int:
    """Return how far up the inbox an item stands. None means that screening failed: nothing ever fails open.

    A picture is never "nothing found": screening reads only words.
    """
    if findings is None:
        return UNREAD
    least = int(Severity.LOOK) if has_picture else 0
    return max([least, *(int(finding.severity) for finding in findings)])


def says_under_18(findings: tuple[Finding, ...] | None) -> bool:
    """Return whether the words say that their writer is under 18 (C59)."""
    return any(finding.category == Category.UNDER_18_AUTHOR for finding in findings or ())


@control(
    "C40", "What may put a child at risk is hidden at once, where the network lets us, and waits for a person"
)
def hide_at_once(risk: int, *, is_hidden: bool, capabilities: frozenset[Capability]) -> bool:
    """Return whether an item is hidden before a person has looked. Only harm is; a person decides after."""
    return risk == Severity.HARM and not is_hidden and Capability.HIDE in capabilities


def reason_problem(reason: str) -> str | None:
    """Return what is wrong with a reason, or None. Every decision carries one."""
    return None if len(reason.strip()) >= SHORTEST_REASON else "Say in a few words why."


def said(risk: int, titles: tuple[str, ...]) -> tuple[str, str]:
    """Return the kind of status and its words for an item, gravest finding first."""
    first = titles[0] if titles else ""
    if risk >= WORRY:
        return "harm", "A child may be harmed, says a colleague"
    if risk >= UNREAD:
        return "bad", "Could not be checked: please read it"
    if risk == Severity.HARM:
        return "harm", first or "May put a child at risk"
    if risk == Severity.HOLD:
        return "bad", first or "Please read it"
    if risk == Severity.LOOK:
        return "risk", first or "A picture came with it"
    return "wait", first or "Nothing found in it"


def blind(problem: str, complete_at: datetime | None, now: datetime) -> str:
    """Return why an empty inbox proves nothing about an account; "" when it was read completely and of late."""
    if problem:
        return problem
    if complete_at is None:
        return "It has not been read yet."
    if now - complete_at > OLD_AFTER:
        return "Reading it has stopped. Start Stairgate again, or ask whoever looks after it."
    return ""


def pause_after(used: int | None, usual: timedelta) -> timedelta:
    """Return how long to leave a network alone after a reading, by the percent of its allowance that is used."""
    if used is None or used < SLOW_FROM:
        return usual
    return max(usual, SLOW_PAUSE if used < 100 else LONGEST_PAUSE)


def behind(met_at: datetime, through_at: datetime | None, now: datetime) -> str:
    """Return what it means that older posts were last gone through so long ago; "" when it was of late."""
    if now - (through_at or met_at) <= BEHIND_AFTER:
        return ""
    return "Older posts have not been gone through for more than a day."


def is_silent(
    *, subscribed_at: datetime | None, heard_at: datetime | None, newest_at: datetime | None, now: datetime
) -> bool:
    """Return whether a network that agreed to ring did not ring for the newest that we found by reading.

    Half a subscription is accepted like a whole one: only what it fails to tell gives it away.
    """
    if subscribed_at is None or newest_at is None:
        return False
    if newest_at <= subscribed_at + CLOCKS_DIFFER or now - newest_at < RINGS_WITHIN:
        return False
    return heard_at is None or heard_at + CLOCKS_DIFFER < newest_at
