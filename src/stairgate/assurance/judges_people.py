"""Clauses about people: roles, register, signatures, review. Pure: each judge takes what is known, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from stairgate.assurance.known import SOON_DAYS, Bearer, Known
from stairgate.assurance.marks import Mark, Proof, Step, Who, broken, met, off, risk
from stairgate.clauses import control
from stairgate.organisations.mailboxes import personal_problem
from stairgate.organisations.rules import Duty, Role
from stairgate.people.rules import Barrier, Holding

Judge = Callable[[Known], Mark | None]

REGISTER = Step("See the register", "people:list")
KEEPS_REGISTER = (Role.MANAGER, Role.SERVICE_MANAGER)
_DECIDES = (Role.SERVICE_MANAGER, Role.MANAGER)
_ON_RECORD = {
    Barrier.NOT_ON_REGISTER: "is not on the staff register",
    Barrier.LEFT: "has left, or has not started",
}


def adopted(known: Known) -> Mark | None:
    policy = known.policy
    if policy is None:
        return None
    seen = Proof("The policy in force", f"Version {policy.label}", policy.adopted_at, "policies:words")
    return met(f"Version {policy.label} is in force, adopted as a whole.", seen)


def reviewed(known: Known) -> Mark | None:
    policy = known.policy
    if policy is None:
        return None
    left = (policy.review_due - known.at).days
    seen = Proof(
        "The policy in force", f"Version {policy.label}, adopted", policy.adopted_at, "policies:words"
    )
    who = known.waits_for(*_DECIDES)
    step = Step("Review the policy", "policies:review")
    if known.at > policy.review_due:
        return broken("The policy’s yearly review is overdue.", seen, then=step, waits_for=who)
    if left < SOON_DAYS:
        when = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
        return risk(f"The policy’s yearly review is due {when}.", seen, then=step, waits_for=who)
    return met(f"The next review is due in {left} days.", seen)


def asked_sooner(known: Known) -> Mark | None:
    """C106: something that happened, or a new safeguarding lead, asks for a look before the year is over."""
    policy = known.policy
    if policy is None:
        return None
    seen = Proof("What asks for a look", f"Version {policy.label}", policy.adopted_at, "policies:review")
    if policy.asked is None:
        return met("Nothing has happened since the last look that asks for another.", seen)
    who, step = known.waits_for(*_DECIDES), Step("Review the policy", "policies:review")
    if known.at > policy.asked.at:
        return broken(policy.asked.overdue, seen, then=step, waits_for=who)
    days = (policy.asked.at - known.at).days
    when = "today" if days == 0 else "by tomorrow" if days == 1 else f"within {days} days"
    return risk(f"{policy.asked.title}: it is due {when}.", seen, then=step, waits_for=who)


def named(known: Known) -> Mark | None:
    """C21: whom the policy names is read from the roles of today; a role that nobody holds is a gap in it."""
    wanted = (Role.SERVICE_MANAGER, Role.MANAGER, Role.PAGE_ADMINISTRATOR, Role.DSL, Role.DEPUTY_DSL)
    empty = [role for role in wanted if not known.holding(role)]
    held = len(wanted) - len(empty)
    seen = Proof("The roles of today", f"{held} of {len(wanted)} roles are held", known.day, "policies:words")
    who = known.waits_for(*KEEPS_REGISTER)
    if not empty:
        return met("Every role that the policy names is held by somebody.", seen)
    gap = f"Nobody is {' or '.join(role.label.lower() for role in empty)}."
    if Role.DSL in empty or Role.PAGE_ADMINISTRATOR in empty:
        return broken(gap, seen, then=REGISTER, waits_for=who)
    return risk(gap, seen, then=REGISTER, waits_for=who)


@control("C52", "That nobody leads safeguarding, or nobody steps in, is told at once, and who puts it right")
def lead(known: Known) -> Mark | None:
    """C52: a safeguarding lead is there, and somebody who steps in."""
    leads, deputies = known.holding(Role.DSL), known.holding(Role.DEPUTY_DSL)
    who = known.waits_for(*KEEPS_REGISTER)
    step = Step("Give the role", "people:list")
    if not leads:
        return broken("Nobody is the designated safeguarding lead.", then=step, waits_for=who)
    names = " and ".join(bearer.who.name for bearer in leads[:2])
    seen = Proof(
        "The roles of today", f"{names} lead{'s' if len(leads) == 1 else ''} safeguarding", known.day
    )
    if not deputies:
        return risk("Nobody steps in when the safeguarding lead is away.", seen, then=step, waits_for=who)
    return met(f"{names} lead{'s' if len(leads) == 1 else ''}; {deputies[0].who.name} steps in.", seen)


def on_register(known: Known) -> Mark | None:
    missing = [one for one in known.bearers if one.lacks(*_ON_RECORD)]
    seen = Proof(
        "Roles and register",
        f"{len(known.bearers) - len(missing)} of {len(known.bearers)} are on it",
        known.day,
    )
    if missing:
        return broken(
            f"{known.people(whose(missing))} hold{'s' if len(missing) == 1 else ''} a role without being on the "
            "staff register today.",
            seen,
            then=REGISTER,
            waits_for=known.waits_for(*KEEPS_REGISTER),
        )
    return met(f"All {len(known.bearers)} who hold a role are on the staff register.", seen)


def _held(barriers: tuple[Barrier, ...], holding: Holding, what: str) -> Judge:
    """Return the judge of something that everybody who touches the account needs, and that runs out."""

    def judge(known: Known) -> Mark | None:
        without = [one for one in known.touching if one.lacks(*barriers)]
        soon = [
            (expiry.ends_on, one)
            for one in known.touching
            for expiry in one.runs_out
            if one not in without and expiry.holding == holding and expiry.days_left <= SOON_DAYS
        ]
        have, all_of = len(known.touching) - len(without), len(known.touching)
        seen = Proof(
            "The register",
            f"{have} of {all_of} who touch the account have it in date",
            known.day,
            "people:list",
        )
        who = known.waits_for(*KEEPS_REGISTER)
        if without:
            why = (
                f"{known.people(whose(without))}: {what} is missing or has run out. The gate holds them back."
            )
            return broken(why, seen, then=REGISTER, waits_for=who)
        if soon:
            ends, _ = min(soon, key=lambda pair: pair[0])
            why = f"{known.people(whose([one for _, one in soon]))}: {what} runs out, the first {_days(ends, known)}."
            return risk(why, seen, then=REGISTER, waits_for=who)
        return met(f"{have} of {all_of} who touch the account have it in date.", seen)

    return judge


check = _held((Barrier.CHECK_MISSING, Barrier.CHECK_REVIEW_DUE), Holding.CHECK, "the DBS check")
training = _held(
    (Barrier.TRAINING_MISSING, Barrier.TRAINING_EXPIRED), Holding.SAFEGUARDING, "child protection training"
)


@control("C18", "Just enough administrators is told too: one more is to be prepared")
def administrators(known: Known) -> Mark | None:
    """C18: as many as the policy asks for, fit today and for a while."""
    need = known.parameters.page_administrators
    fit = [one for one in known.holding(Role.PAGE_ADMINISTRATOR) if not one.reasons]
    lasting = [
        one
        for one in fit
        if not any(e.days_left <= SOON_DAYS for e in one.runs_out if e.holding != Holding.ONLINE_SAFETY)
    ]
    seen = Proof(
        "Roles and register", f"{len(fit)} fit page administrators, {need} needed", known.day, "people:list"
    )
    who = known.waits_for(*_DECIDES)
    step = Step("Choose an administrator", "people:list")
    if len(fit) < need:
        why = f"{len(fit)} of the {need} page administrators that the policy asks for {'is' if len(fit) == 1 else 'are'} fit."
        return broken(why, seen, then=step, waits_for=who)
    if len(lasting) < need:
        return risk("Fewer than enough will be fit in 30 days.", seen, then=step, waits_for=who)
    prompt = Step("Prepare one more", "people:list") if len(fit) == need else None
    why = f"{len(fit)} are fit: {known.people(whose(fit))}."
    return met(why, seen, next_action=prompt, waits_for=who)


def approvers(known: Known) -> int:
    """Return how many may approve today."""
    return sum(not one.reasons for one in known.with_duty(Duty.APPROVE))


@control("C27", "That fewer than two people can do a thing, each signed in as themselves, is told at once")
def step_in(known: Known) -> Mark | None:
    """C27: when one person is away, somebody else can do everything."""
    duties = (Duty.WRITE, Duty.APPROVE, Duty.DECIDE)
    fewest = min(sum(not one.reasons for one in known.with_duty(duty)) for duty in duties)
    seen = Proof("Roles and register", f"At least {fewest} can do each thing", known.day, "people:list")
    if fewest < 2:
        return broken(
            "There is a thing that fewer than two people can do today.",
            seen,
            then=Step("Give a role", "people:list"),
            waits_for=known.waits_for(*_DECIDES),
        )
    return met(
        f"At least {fewest} people can write, approve and answer, each with a sign-in of their own.", seen
    )


@control("C54", "Fewer than two certificates in date is told at once, and a month before it is so")
def online_safety(known: Known) -> Mark | None:
    """C54: two certificates in date, today and for a while."""
    until = [one.online_safety_until for one in known.colleagues if one.online_safety_until]
    have = sum(day >= known.day for day in until)
    later = sum(day >= known.day + timedelta(days=SOON_DAYS) for day in until)
    seen = Proof("The register", f"{have} certificates in date", known.day, "people:list")
    who, step = known.waits_for(*_DECIDES), Step("Book a course", "people:list")
    if have < 2:
        return broken(
            f"{have} of the 2 certificates that are needed {'is' if have == 1 else 'are'} in date.",
            seen,
            then=step,
            waits_for=who,
        )
    if later < 2:
        return risk("Fewer than two will be in date in 30 days.", seen, then=step, waits_for=who)
    return met(f"{have} people have one in date.", seen)


def leavers(known: Known) -> Mark | None:
    work = known.work
    seen = Proof("What leavers left to do", f"{work.leaver_tasks} not ticked", known.day, "people:list")
    if work.leaver_tasks and work.leaver_due:
        who = f"{work.leaver_name}’s leaving" if known.names and work.leaver_name else "Somebody’s leaving"
        step, waits = Step("Tick what is done", "people:list"), known.waits_for(*KEEPS_REGISTER)
        if work.leaver_due < known.day:
            return broken(f"{who} is over, and not everything is done.", seen, then=step, waits_for=waits)
        return risk(f"{who} is today; not everything is done yet.", seen, then=step, waits_for=waits)
    if work.last_left:
        return met(
            "Whoever left has left nothing behind.",
            Proof("The last leaver", "Everything ticked", work.last_left),
        )
    return met("Nobody has left so far. A leaver’s roles end with their last day.", seen)


@control("C60", "Addresses on the register are looked at again each minute, with the list of today")
def mailboxes(known: Known) -> Mark | None:
    """C60: addresses are looked at again, because the list of personal mail domains grows."""
    personal = [one.who for one in known.colleagues if one.email and personal_problem(one.email)]
    asked = sum(bool(one.email) for one in known.colleagues)
    seen = Proof(
        "Addresses on the register", f"{asked - len(personal)} of {asked} are work mailboxes", known.day
    )
    if personal:
        return broken(
            f"{known.people(personal)}: a personal mailbox is on the register.",
            seen,
            then=REGISTER,
            waits_for=known.waits_for(*KEEPS_REGISTER),
        )
    return met(f"{asked} of {asked} addresses are work mailboxes.", seen)


def pictures_of_children(known: Known) -> Mark | None:
    if known.policy is None:
        return None
    seen = Proof(
        "The policy in force", f"Version {known.policy.label}", known.policy.adopted_at, "policies:words"
    )
    if known.parameters.identifiable_children:
        return met("Our policy decided otherwise, with a reason; each picture still needs consent.", seen)
    return met("Our policy allows no picture in which a child can be recognised.", seen)


def consent(known: Known) -> Mark | None:
    if known.parameters.identifiable_children:
        return None
    return off(
        "Our policy allows no picture in which a child can be recognised, so there is no consent to ask for."
    )


def whose(bearers: Sequence[Bearer]) -> list[Who]:
    return [one.who for one in bearers]


def _days(day: date, known: Known) -> str:
    left = (day - known.day).days
    return "today" if left <= 0 else "tomorrow" if left == 1 else f"in {left} days"


JUDGES: dict[str, Judge] = {
    "C01": adopted,
    "C12": on_register,
    "C18": administrators,
    "C19": check,
    "C20": training,
    "C21": named,
    "C27": step_in,
    "C35": pictures_of_children,
    "C36": consent,
    "C52": lead,
    "C54": online_safety,
    "C60": mailboxes,
    "C105": reviewed,
    "C106": asked_sooner,
    **dict.fromkeys(("C05", "C06", "C09", "C15", "C70"), adopted),
}
