"""Clauses about how an account is asked for, decided and goes on. Pure."""

from __future__ import annotations

from datetime import timedelta

from stairgate.assurance.judges_people import Judge
from stairgate.assurance.known import SOON_DAYS, Known
from stairgate.assurance.marks import Mark, Proof, Step, accounts, broken, met, off, risk, things
from stairgate.organisations.rules import Role

#: a request that waits for longer has been forgotten
_TO_DECIDE = timedelta(days=14)


def decided(known: Known) -> Mark | None:
    """C89, C101–C104: the decision on each account, as it is on record."""
    if not known.accounts:
        return off("Nobody has asked for an account yet.")
    return met(
        f"{accounts(len(known.accounts), plural='were', one='was')} asked for by one person and decided by another.",
        *(
            Proof(
                a.name, f"Asked for by {a.asked_by}, decided by {a.decided_by}", a.decided_at, "channels:list"
            )
            for a in known.accounts[:5]
        ),
    )


def asked_first(known: Known) -> Mark | None:
    """C89: what exists in our name was asked for and decided; a page that was found has a day to be put right."""
    work = known.work
    who = known.waits_for(Role.SERVICE_MANAGER, Role.MANAGER)
    seen = Proof(
        "Pages in our name",
        f"{things(work.found_pages, 'page')} without a decision",
        known.day,
        "channels:list",
    )
    if work.found_pages and work.regularise_by:
        step, them = Step("Put it right", "channels:list"), things(work.found_pages, "page")
        if work.regularise_by < known.day:
            return broken(
                f"{them} in our name: nobody authorised it, and the day to put it right is past.",
                seen,
                then=step,
                waits_for=who,
            )
        return risk(f"{them} in our name: nobody authorised it yet.", seen, then=step, waits_for=who)
    return decided(known)


def answered(known: Known) -> Mark | None:
    """C102: each request has its answer, with a reason; one that waits is for the service manager."""
    mark = decided(known)
    if mark is None or not known.work.requests:
        return mark
    who = known.waits_for(Role.SERVICE_MANAGER, Role.MANAGER)
    why = f"{things(known.work.requests, 'request')} to decide on."
    oldest = known.work.oldest_request
    if oldest and known.at - oldest > _TO_DECIDE:
        why = f"{things(known.work.requests, 'request')} to decide on, the oldest for longer than two weeks."
        step = Step("Read and decide", "channels:list")
        return risk(why, *mark.proof, then=step, waits_for=who)
    return met(why, *mark.proof, next_action=Step("Read and decide", "channels:list"), waits_for=who)


def goes_on(known: Known) -> Mark | None:
    """C98: an authorisation ends; the promised evaluation comes first. One that is over is found by `shut`."""
    ends = [(account.until, account.name) for account in known.accounts if account.until]
    if not ends:
        return None
    until, name = min(ends)
    seen = Proof("How long each account may run", f"{name} the shortest", until, "channels:list")
    left = (until - known.day).days
    if 0 <= left <= SOON_DAYS:
        return risk(
            f"{name} may run for {things(left, 'more day')}; then its evaluation must be written and the account renewed.",
            seen,
            then=Step("Write the evaluation", "channels:list"),
            waits_for=known.waits_for(*(Role.PAGE_ADMINISTRATOR, Role.MANAGER)),
        )
    return met(f"{name} may run for {things(left, 'more day')}, and is evaluated before.", seen)


JUDGES: dict[str, Judge] = {
    "C89": asked_first,
    "C98": goes_on,
    "C102": answered,
    **dict.fromkeys(("C90", "C91", "C92", "C93", "C94", "C95", "C96", "C97", "C99", "C100"), decided),
    **dict.fromkeys(("C101", "C103", "C104"), decided),
}
