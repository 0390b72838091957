"""Clauses about exceptions, complaints, and about telling somebody. Pure.

What is told about a child or about a colleague's conduct is judged nowhere: nobody may see from a clause that it exists.
"""

from __future__ import annotations

from datetime import timedelta

from stairgate.assurance.excepting.rules import ALONE
from stairgate.assurance.judges_people import KEEPS_REGISTER, Judge
from stairgate.assurance.known import Known
from stairgate.assurance.marks import Mark, Proof, Step, broken, met, risk, things
from stairgate.organisations.rules import Role

_MANAGING = (Role.MANAGER, Role.SERVICE_MANAGER)
_EXCEPTIONS = Step("See the exceptions", "reminding:exceptions")
#: so long an exception that is asked for may wait for an answer
_TO_ANSWER = timedelta(days=1)


def excepted(known: Known) -> Mark | None:
    """C85: each exception is answered, and what it gave is over with it."""
    work = known.work
    seen = Proof(
        "Exceptions",
        f"{work.exceptions_hold} hold, {work.exceptions_asked} wait for an answer",
        known.day,
        "reminding:exceptions",
    )
    who = known.waits_for(*_MANAGING)
    if work.roles_outlived:
        why = f"{things(work.roles_outlived, 'role')} given under an exception would outlast it."
        return broken(why, seen, then=Step("End it on the register", "people:list"), waits_for=who)
    if work.oldest_exception and known.at - work.oldest_exception > _TO_ANSWER:
        why = f"{things(work.exceptions_asked, 'exception')} asked for, and nobody has answered for a day."
        return risk(why, seen, then=_EXCEPTIONS, waits_for=who)
    if work.exceptions_hold:
        return met(f"{things(work.exceptions_hold, 'exception')} in force, each with its last day.", seen)
    return met("No exception is in force.", seen)


def spoken_with(known: Known) -> Mark | None:
    """C86: whoever asked a manager to speak about a good name was spoken with."""
    work = known.work
    seen = Proof("Who asks to speak to a manager", f"{work.told_waiting} wait", known.day)
    if work.oldest_told and known.at - work.oldest_told > ALONE:
        why = f"{things(work.told_waiting, 'person')} asked to speak to a manager, and nobody has for four hours."
        why = why.replace("persons", "people")
        step = Step("See who asks", "reminding:told")
        return broken(why, seen, then=step, waits_for=known.waits_for(*_MANAGING))
    return met("Whoever asked to speak to a manager about our good name was spoken with.", seen)


def complaints_answered(known: Known) -> Mark | None:
    """C08: each complaint is answered by its day."""
    work = known.work
    seen = Proof(
        "Complaints", f"{work.complaints} to be answered", work.complaint_due, "monitoring:complaints"
    )
    if work.complaint_due and work.complaint_due < known.day:
        step = Step("See the complaints", "monitoring:complaints")
        why = "A complaint was not answered by its day."
        return broken(why, seen, then=step, waits_for=known.waits_for(Role.MANAGER, Role.PAGE_ADMINISTRATOR))
    if work.complaints:
        return met(f"{things(work.complaints, 'complaint')} to be answered, each still in time.", seen)
    return met("No complaint waits for an answer.", seen)


def can_tell(known: Known) -> Mark | None:
    """C49: everybody who works here has the form, which takes a sign-in."""
    without = [one.who for one in known.colleagues if one.who.user is None]
    have, all_of = len(known.colleagues) - len(without), len(known.colleagues)
    seen = Proof("The staff list", f"{have} of {all_of} sign in", known.day, "people:list")
    if without:
        why = f"{known.people(without)} can’t tell somebody here: without a sign-in there is no form."
        step = Step("Give a sign-in", "people:list")
        return risk(why, seen, then=step, waits_for=known.waits_for(*KEEPS_REGISTER))
    return met(f"{have} of {all_of} on the staff list can tell somebody, two taps from any page.", seen)


JUDGES: dict[str, Judge] = {
    "C08": complaints_answered,
    "C49": can_tell,
    "C85": excepted,
    "C86": spoken_with,
}
