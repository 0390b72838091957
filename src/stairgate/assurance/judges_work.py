"""Clauses about accounts, posts and what people write to us. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from stairgate.assurance.judges_people import Judge, approvers
from stairgate.assurance.known import Known
from stairgate.assurance.marks import Mark, Proof, Step, accounts, broken, met, off, risk, things
from stairgate.channels.access_list.rules import COMES_UP, due_at
from stairgate.channels.rules import mailbox_problem
from stairgate.organisations.rules import Role

ACCOUNTS = Step("See the account", "channels:list")
_COMPARE = Step("Compare it", "channels:list")
INBOX = Step("Decide in the inbox", "monitoring:inbox")
_ACCOUNT_PEOPLE = (Role.PAGE_ADMINISTRATOR, Role.MANAGER)
_NO_ACCOUNT = "We have no account yet."
#: a day is the longest that something grave may wait for somebody, or a difference on our page stay there
_A_DAY = timedelta(days=1)
#: the record is sealed every hour; this is silence, not a hiccup
_SILENCE = timedelta(hours=3)


def registered(known: Known) -> Mark | None:
    """C04: every account is registered, authorised and live; what shuts one is found by `shut`."""
    open_ones = [one for one in known.accounts if not one.restrictions]
    return met(
        f"{len(open_ones)} of {accounts(len(known.accounts))} registered, authorised and live.",
        *(
            Proof(one.name, f"Decided by {one.decided_by}", one.decided_at, "channels:list")
            for one in known.accounts[:5]
        ),
    )


def shut(known: Known) -> dict[str, Mark]:
    """Return the clauses that shut an account now, each with its sentence. Whatever the rules of the accounts know."""
    found: dict[str, Mark] = {}
    for account in known.accounts:
        for restriction in account.restrictions:
            if restriction.clause not in found:
                seen = Proof(account.name, "The gate is shut", known.at, "channels:list")
                waits = known.waits_for(*_ACCOUNT_PEOPLE)
                found[restriction.clause] = broken(restriction.says, seen, then=ACCOUNTS, waits_for=waits)
    return found


def purposes(known: Known) -> Mark | None:
    without = [one.name for one in known.accounts if not one.purposes]
    seen = Proof(
        "What each account was opened for",
        f"{len(known.accounts) - len(without)} of {len(known.accounts)} say it",
    )
    if without:
        return broken(
            f"{without[0]} has no purpose, so nothing can serve it.",
            seen,
            then=ACCOUNTS,
            waits_for=known.waits_for(Role.SERVICE_MANAGER, Role.MANAGER),
        )
    return met(
        "Each account says what it is for; each post names one of its purposes.", seen, *_last_post(known)
    )


def mailbox(known: Known) -> Mark | None:
    """C22, C23: looked at again with the staff of today: a newcomer's address may be the one that was generic before."""
    addresses = [one.email for one in known.colleagues if one.email]
    names = [one.who.name for one in known.colleagues]
    wrong = [
        one
        for one in known.accounts
        if mailbox_problem(one.mailbox, staff_addresses=addresses, staff_names=names)
    ]
    seen = Proof(
        "Mailboxes and the staff list of today",
        f"{len(known.accounts) - len(wrong)} of {len(known.accounts)} are shared",
    )
    if wrong:
        return broken(
            f"{wrong[0].name}: its mailbox belongs to one person, or looks like it.",
            seen,
            then=ACCOUNTS,
            waits_for=known.waits_for(Role.SERVICE_MANAGER, Role.MANAGER),
        )
    return met("Each account belongs to a mailbox that the team shares.", seen)


