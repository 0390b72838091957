"""Clauses about what makes a page a safe place, and about who gets in. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from stairgate.assurance.judges_people import Judge, adopted, leavers
from stairgate.assurance.known import SOON_DAYS, Account, Known
from stairgate.assurance.marks import Mark, Proof, Step, Worth, accounts, broken, met, off, risk
from stairgate.channels.opening.rules import short_soon
from stairgate.organisations.rules import Role

_SHEET = Step("Go through what has to be confirmed", "channels:list")
_WHO = (Role.PAGE_ADMINISTRATOR, Role.MANAGER)


def _confirmed(clause: str, what: str) -> Judge:
    """Return the judge of something that is confirmed of each connected account, and looked at again in time."""

    def judge(known: Known) -> Mark | None:
        connected = [one for one in known.accounts if one.connected]
        without = [one for one in connected if any(r.clause == clause for r in one.to_confirm)]
        have = len(connected) - len(without)
        seen = Proof(
            "The sheet of each account",
            f"{have} of {len(connected)} confirmed",
            _oldest(connected),
            "channels:list",
        )
        if not connected:
            return off("No account is connected yet. It is confirmed before anything goes out.")
        if without:
            says = next(r.says for r in without[0].to_confirm if r.clause == clause)
            return broken(says, seen, then=_SHEET, waits_for=known.waits_for(*_WHO))
        return _looked_at_again(connected, known, seen) or met(
            f"{what}: confirmed of {accounts(len(connected), one='that is', plural='that are')} connected.",
            seen,
        )

    return judge


def _oldest(connected: list[Account]) -> datetime | None:
    return min((one.opening.seen_at for one in connected if one.opening.seen_at), default=None)


def _short(one: Account, known: Known) -> str:
    """Return what is amiss with who gets in, with a name only for whoever may read the register."""
    opening = one.opening
    if not known.names:
        opening = replace(
            opening, moved=opening.moved and "somebody", newcomer=opening.newcomer and "somebody"
        )
    return short_soon(one.name, opening, need=known.parameters.mailbox_holders)


def _looked_at_again(connected: list[Account], known: Known, seen: Proof) -> Mark | None:
    """A page changes without us: what was confirmed is looked at again as often as the policy itself."""
    seen_at, name = min(((one.opening.seen_at or known.at), one.name) for one in connected)
    due = seen_at + timedelta(days=known.parameters.review_every_days)
    who = known.waits_for(*_WHO)
    if known.at > due:
        why = f"{name}: nobody has looked for longer than our policy allows whether it is still so."
        return broken(why, seen, then=_SHEET, waits_for=who)
    left = (due - known.at).days
    if left < SOON_DAYS:
        why = f"{name}: somebody has to look again within {max(left, 1)} days whether it is still so."
        return risk(why, seen, then=_SHEET, waits_for=who)
    return None


house_rules = _confirmed("C02", "Our house rules are on the page")
safe_place = _confirmed("C16", "The plan is accepted and the ways to report are there")
child_help = _confirmed("C62", "Help in words a child can read is on the page")
_owner = _confirmed("C24", "Our setting owns the page, and each person’s access was looked at")


def responsibilities(known: Known) -> Mark | None:
    """C02: three lists are adopted, and the followers' one is on each page."""
    found = house_rules(known)
    return adopted(known) if found is not None and found.worth == Worth.OFF else found


def owned(known: Known) -> Mark | None:
    """C24: as recorded, until a newcomer's access has not been looked at."""
    found = _owner(known)
    if found is None or found.worth != Worth.MET:
        return found
    for one in known.accounts:
        if one.opening.newcomer and _short(one, known):
            return risk(
                _short(one, known),
                *found.proof,
                then=_SHEET,
                waits_for=known.waits_for(*_WHO),
            )
    return found


def remaining(known: Known) -> Mark | None:
    """C25: what leavers left to do, and that two people can still open each mailbox and no access is left over."""
    connected = [one for one in known.accounts if one.connected and one.opening.stands_for]
    who = known.waits_for(Role.MANAGER, Role.SERVICE_MANAGER)
    fewest = min((one.opening.staying for one in connected), default=0)
    seen = Proof(
        "Who can open each mailbox", f"{fewest} at least, after who leaves", known.day, "channels:list"
    )
    for one in connected:
        says = next((r.says for r in one.to_confirm if r.clause == "C25"), "")
        if not says and one.opening.moved:
            says = _short(one, known)
        if says:
            return broken(says, seen, then=Step("See who gets in", "channels:list"), waits_for=who)
    found = leavers(known)
    if found is not None and found.worth == Worth.BROKEN:
        return found
    for one in connected:
        if one.opening.staying < known.parameters.mailbox_holders:
            says = _short(one, known)
            return risk(says, seen, then=Step("See who gets in", "channels:list"), waits_for=who)
    return found


JUDGES: dict[str, Judge] = {
    "C02": responsibilities,
    "C16": safe_place,
    "C24": owned,
    "C25": remaining,
    "C62": child_help,
}
