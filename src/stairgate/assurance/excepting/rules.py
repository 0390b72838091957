"""Who decides about an exception, what stands in its way, and who is told of what. Pure: the day is an argument.

An exception is a promise on paper. Nothing that the gate asks for reads it, so that it can never loosen one of its floors.
One about access gives a role with a last day: an ordinary role, which carries nothing unless the register says yes.
"""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import models

from stairgate.clauses import Coverage, control
from stairgate.organisations.rules import Role

LONGEST = timedelta(days=92)
#: for how long somebody who asks to speak waits for the first circle alone
ALONE = timedelta(hours=4)
MANAGING = frozenset({Role.MANAGER, Role.SERVICE_MANAGER})
SAFEGUARDING = frozenset({Role.DSL, Role.DEPUTY_DSL})


class Topic(models.TextChoices):
    """What can be excepted. What the gate asks for is not on the list."""

    CONTACT = "contact", "Private contact with a family of ours"
    MESSAGES = "messages", "Private messages on our page"
    SHARING = "sharing", "Sharing one of our posts from an own account"
    DEVICE = "device", "Using a device or a number of one’s own for work"
    ACCESS = "access", "Somebody helps with an account for a time"
    OTHER = "other", "Something else in the code of conduct"


class Temporary(models.TextChoices):
    """What an exception can give for a time: roles on the account. Check, training and signature are asked for as ever."""

    AUTHOR = Role.AUTHOR.value, Role.AUTHOR.label
    PAGE_ADMINISTRATOR = Role.PAGE_ADMINISTRATOR.value, Role.PAGE_ADMINISTRATOR.label


class Seat(enum.StrEnum):
    """In which of the two seats somebody decides."""

    MANAGING = "managing"
    SAFEGUARDING = "safeguarding"


class State(models.TextChoices):
    ASKED = "asked", "Waiting for a decision"
    HOLDS = "holds", "Holds"
    DECLINED = "declined", "Not allowed"
    ENDED = "ended", "Over"
    LAPSED = "lapsed", "Not decided in time"


@dataclass(frozen=True, slots=True)
class Facts:
    """An exception as far as the rules know it."""

    asked_by: UUID
    child: bool  # does it touch the safety of a child?
    until: date
    managing_by: UUID | None = None
    safeguarding_by: UUID | None = None
    declined: bool = False
    ended: bool = False
    role_for: UUID | None = None  # who gets a role by it


@control(
    "C85",
    "An exception ends by itself after its last day, and is never in force before everybody needed said yes",
)
def state(facts: Facts, today: date) -> State:
    """Return what an exception is worth on a day."""
    if facts.declined:
        return State.DECLINED
    decided = facts.managing_by is not None and (facts.safeguarding_by is not None or not facts.child)
    if facts.ended or (decided and facts.until < today):
        return State.ENDED
    if decided:
        return State.HOLDS
    return State.LAPSED if facts.until < today else State.ASKED


def seat_for(facts: Facts, user: UUID, roles: Collection[str], today: date) -> Seat | None:
    """Return in which seat somebody can decide now; None when they cannot.

    Nobody decides about their own, and where a child is concerned two people say yes: one who manages, and a safeguarding
    lead. A role is a manager's alone to give.
    """
    if state(facts, today) != State.ASKED or user in {facts.asked_by, facts.role_for}:
        return None
    if user in {facts.managing_by, facts.safeguarding_by}:
        return None
    if facts.child and facts.safeguarding_by is None and set(roles) & SAFEGUARDING:
        return Seat.SAFEGUARDING
    managing = MANAGING if facts.role_for is None else {Role.MANAGER}
    if facts.managing_by is None and set(roles) & managing:
        return Seat.MANAGING
    return None


def may_end(facts: Facts, user: UUID, roles: Collection[str], today: date) -> bool:
    """Return whether somebody can end it: what one asked one takes back; what holds a manager ends too."""
    found = state(facts, today)
    own = user == facts.asked_by and found in {State.ASKED, State.HOLDS}
    return own or (found == State.HOLDS and bool(set(roles) & MANAGING))


def problem(until: date, today: date) -> str:
    """Return what is wrong with a last day; "" when nothing is."""
    if until < today:
        return "The last day has passed."
    if until > today + LONGEST:
        return "An exception lasts three months at most. What is needed for longer belongs into the policy."
    return ""


class Route(models.TextChoices):
    """Who is told of something that happened."""

    SAFEGUARDING = "safeguarding", "Safeguarding lead"
    MANAGER = "manager", "Line manager"


@control("C72", "What somebody did themselves is told in the same place, by one question and one press")
@control(
    "C86",
    "One question decides: what may have harmed a good name goes to the line manager at once",
    coverage=Coverage.WHOLE,
)
@control(
    "C87",
    "One question decides: a child’s safety or a colleague’s conduct always goes to the safeguarding lead",
)
def route(*, child_or_conduct: bool) -> Route:
    """Return who is told: safeguarding always wins (contradiction 11 of the clause table)."""
    return Route.SAFEGUARDING if child_or_conduct else Route.MANAGER


@control("C86", "Nobody has spoken with whoever asked for four hours: the next circle is told too")
@control("C87", "Whoever it is about is left out of those who are told, and cannot see it")
def recipients(
    where: Route,
    roles: dict[UUID, frozenset[str]],
    *,
    reporter: UUID,
    not_to: Collection[UUID],
    line_manager: UUID | None = None,
    late: bool = False,
) -> tuple[UUID, ...]:
    """Return who is told: the first circle in which anybody is left when the reporter, and whoever it is about, are taken
    out. ``line_manager``: the reporter's own, if there is one. ``late``: for too long nobody has spoken with them, so the
    next circle is told as well.
    """
    circles: tuple[frozenset[Role], ...] = (frozenset({Role.MANAGER}), frozenset({Role.SERVICE_MANAGER}))
    if where == Route.SAFEGUARDING:
        circles = (
            frozenset({Role.DSL}),
            frozenset({Role.DEPUTY_DSL}),
            frozenset({Role.SERVICE_MANAGER, Role.MANAGER}),
        )
    left_out = {reporter, *not_to}
    own = {line_manager} if where == Route.MANAGER and line_manager in roles else set()
    found = [
        {user for user in own if user is not None and user not in left_out},
    ]
    found += [
        {user for user, held in roles.items() if held & circle and user not in left_out} for circle in circles
    ]
    told = [circle for circle in found if circle][: 2 if late else 1]
    return tuple(sorted(frozenset().union(*told)))