def reached(known: Known) -> Mark | None:
    """C84: only named people reach the account, through Stairgate and on the network, as compared each month."""
    connected = [one for one in known.accounts if one.connected_at]
    days = known.parameters.access_check_days
    compared = [one.access_checked_at for one in connected if one.access_checked_at]
    seen = Proof(
        "Who can reach each account on its network",
        f"{len(compared)} of {len(connected)} compared with the register",
        min(compared, default=None),
        "channels:list",
    )
    who = known.waits_for(*_ACCOUNT_PEOPLE)
    for one in connected:
        if one.access_findings:
            why = f"{one.name}: somebody can reach it there who should not, or whom nobody knows."
            return broken(why, seen, then=Step("See who it is", "channels:list"), waits_for=who)
    for one in connected:
        due = due_at(one.access_checked_at, one.connected_at or known.at, days)
        if known.at > due:
            why = f"{one.name}: nobody has compared in time who can reach it there with the register."
            return broken(why, seen, then=_COMPARE, waits_for=who)
        if known.at > due - min(COMES_UP, timedelta(days=days // 4)):
            left = things(max((due - known.at).days, 1), "day")
            why = f"{one.name}: who can reach it there has to be compared with the register within {left}."
            return risk(why, seen, then=_COMPARE, waits_for=who)
    return met("Only named people reach the account, through Stairgate and on its network.", seen)


def kept(known: Known) -> Mark | None:
    """C28, C82: the record goes on and is sealed. A connection that cannot be proved is found by `shut`."""
    work = known.work
    seen = Proof("The record", "Sealed", work.sealed_at, "assurance:record")
    if known.at - known.founded_at < _SILENCE:
        return met("Every deed is in the record, with person and time.", seen)
    if work.sealed_at is None or known.at - work.sealed_at > _SILENCE:
        return risk(
            "The record has not been sealed for hours: is Stairgate’s worker running?",
            seen,
            then=Step("See the record", "assurance:record"),
            waits_for=known.waits_for(Role.MANAGER),
        )
    return met("Every deed is in the record, with person and time, and the record is sealed.", seen)


def second_person(known: Known) -> Mark | None:
    """C78: somebody else can approve, each second look was taken, and the page is as approved."""
    work, need = known.work, known.parameters.approvers
    able = approvers(known)
    seen = (
        Proof("Who may approve today", f"{able}, and {need} needed besides the author", known.day),
        *_last_post(known),
    )
    waits = known.waits_for(*_ACCOUNT_PEOPLE)
    if work.looks_missed:
        return broken(
            f"{things(work.looks_missed, 'second look')} at an urgent post {'is' if work.looks_missed == 1 else 'are'} overdue.",
            *seen,
            then=Step("Take the second look", "publishing:list"),
            waits_for=waits,
        )
    if able < need:
        who = known.waits_for(Role.SERVICE_MANAGER, Role.MANAGER)
        return broken(
            "Nobody may approve today, so nothing goes out.",
            *seen,
            then=Step("Give a role", "people:list"),
            waits_for=who,
        )
    if work.differences:
        return _differs(known, *seen)
    if able == need:
        who = known.waits_for(Role.SERVICE_MANAGER, Role.MANAGER)
        return risk(
            "One person away, and nothing can be approved.",
            *seen,
            then=Step("Give a role", "people:list"),
            waits_for=who,
        )
    return met(f"{able} people may approve; the gate asks for {need} besides the author.", *seen)


def recorded_and_removed(known: Known) -> Mark | None:
    """C40: what should not be there is decided on in a day, and what differs on our page is put right."""
    work = known.work
    seen = Proof(
        "The inbox", f"{work.grave_items} grave, {work.open_items} in all", work.last_item, "monitoring:inbox"
    )
    who = known.waits_for(*_ACCOUNT_PEOPLE)
    if work.oldest_grave and known.at - work.oldest_grave > _A_DAY:
        return broken(
            f"{things(work.grave_items, 'grave comment')} waited longer than a day.",
            seen,
            then=INBOX,
            waits_for=who,
        )
    if work.oldest_difference and known.at - work.oldest_difference > _A_DAY:
        return _differs(known, seen)
    if work.grave_items:
        return risk(
            f"{things(work.grave_items, 'grave comment')} to decide on.", seen, then=INBOX, waits_for=who
        )
    return met("Nothing that should not be there waits for anybody.", seen)


def _differs(known: Known, *seen: Proof) -> Mark:
    work = known.work
    long = work.oldest_difference is not None and known.at - work.oldest_difference > _A_DAY
    why = f"{things(work.differences, 'post')} on our page {'is' if work.differences == 1 else 'are'} not as approved."
    make = broken if long else risk
    return make(
        why,
        *seen,
        then=Step("See what differs", "publishing:list"),
        waits_for=known.waits_for(*_ACCOUNT_PEOPLE),
    )


def looked_through(known: Known) -> Mark | None:
    """C39: what people write is read, all of it, and nothing waits for longer than a check may be away."""
    work, days = known.work, known.parameters.check_every_days
    blind = [one for one in known.accounts if one.blind and not one.by_hand]
    reads = [one.read_at for one in known.accounts if one.read_at]
    seen = Proof("Comments", f"{work.open_items} wait", min(reads, default=None), "monitoring:inbox")
    who = known.waits_for(*_ACCOUNT_PEOPLE)
    if work.oldest_item and known.at - work.oldest_item > timedelta(days=days):
        return broken(f"A comment waits for longer than {days} days.", seen, then=INBOX, waits_for=who)
    if blind:
        why = f"{blind[0].name}: {blind[0].blind}"
        return risk(why, seen, then=Step("Look at the page yourself", "monitoring:inbox"), waits_for=who)
    return met("What people write is read and screened, and waits for a person.", seen)


def under_18(known: Known) -> Mark | None:
    work = known.work
    seen = Proof(
        "Comments that may be by somebody under 18",
        f"{work.under_18} wait",
        work.last_item,
        "monitoring:inbox",
    )
    if work.under_18:
        return risk(
            f"{things(work.under_18, 'comment')} may be by somebody under 18.",
            seen,
            then=INBOX,
            waits_for=known.waits_for(Role.DSL, Role.DEPUTY_DSL),
        )
    return met("Whoever seems to be under 18 is answered with the fixed words alone; none waits.", seen)


def suggested(known: Known) -> Mark | None:
    seen = Proof(
        "Suggestions", f"{known.work.suggestions} wait for an answer", known.day, "publishing:suggestions"
    )
    return met("Everybody may suggest; only page administrators and authors write.", seen)


def _screened(says: str) -> Judge:
    """Return the judge of what screening and the gate look at each time: the last time is its proof."""

    def judge(known: Known) -> Mark | None:
        return met(says, *_last_post(known))

    return judge


def _last_post(known: Known) -> tuple[Proof, ...]:
    at = known.work.last_published
    return (Proof("The last post that went out", "Through the gate", at, "publishing:list"),) if at else ()


def _about_accounts(judge: Judge) -> Judge:
    """Return the judge of a clause that says nothing as long as there is no account."""

    def judged(known: Known) -> Mark | None:
        return judge(known) if known.accounts else off(_NO_ACCOUNT)

    return judged


_IF_ANY: dict[str, Callable[[Known], Mark | None]] = {
    "C03": purposes,
    "C04": registered,
    "C22": mailbox,
    "C23": mailbox,
    "C29": _screened("A post that speaks as one person is pointed out before it is sent."),
    "C39": looked_through,
    "C40": recorded_and_removed,
    "C53": _screened("The words that point to help are part of the policy, ready where they are needed."),
    "C58": _screened("An offer to talk in private is pointed out, going out and coming in."),
    "C59": under_18,
    "C73": _screened("What serves no purpose of the account needs a second person’s reason."),
    "C76": _screened("A reply goes through the same gate as a post."),
    "C79": _screened("Personal contact details must be taken out before anything goes out."),
    "C81": _screened("Each approval answers for tone and boundaries."),
    "C84": reached,
}

#: what is also asked of one account by itself
OF_AN_ACCOUNT = (
    *_IF_ANY,
    "C02",
    "C16",
    "C24",
    "C25",
    *("C26", "C30", "C31", "C32", "C33", "C34", "C42", "C57", "C83"),
    "C62",
    "C18",
    "C28",
    "C78",
    "C98",
    "C101",
    "C102",
    "C103",
    "C104",
    "C105",
)

JUDGES: dict[str, Judge] = {
    **{clause: _about_accounts(judge) for clause, judge in _IF_ANY.items()},
    "C28": kept,
    "C82": kept,
    "C48": suggested,
    "C71": _screened("Each approval and each decision names one person."),
    "C78": second_person,
}
