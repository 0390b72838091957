"""Roles and the duties they carry. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import models


class Role(models.TextChoices):
    """Roles of the policy, in the words of the field."""

    MANAGER = "manager", "Manager"
    SERVICE_MANAGER = "service_manager", "Service manager"
    PAGE_ADMINISTRATOR = "page_administrator", "Page administrator"
    DSL = "dsl", "Designated safeguarding lead"
    DEPUTY_DSL = "deputy_dsl", "Deputy safeguarding lead"
    AUTHOR = "author", "Author"
    STAFF = "staff", "Staff member"


class Duty(enum.StrEnum):
    """Something a person may do. Holding the role is needed; the register must also say yes."""

    WRITE = "write"
    APPROVE = "approve"
    DECIDE = "decide"
    LOOK_AFTER = "look_after"
    SEE_ACCOUNTS = "see_accounts"
    SEE_POLICY = "see_policy"
    SEE_PEOPLE = "see_people"
    MANAGE = "manage"
    SET_SCREENING = "set_screening"


_DUTIES: dict[Role, frozenset[Duty]] = {
    Role.MANAGER: frozenset(
        {Duty.SEE_ACCOUNTS, Duty.SEE_POLICY, Duty.SEE_PEOPLE, Duty.MANAGE, Duty.SET_SCREENING}
    ),
    Role.SERVICE_MANAGER: frozenset({Duty.SEE_ACCOUNTS, Duty.SEE_POLICY, Duty.SEE_PEOPLE}),
    Role.PAGE_ADMINISTRATOR: frozenset(
        {
            *(Duty.WRITE, Duty.APPROVE, Duty.DECIDE, Duty.LOOK_AFTER),
            *(Duty.SEE_ACCOUNTS, Duty.SEE_POLICY),
        }
    ),
    Role.DSL: frozenset(
        {Duty.DECIDE, Duty.SEE_ACCOUNTS, Duty.SEE_POLICY, Duty.SEE_PEOPLE, Duty.SET_SCREENING}
    ),
    Role.DEPUTY_DSL: frozenset({Duty.DECIDE, Duty.SEE_POLICY}),
    Role.AUTHOR: frozenset({Duty.WRITE, Duty.SEE_POLICY}),
    Role.STAFF: frozenset({Duty.SEE_POLICY}),
}

#: duties that touch the account: the register (check, training, signature) decides on these (C14, C19, C20)
ACCOUNT_DUTIES = frozenset({Duty.WRITE, Duty.APPROVE, Duty.DECIDE, Duty.LOOK_AFTER})


def duties_of(roles: Iterable[str]) -> frozenset[Duty]:
    """Return every duty these roles carry together; an unknown role carries none."""
    known = (Role(role) for role in roles if role in Role.values)
    return frozenset().union(*(_DUTIES[role] for role in known))


def roles_with(duty: Duty) -> frozenset[Role]:
    """Return the roles that carry a duty."""
    return frozenset(role for role, duties in _DUTIES.items() if duty in duties)


def roles_that_approve(*, safeguarding_lead: bool) -> frozenset[Role]:
    """Return the roles that may approve. ``safeguarding_lead``: the policy lets the lead do so as well (C78)."""
    return roles_with(Duty.APPROVE) | (frozenset({Role.DSL}) if safeguarding_lead else frozenset())


@dataclass(frozen=True, slots=True)
class Held:
    """One role, from a day to a day."""

    role: str
    starts_on: date
    ends_on: date | None


def in_force(starts_on: date, ends_on: date | None, on: date) -> bool:
    """Return whether a role or a post is held on a day. The last day counts; the day after does not."""
    return starts_on <= on and (ends_on is None or on <= ends_on)
