"""Who is fit for a duty on a day, from what the register holds. Pure: the day is an argument."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta

from stairgate.clauses import Coverage, control
from stairgate.organisations.rules import Duty, Role


class Barrier(enum.StrEnum):
    """Why the register says no."""

    NOT_ON_REGISTER = "not_on_register"
    LEFT = "left"
    CHECK_MISSING = "check_missing"
    CHECK_REVIEW_DUE = "check_review_due"
    TRAINING_MISSING = "training_missing"
    TRAINING_EXPIRED = "training_expired"
    LEAD_LEVEL_MISSING = "lead_level_missing"
    LEAD_LEVEL_EXPIRED = "lead_level_expired"
    NOT_SIGNED = "not_signed"
    NOT_READ = "not_read"
    NOT_SETTLED = "not_settled"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the register holds of one person, and whether they signed the policy in force."""

    first_name: str
    on_register: bool
    started_on: date | None = None
    ended_on: date | None = None
    enhanced_check: bool = False
    barred_list_checked: bool = False
    check_review_on: date | None = None
    training_expires_on: date | None = None
    signed_current_policy: bool = False
    policy_in_force: bool = True  # whether there is anything to sign
    online_safety_expires_on: date | None = None
    leads: bool = False  # holds a role of a safeguarding lead that day
    lead_level_expires_on: date | None = None  # of child protection training at lead level
    unread: str = ""  # a document of the library that everybody should have read by now, and they have not
    to_settle: bool = False  # they declared what asks for a plan, and there is none that they agreed to


@dataclass(frozen=True, slots=True)
class Reason:
    """One barrier, the clause it comes from ("" where that would tell what stays between few), and a sentence."""

    barrier: Barrier
    clause: str
    says: str


@control("C14", "No account duty without a live signature on the policy in force")
@control("C17", "The professional code is signed before an administrator may act")
@control(
    "C19",
    "No account duty without an enhanced check with the children's barred list, in date",
    coverage=Coverage.WHOLE,
)
@control(
    "C20", "No account duty when safeguarding training is missing or has run out", coverage=Coverage.WHOLE
)
@control("C88", "Each account user signs before use; a new version asks again")
def eligibility(facts: Facts, on: date, duty: Duty | None = None) -> tuple[Reason, ...]:
    """Return every reason why this person may not do this that day; empty means fit (C12–C20).

    Without a duty: what every duty that touches the account asks.
    """
    if not facts.on_register:
        return (Reason(Barrier.NOT_ON_REGISTER, "C12", f"{facts.first_name} is not on the staff register."),)
    return tuple(
        reason
        for reason in (
            *(_left(facts, on), _check(facts, on), _training(facts, on)),
            *(_lead_level(facts, on, duty), _signed(facts), _read(facts, on), _settled(facts)),
        )
        if reason
    )


def _left(facts: Facts, on: date) -> Reason | None:
    if facts.started_on and on < facts.started_on:
        return Reason(Barrier.LEFT, "C12", f"{facts.first_name} has not started yet.")
    if facts.ended_on and on > facts.ended_on:
        return Reason(Barrier.LEFT, "C25", f"{facts.first_name} has left.")
    return None


def _check(facts: Facts, on: date) -> Reason | None:
    if not (facts.enhanced_check and facts.barred_list_checked):
        return Reason(
            Barrier.CHECK_MISSING,
            "C19",
            f"We have not recorded an enhanced DBS check with the barred list for {facts.first_name}.",
        )
    if facts.check_review_on is None or on > facts.check_review_on:
        return Reason(Barrier.CHECK_REVIEW_DUE, "C19", f"{facts.first_name}’s DBS check is due for review.")
    return None


def _training(facts: Facts, on: date) -> Reason | None:
    if facts.training_expires_on is None:
        return Reason(
            Barrier.TRAINING_MISSING,
            "C20",
            f"We have no safeguarding training on record for {facts.first_name}.",
        )
    if on > facts.training_expires_on:
        return Reason(
            Barrier.TRAINING_EXPIRED, "C20", f"{facts.first_name}’s safeguarding training has run out."
        )
    return None


#: who decides about children's safety, and so needs training at lead level for it
LEADS = frozenset({Role.DSL, Role.DEPUTY_DSL})
#: what says on a certificate that a course was at lead level
LEAD_LEVEL = r"lead|designated|dsl|level [345]"
#: on how many people with online safety training in date the accounts depend
ONLINE_SAFETY_PEOPLE = 2


