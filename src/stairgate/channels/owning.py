"""Who owns a page, as it is said when it is connected: judged by the staff of today."""

from __future__ import annotations

from datetime import datetime

from stairgate.channels.asking.selectors import colleagues
from stairgate.channels.models import Channel
from stairgate.channels.rules import Owner, mailbox_problem, portfolio_problem


def owner_problems(channel: Channel, owner: Owner, at: datetime) -> dict[str, str]:
    """Return what is wrong with an owner, by field; empty when nothing is. One query."""
    staff = colleagues(channel.organisation, channel.organisation.day(at))
    names = [_full_name(one) for one in staff]
    mailbox = mailbox_problem(
        owner.mailbox,
        staff_addresses=[one.user.email for one in staff],
        staff_names=[one.user.first_name for one in staff]
        + [word for name in names for word in name.split()],
    )
    found = {"portfolio": portfolio_problem(owner.portfolio, people=names), "mailbox": mailbox or ""}
    return {field: problem for field, problem in found.items() if problem}


def _full_name(member: object) -> str:
    person = getattr(getattr(member, "user", None), "person", None)
    return str(person.full_name) if person else ""
