"""Who is fit for a duty on a day, from what the register holds. Pure: the day is an argument."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

from stairgate.clauses import control


class Barrier(enum.StrEnum):
    """Why the register says no."""

    NOT_ON_REGISTER = "not_on_register"
    LEFT = "left"
    CHECK_MISSING = "check_missing"
    CHECK_REVIEW_DUE = "check_review_due"
    TRAINING_MISSING = "training_missing"
    TRAINING_EXPIRED = "training_expired"
    NOT_SIGNED = "not_signed"


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


@dataclass(frozen=True, slots=True)
class Reason:
    """One barrier, the clause it comes from, and a sentence with the next thing to do."""

    barrier: Barrier
    clause: str
    says: str


@control("C14", "No account duty without a live signature on the policy in force")
@control("C17", "The professional code is signed before an administrator may act")
@control("C19", "No account duty without an enhanced check with the children's barred list, in date")
@control("C20", "No account duty when safeguarding training is missing or has run out")
@control("C88", "Each account user signs before use; a new version asks again")
def eligibility(facts: Facts, on: date) -> tuple[Reason, ...]:
    """Return every reason why this person may not touch the account that day; empty means fit (C12–C20)."""
    if not facts.on_register:
        return (Reason(Barrier.NOT_ON_REGISTER, "C12", f"{facts.first_name} is not on the staff register."),)
    return tuple(
        reason
        for reason in (_left(facts, on), _check(facts, on), _training(facts, on), _signed(facts))
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


def _signed(facts: Facts) -> Reason | None:
    if facts.signed_current_policy:
        return None
    return Reason(Barrier.NOT_SIGNED, "C14", f"{facts.first_name} has not signed the policy in force.")
