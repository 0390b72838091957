"""Giving and ending roles. A role is ended, never deleted, so that the record says who held what, from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from stairgate.clauses import Coverage, control
from stairgate.ledger.services import record
from stairgate.organisations.access import actor_in, manager_in
from stairgate.organisations.models import Membership, Organisation, RoleHeld, User
from stairgate.organisations.rules import Role, in_force


class CannotChangeRole(Exception):
    """A role was not given or not ended; the message says why and what to do."""


@control(
    "C12",
    "A role is given by a manager to somebody of the staff register, from a day to a day, and the record says by whom",
    coverage=Coverage.WHOLE,
)
@transaction.atomic
def give_role(
    *,
    actor: User,
    membership: Membership,
    role: Role,
    starts_on: date,
    ends_on: date | None,
    at: datetime,
    phone: str = "",
) -> RoleHeld:
    """Give somebody a role from a day on; return it. ``phone``: the number they answer for safeguarding.

    Raises `NotAllowed`, `CannotChangeRole`.
    """
    manager_in(actor, membership.organisation_id)
    # locked, so that two presses at once do not give it twice
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("organisation", "user")
        .get(pk=membership.pk)
    )
    today = membership.organisation.day(at)
    if not User.objects.filter(
        pk=membership.user_id, person__organisation=membership.organisation_id
    ).exists():
        raise CannotChangeRole(f"{membership.first_name} is not on the staff register. Add them there first.")
    if not in_force(membership.started_on, membership.ended_on, today):
        raise CannotChangeRole(f"{membership.first_name} no longer works here.")
    if starts_on < today:
        raise CannotChangeRole("A role starts today or later: nobody held it before it was given.")
    if ends_on is not None and ends_on < starts_on:
        raise CannotChangeRole("The last day comes before the first.")
    if membership.ended_on is not None and (ends_on is None or ends_on > membership.ended_on):
        raise CannotChangeRole(f"{membership.first_name} leaves before that role would end.")
    if membership.roles.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on), role=role).exists():
        raise CannotChangeRole(f"{membership.first_name} holds that role already.")
    held = RoleHeld.objects.create(membership=membership, role=role, starts_on=starts_on, ends_on=ends_on)
    if phone:
        Membership.objects.filter(pk=membership.pk).update(phone=phone)
    payload = {
        "role": role.value,
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat() if ends_on else None,
    }
    _write_down("organisations.role_given", actor, membership, payload, at)
    return held


@control("C12", "An ended role carries nothing from the same moment, and stays on record")
@transaction.atomic
def end_role(*, actor: User, held: RoleHeld, at: datetime) -> None:
    """End a role now: its duties stop the same moment. Its last day was yesterday.

    Raises `NotAllowed`, and `CannotChangeRole` when it has ended, or nobody would be manager any more.
    """
    membership = held.membership
    manager_in(actor, membership.organisation_id)
    keep_a_manager(membership, at=at, role=Role(held.role))
    _end_now(actor, held, at)


@transaction.atomic
def end_temporary(*, actor: User, held: RoleHeld, at: datetime) -> None:
    """End a role that has a last day already, sooner. Who may is said by the deed that gave it for a time.

    Raises `NotAllowed`, and `CannotChangeRole` for a role without a last day, or one that has ended.
    """
    actor_in(actor, held.membership.organisation_id)
    if held.ends_on is None:
        raise CannotChangeRole("That role has no last day: a manager ends it on the register.")
    _end_now(actor, held, at)


def _end_now(actor: User, held: RoleHeld, at: datetime) -> None:
    membership = held.membership
    last = membership.organisation.day(at) - timedelta(days=1)
    still = Q(ends_on__isnull=True) | Q(ends_on__gt=last)
    if not RoleHeld.objects.filter(still, pk=held.pk).update(ends_on=last):
        raise CannotChangeRole("That role has ended already.")
    _write_down("organisations.role_ended", actor, membership, {"role": held.role}, at)


def keep_a_manager(membership: Membership, *, at: datetime, role: Role | None = None) -> None:
    """Raise `CannotChangeRole` when nobody would manage the setting without this person, or without this role.

    Another manager counts only when neither their role nor their place has an end. The setting is locked, so
    that two managers who go at once cannot both count on the other. Call it inside the transaction of the deed.
    """
    # its key stays free: whoever writes a row of the setting may hold the ledger that we still need
    Organisation.objects.select_for_update(no_key=True).get(pk=membership.organisation_id)
    day = membership.organisation.day(at)
    managers = RoleHeld.objects.filter(
        role=Role.MANAGER,
        starts_on__lte=day,
        ends_on__isnull=True,
        membership__organisation=membership.organisation_id,
        membership__started_on__lte=day,
        membership__ended_on__isnull=True,
        membership__user__is_active=True,
    )
    if role not in {None, Role.MANAGER} or not managers.filter(membership=membership).exists():
        return
    # somebody who was invited and has never signed in manages nothing yet
    others = managers.exclude(membership=membership)
    if not others.filter(membership__user__last_login__isnull=False).exists():
        raise CannotChangeRole(
            f"{membership.first_name} is the only manager. Make somebody else manager first, "
            "and let them sign in once."
        )


def _write_down(
    kind: str, actor: User, membership: Membership, payload: Mapping[str, object], at: datetime
) -> None:
    record(
        organisation_id=membership.organisation_id,
        kind=kind,
        actor=str(actor.id),
        subject=str(membership.id),
        payload=payload,
        at=at,
    )
