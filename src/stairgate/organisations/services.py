"""Deeds on settings and the people in them. Each writes its ledger entry in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.organisations.access import manager_in
from stairgate.organisations.models import ChildName, Group, Membership, Organisation, RoleHeld, User
from stairgate.organisations.rules import Role
from stairgate.organisations.working_days import Nation
from stairgate.screening import digest_name, digests_of


class AlreadyFounded(Exception):
    """This installation has its setting; the welcome wizard is over."""


@transaction.atomic
def found_setting(
    *,
    founder: User,
    name: str,
    kind: str,
    timezone: str,
    office_phone: str,
    office_email: str,
    job_title: str,
    at: datetime,
    nation: str = Nation.ENGLAND,
    is_demo: bool = False,
) -> Membership:
    """Create the first setting with its first manager; return the manager's membership.

    Raises `AlreadyFounded` when there is one: the wizard can only ever be finished once.
    """
    # The user row is locked first so that two last steps at once queue up on PostgreSQL too.
    User.objects.select_for_update().order_by("pk").first()
    if Organisation.objects.exists():
        raise AlreadyFounded
    organisation = Organisation.objects.create(
        name=name,
        kind=kind,
        timezone=timezone,
        nation=nation,
        office_phone=office_phone,
        office_email=office_email,
        is_demo=is_demo,
    )
    record(
        organisation_id=organisation.id,
        kind="organisations.founded",
        actor=str(founder.id),
        subject=str(organisation.id),
        payload={"name": name, "kind": kind, "timezone": timezone, "nation": nation},
        at=at,
    )
    return join(
        actor=founder,
        organisation=organisation,
        user=founder,
        job_title=job_title,
        roles=(Role.MANAGER, Role.PAGE_ADMINISTRATOR),
        at=at,
    )


@control("C12", "No role without a dated record of who held it, from when to when")
@transaction.atomic
def join(
    *,
    actor: User,
    organisation: Organisation,
    user: User,
    job_title: str,
    roles: Iterable[Role],
    at: datetime,
    phone: str = "",
) -> Membership:
    """Give a person a place and roles in the setting from today; return the membership.

    Only a manager gives places away; a setting nobody works in yet begins with its first. Raises `NotAllowed`.
    """
    if organisation.memberships.exists():
        manager_in(actor, organisation.id)
    day = organisation.day(at)
    membership = Membership.objects.create(
        user=user, organisation=organisation, job_title=job_title, phone=phone, started_on=day
    )
    held = [RoleHeld(membership=membership, role=role, starts_on=day) for role in roles]
    RoleHeld.objects.bulk_create(held)
    record(
        organisation_id=organisation.id,
        kind="organisations.joined",
        actor=str(actor.id),
        subject=str(membership.id),
        payload={"user": str(user.id), "job_title": job_title, "roles": sorted(role.value for role in roles)},
        at=at,
    )
    return membership


@control("C25", "Whoever leaves loses every role at once, and with it every deed on the account")
@transaction.atomic
def end_membership(
    *, actor: User, membership: Membership, at: datetime, last_day: date | None = None
) -> None:
    """End a person's roles and place after their last day. Raises `NotAllowed`.

    Without a last day it was yesterday, so that nothing is open to them from now on (C25). A last day that moves
    later gives no role back that was to end before it.
    """
    manager_in(actor, membership.organisation_id)
    last = last_day or membership.organisation.day(at) - timedelta(days=1)
    membership.roles.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=last)).update(ends_on=last)
    membership.ended_on = last
    membership.save(update_fields=["ended_on"])
    record(
        organisation_id=membership.organisation_id,
        kind="organisations.left",
        actor=str(actor.id),
        subject=str(membership.id),
        payload={"last_day": last.isoformat()},
        at=at,
    )


@transaction.atomic
def name_groups(*, actor: User, organisation: Organisation, names: Iterable[str], at: datetime) -> None:
    """Record the names of rooms and groups. Raises `NotAllowed`."""
    manager_in(actor, organisation.id)
    names = sorted(set(names))
    Group.objects.bulk_create(
        [Group(organisation=organisation, name=name) for name in names], ignore_conflicts=True
    )
    record(
        organisation_id=organisation.id,
        kind="organisations.groups_named",
        actor=str(actor.id),
        subject=str(organisation.id),
        payload={"names": list(names)},
        at=at,
    )


@control("C36", "Children's first names are held only as keyed hashes, to notice them in a text")
@transaction.atomic
def register_child_names(
    *, actor: User, organisation: Organisation, names: Iterable[str], at: datetime
) -> int:
    """Add children's first names to the screening register; return how many are new. Names are not kept.

    Each is kept in every form people write it in: "Alfred" is also "Alfie".

    Raises `NotAllowed`.
    """
    manager_in(actor, organisation.id)
    written = [name for name in names if name.strip()]
    known = {bytes(row) for row in organisation.child_names.values_list("digest", flat=True)}
    new = {digest_name(settings.NAMES_KEY, name) for name in written} - known
    forms = {digest for name in written for digest in digests_of(settings.NAMES_KEY, name)}
    ChildName.objects.bulk_create(
        [ChildName(organisation=organisation, digest=digest, added_at=at) for digest in forms - known]
    )
    record(
        organisation_id=organisation.id,
        kind="organisations.child_names_added",
        actor=str(actor.id),
        subject=str(organisation.id),
        payload={"added": len(new)},
        at=at,
    )
    return len(new)