@control("C20", "A safeguarding lead decides only with child protection training at lead level, in date")
def _lead_level(facts: Facts, on: date, duty: Duty | None) -> Reason | None:
    if duty != Duty.DECIDE or not facts.leads or _training(facts, on) is not None:
        return None  # without any training that is the reason said
    if facts.lead_level_expires_on is None:
        return Reason(
            Barrier.LEAD_LEVEL_MISSING,
            "C20",
            f"{facts.first_name} is a safeguarding lead, and we have no child protection training at lead level "
            "on record. Record it with its level, such as lead level.",
        )
    if on > facts.lead_level_expires_on:
        return Reason(
            Barrier.LEAD_LEVEL_EXPIRED,
            "C20",
            f"{facts.first_name}’s child protection training at lead level has run out.",
        )
    return None


def _signed(facts: Facts) -> Reason | None:
    if facts.signed_current_policy:
        return None
    says = f"{facts.first_name} has not signed the policy in force."
    if not facts.policy_in_force:
        says = f"No policy is in force yet, so {facts.first_name} could not sign it."
    return Reason(Barrier.NOT_SIGNED, "C14", says)


#: how many days there are for reading a new version of a document that everybody must know
DAYS_TO_READ = 7


@control("C50", "No account duty while a document that everybody must know is not read within its days")
def _read(facts: Facts, on: date) -> Reason | None:
    """Return that a document was there for longer than its days of reading; who is new has as many days."""
    new = facts.started_on is not None and on <= facts.started_on + timedelta(days=DAYS_TO_READ)
    if not facts.unread or new:
        return None
    return Reason(
        Barrier.NOT_READ, "C50", f"{facts.first_name} has not read “{facts.unread}” in the library."
    )


@control(
    "C68",
    "Who disclosed a connection has no account duty until a manager or the lead wrote a plan and they agreed to it",
)
@control(
    "C74",
    "Who has a family among their contacts has no account duty until a plan for it is agreed",
    coverage=Coverage.WHOLE,
)
def _settled(facts: Facts) -> Reason | None:
    """What was declared stays between few: the sentence tells nobody else what it is about."""
    if not facts.to_settle:
        return None
    return Reason(
        Barrier.NOT_SETTLED, "", f"{facts.first_name} has something to settle with a manager first."
    )


#: days before a check or a course runs out at which people are told, and told more urgently
WARNINGS = (90, 30, 7)


class Holding(enum.StrEnum):
    """What the register holds that runs out."""

    CHECK = "DBS check"
    SAFEGUARDING = "child protection training"
    ONLINE_SAFETY = "online safety training"


@dataclass(frozen=True, slots=True)
class Expiry:
    """Something that runs out soon, or has. ``warning`` is the step of `WARNINGS` it has reached, 0 when it is over."""

    holding: Holding
    ends_on: date
    days_left: int
    warning: int

    @property
    def left(self) -> str:
        """Return how long it still holds, in words."""
        if self.days_left < 0:
            return "Run out"
        if self.days_left == 0:
            return "Last day today"
        return f"{self.days_left} day{'s' if self.days_left > 1 else ''} left"


@control("C19", "A check that is due for review is shown 90, 30 and 7 days before")
@control("C20", "Training that runs out is shown 90, 30 and 7 days before")
@control("C54", "Online safety training that runs out is shown 90, 30 and 7 days before")
def running_out(facts: Facts, on: date) -> tuple[Expiry, ...]:
    """Return what runs out within the longest warning, or has run out, the soonest first."""
    check = facts.check_review_on if facts.enhanced_check and facts.barred_list_checked else None
    held = (
        (Holding.CHECK, check),
        (Holding.SAFEGUARDING, facts.training_expires_on),
        (Holding.ONLINE_SAFETY, facts.online_safety_expires_on),
    )
    found = [
        Expiry(holding, ends_on, (ends_on - on).days, _warning((ends_on - on).days))
        for holding, ends_on in held
        if ends_on is not None and (ends_on - on).days <= max(WARNINGS)
    ]
    return tuple(sorted(found, key=lambda expiry: expiry.ends_on))


def _warning(days_left: int) -> int:
    return 0 if days_left < 0 else min(step for step in WARNINGS if days_left <= step)


def fit_until(facts: Facts, on: date) -> date | None:
    """Return the last day of a fit person's fitness when it ends within the longest warning, else None."""
    lead_level = facts.lead_level_expires_on if facts.leads else None
    ends = [
        day
        for day in (facts.ended_on, facts.check_review_on, facts.training_expires_on, lead_level)
        if day is not None
    ]
    return min((day for day in ends if on <= day <= on + timedelta(days=max(WARNINGS))), default=None)


def review_after(day: date, years: int) -> date:
    """Return the same day some years later; from 29 February the day before."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


_NUMBER_DIGITS = 12


def is_certificate_number(text: str) -> bool:
    """Return whether this can be the number of a DBS certificate."""
    return len(text) == _NUMBER_DIGITS and text.isascii() and text.isdigit()
