"""The only door to a record for a person: what is not in their setting does not exist for them.

Every view fetches through here; another setting's record answers 404, exactly like one that never was.
"""

from __future__ import annotations

import itertools
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from stairgate.organisations.models import Membership, User
from stairgate.organisations.rules import Duty, Held, in_force

M = TypeVar("M", bound=models.Model)


class NotAllowed(Exception):
    """The person's role does not carry this duty. Raised by services, shown as a plain 403."""


def membership_of(user: User, among: QuerySet[Membership] | None = None) -> Membership | None:
    """Return the person's current membership, with roles loaded; None when they have none today. One query.

    ``among`` may bring what else is to be read of it on the way.
    """
    now = timezone.now()
    memberships = Membership.objects.all() if among is None else among
    with_roles = (
        memberships.filter(user=user, user__is_active=True)
        .select_related("organisation", "user")
        .annotate(role=F("roles__role"), role_from=F("roles__starts_on"), role_to=F("roles__ends_on"))
        .order_by("-started_on", "pk")
    )
    for _, group in itertools.groupby(with_roles, key=lambda row: row.pk):
        rows: list[Any] = list(group)
        first: Membership = rows[0]
        if in_force(first.started_on, first.ended_on, first.organisation.day(now)):
            first.held = tuple(Held(row.role, row.role_from, row.role_to) for row in rows if row.role)
            return first
    return None


def current(request: HttpRequest) -> Membership:
    """Return the membership the request speaks for. Raises Http404 when there is none."""
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None:
        raise Http404
    return membership


def records(membership: Membership, queryset: QuerySet[M]) -> QuerySet[M]:
    """Return only what belongs to the person's own setting."""
    return queryset.filter(organisation=membership.organisation_id)


def get(membership: Membership, queryset: QuerySet[M], pk: UUID) -> M:
    """Return one record of the person's own setting. Raises Http404 for all others."""
    found = records(membership, queryset).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def actor_in(actor: User, organisation_id: UUID) -> Membership:
    """Return the actor's membership in that setting. Raises `NotAllowed`: services call this first."""
    membership = membership_of(actor)
    if membership is None or membership.organisation_id != organisation_id:
        raise NotAllowed("You do not work in this setting.")
    return membership


def manager_in(actor: User, organisation_id: UUID) -> Membership:
    """Return the actor's membership when they manage that setting today. Raises `NotAllowed`."""
    membership = actor_in(actor, organisation_id)
    require(membership, Duty.MANAGE)
    return membership


def require(membership: Membership, duty: Duty) -> None:
    """Raise `NotAllowed` unless a role held today carries the duty."""
    if duty not in membership.duties_on(membership.organisation.day(timezone.now())):
        raise NotAllowed(f"Your role does not let you {_WORDS[duty]}.")


_WORDS = {
    Duty.WRITE: "write posts",
    Duty.APPROVE: "approve posts",
    Duty.DECIDE: "decide about comments",
    Duty.LOOK_AFTER: "look after the standing messages",
    Duty.SEE_ACCOUNTS: "see the accounts",
    Duty.SEE_POLICY: "see the policy",
    Duty.SEE_PEOPLE: "see the register of people",
    Duty.MANAGE: "change the setting",
    Duty.SET_SCREENING: "change what screening looks for",
}
