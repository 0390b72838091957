"""When an account may be posted to. Pure: everything known is an argument."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stairgate.clauses import Coverage, control
from stairgate.organisations.mailboxes import personal_problem
from stairgate.people.rules import ONLINE_SAFETY_PEOPLE
from stairgate.policies.review import ReviewDue, overdue

#: how long reading may fail before nothing more goes out
UNREAD_AFTER = timedelta(hours=2)
#: letters of anything that is a name
_SHORTEST = 3
_ROLE_WORDS = {
    *("admin", "administrator", "club", "comms", "contact", "enquiries", "facebook", "head", "hello", "help"),
    *("info", "mail", "manager", "nursery", "office", "page", "post", "preschool", "reception", "school"),
    *("secretary", "social", "socialmedia", "team"),
}


@dataclass(frozen=True, slots=True)
class Restriction:
    """One reason why the gate of an account is shut, with its clause."""

    clause: str
    says: str
    to_confirm: bool = False  # on the going-live sheet (`opening`)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the next check is due: ``on`` is its last day, ``until`` the first moment at which it is late."""

    on: date
    until: datetime


def check_deadline(checked_at: datetime, days: int, zone: ZoneInfo) -> Deadline:
    """Return by when the check after one is due: so many days later, until that day is over on the setting's own clock.

    Bank holidays and closures move nothing: the public writes on them as well (C38).
    """
    on = checked_at.astimezone(zone).date() + timedelta(days=days)
    midnight = datetime.combine(on + timedelta(days=1), time.min, tzinfo=zone)
    return Deadline(on, midnight.astimezone(checked_at.tzinfo))


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What is known of an account at one moment."""

    name: str
    live: bool
    shut_because: str
    closed: bool  # for good
    connected: bool
    administrators: tuple[str, ...]  # first names of page administrators fit today
    administrators_needed: int
    policy_reviews: tuple[
        ReviewDue, ...
    ]  # each look at the policy that is asked for; empty before there is one
    healthy: bool | None  # None: never proved
    health_at: datetime | None
    health_hours: int
    health_problem: str
    online_safety: int = 0  # people who work here and have online safety training in date
    paused: tuple[str, ...] = ()  # why, for each pause that holds
    authorised_until: datetime | None = None  # the first moment at which it is over; None: it never counted
    late_condition: str = ""  # of those the yes depended on
    safeguarding_until: datetime | None = (
        None  # the first moment at which our safeguarding policy is over; None: none
    )
    unconfirmed: tuple[Restriction, ...] = ()  # of the going-live sheet, once the account is connected
    unread_since: datetime | None = None  # since when what people write there cannot be read; None: it can
    rota_until: datetime | None = (
        None  # the first moment for which the rota has nobody; None: there is no rota
    )
    check: Deadline | None = None  # when the next check is due; None: nothing to count from


@control("C04", "Only a registered, authorised, live account can be posted to", coverage=Coverage.PART)
@control(
    "C11",
    "Without a safeguarding policy in the library, or past the day it is looked at again, the account is shut",
    coverage=Coverage.WHOLE,
)
@control("C18", "Fewer than two qualified administrators shuts the account", coverage=Coverage.WHOLE)
@control(
    "C54",
    "Fewer than two people with online safety training in date shuts the account",
    coverage=Coverage.WHOLE,
)
@control("C98", "An authorisation that was not renewed in time shuts the account until it is")
@control("C102", "A condition that is late shuts the account until it is met")
@control("C105", "A policy whose yearly review is overdue shuts the account", coverage=Coverage.WHOLE)
@control("C106", "A look at the policy that something asked for, and that is overdue, shuts the account")
def restrictions(facts: ChannelFacts, now: datetime) -> tuple[Restriction, ...]:
    """Return every reason why nothing may go out to the account now, pauses first; empty means open."""
    pauses = tuple(Restriction("C04", why) for why in facts.paused)
    return (
        pauses
        + tuple(
            found
            for found in (
                *(_status(facts), _authorised(facts, now), _condition(facts), _administrators(facts)),
                _online_safety(facts),
                *(_policy(facts, now), _safeguarding(facts, now), _health(facts, now), _unread(facts, now)),
                *(_rota(facts, now), _check(facts, now)),
            )
            if found is not None
        )
        + (facts.unconfirmed if facts.connected else ())
    )


def _status(facts: ChannelFacts) -> Restriction | None:
    if facts.closed:
        return Restriction("C04", f"{facts.name} is closed for good.")
    if not facts.connected:
        return Restriction("C04", f"{facts.name} is not connected yet.")
    if not facts.live:
        why = f": “{facts.shut_because}”" if facts.shut_because else ""
        return Restriction("C04", f"{facts.name} is not live{why}.")
    return None


def _authorised(facts: ChannelFacts, now: datetime) -> Restriction | None:
    if facts.authorised_until is not None and now < facts.authorised_until:
        return None
    return Restriction(
        "C98",
        f"The authorisation of {facts.name} has run out. It opens again when the evaluation is written and the "
        "service manager renews it.",
    )


def _condition(facts: ChannelFacts) -> Restriction | None:
    if not facts.late_condition:
        return None
    return Restriction("C102", f"A condition of the service manager is late: “{facts.late_condition}”.")


def _administrators(facts: ChannelFacts) -> Restriction | None:
    have, need = len(facts.administrators), facts.administrators_needed
    if have >= need:
        return None
    who = f" ({', '.join(facts.administrators)})" if facts.administrators else ""
    return Restriction(
        "C18",
        f"{facts.name} needs {need} administrators whose check, training and signature are in date. "
        f"It has {have}{who}.",
    )


def _online_safety(facts: ChannelFacts) -> Restriction | None:
    if facts.online_safety >= ONLINE_SAFETY_PEOPLE:
        return None
    have = "one person has" if facts.online_safety else "nobody has"
    return Restriction(
        "C54",
        f"{facts.name} needs {ONLINE_SAFETY_PEOPLE} people with online safety training in date, and {have} it. "
        "It opens again when a course is on record.",
    )


def _policy(facts: ChannelFacts, now: datetime) -> Restriction | None:
    if not facts.policy_reviews:
        return Restriction("C01", "No policy is adopted yet.")
    late = overdue(facts.policy_reviews, now)
    return Restriction(late.clause, late.overdue) if late else None


def _safeguarding(facts: ChannelFacts, now: datetime) -> Restriction | None:
    if facts.safeguarding_until is not None and now < facts.safeguarding_until:
        return None
    what = (
        "There is no safeguarding and child protection policy in the library."
        if facts.safeguarding_until is None
        else "Our safeguarding and child protection policy is past the day it had to be looked at again."
    )
    return Restriction("C11", f"{what} It opens again when a current one is recorded there.")


def _health(facts: ChannelFacts, now: datetime) -> Restriction | None:
    if not facts.connected:
        return None  # there is nothing to check yet, and `_status` has said so
    if facts.healthy is None or facts.health_at is None:
        return Restriction("C28", f"We have not checked yet that {facts.name} works.")
    if not facts.healthy:
        return Restriction("C28", f"{facts.name} is not working: {facts.health_problem}")
    # Twice the interval: one missed reading is a hiccup, two are silence.
    if now > facts.health_at + timedelta(hours=2 * facts.health_hours):
        return Restriction("C28", f"We have not been able to check {facts.name} for too long.")
    return None


@control(
    "C39",
    "When what people write on a page cannot be read for two hours, nothing more goes out there until it can",
)
def _unread(facts: ChannelFacts, now: datetime) -> Restriction | None:
    """Nobody may be asked to write where we would not see it. Shorter troubles mend themselves."""
    if facts.unread_since is None or now < facts.unread_since + UNREAD_AFTER:
        return None
    return Restriction(
        "C39",
        f"What people write on {facts.name} could not be read for too long, so nothing more goes out there. Look at "
        "the page yourself; it opens again by itself with the next reading that works.",
    )


@control(
    "C37",
    "Without a rota of two people that has somebody for today, the account is shut",
    coverage=Coverage.WHOLE,
)
def _rota(facts: ChannelFacts, now: datetime) -> Restriction | None:
    if not facts.connected or (facts.rota_until is not None and now < facts.rota_until):
        return None
    return Restriction(
        "C37",
        "The rota of the weekly check has not two people of whom one is there today. It opens again when it has.",
    )


@control(
    "C38", "A weekly check that was not signed in time shuts the account until it is", coverage=Coverage.WHOLE
)
def _check(facts: ChannelFacts, now: datetime) -> Restriction | None:
    if not facts.connected or (facts.check is not None and now < facts.check.until):
        return None
    was = f" It was due by {facts.check.on.day} {facts.check.on:%B}." if facts.check else ""
    return Restriction(
        "C38",
        f"Nobody has checked {facts.name} in time.{was} It opens again when the weekly check is signed.",
    )


@dataclass(frozen=True, slots=True)
class Owner:
    """What a page belongs to: a business portfolio of the setting, and the mailbox that this one belongs to."""

    portfolio: str
    mailbox: str


@control("C22", "The account's mailbox must be a generic one", coverage=Coverage.PART)
@control("C23", "A person's own address is refused as the account's mailbox", coverage=Coverage.WHOLE)
def mailbox_problem(
    address: str, *, staff_addresses: Iterable[str], staff_names: Iterable[str]
) -> str | None:
    """Return why an address cannot own an account, or None. Compared without case (C22, C23).

    Refused are an address of somebody who works here, a name of theirs in it, what is built like a name
    (``first.last``, ``f_last``), and any mailbox where people get one for themselves.
    """
    address = address.strip().lower()
    if address in {other.strip().lower() for other in staff_addresses}:
        return "That is one person’s own address. Use a mailbox the team shares, such as office@."
    local = address.split("@", 1)[0]
    words = [word for word in re.split(r"[._\-+\d]+", local) if word]
    names = {name.strip().lower() for name in staff_names} - _ROLE_WORDS
    if any(word in names for word in words):
        return "That looks like one person’s address. Use a mailbox the team shares, such as office@."
    looks_personal = len(words) in {2, 3} and re.search(r"[._]", local) and not set(words) & _ROLE_WORDS
    if looks_personal:
        return "That looks like a person’s name. Use a mailbox the team shares, such as office@."
    return personal_problem(address) or None


@control(
    "C24", "The portfolio that owns a page is on record with its connection, and a person’s name is refused"
)
def portfolio_problem(portfolio: str, *, people: Iterable[str]) -> str:
    """Return why what was given cannot own a page, or "". ``people``: whole names of who works here."""
    plain = _plain(portfolio)
    if len(plain) < _SHORTEST:
        return "Name the business portfolio that owns the page. It stands in its settings on business.facebook.com."
    if plain in {_plain(name) for name in people}:
        return "That is a person. A page belongs to a business portfolio of the setting, never to one of us."
    return ""


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def promotion(name: str, place: str, address: str) -> str:
    """Return the words with which anybody may pass a page on: what the service manager authorised, and no more (C48)."""
    return f"{name} is a page of {place}. You find it here: {address}"
