"""Reads of exceptions, and of who asks to speak to whom."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from stairgate.assurance.excepting.models import PolicyException, Told
from stairgate.assurance.excepting.rules import ALONE, Route, recipients
from stairgate.assurance.reminding.setting import Setting
from stairgate.organisations.models import Organisation, User


def exceptions(organisation: Organisation) -> QuerySet[PolicyException]:
    """Return every exception of a setting, newest first: everybody who works there may read them."""
    people = (
        "asked_by__person__line_manager",
        "managing_by",
        "safeguarding_by",
        "declined_by",
        "ended_by",
        "role_for",
    )
    return PolicyException.objects.filter(organisation=organisation).select_related(*people)


def still_running(setting: Setting) -> QuerySet[PolicyException]:
    """Return what was asked or holds, and whose last day has not passed."""
    return exceptions(setting.organisation).filter(
        Q(declined_at__isnull=True), ended_at__isnull=True, until__gte=setting.day
    )


def who_hears(setting: Setting, told: Told) -> tuple[UUID, ...]:
    """Return who is told, of those who work here today. Its ``not_to`` should be prefetched."""
    roles = {member.user_id: member.roles_on(setting.day) for member in setting.members}
    not_to = {user.pk for user in told.not_to.all()}
    late = setting.now - told.at >= ALONE
    own = line_manager_of(told.by)
    return recipients(
        Route(told.route), roles, reporter=told.by_id, not_to=not_to, line_manager=own, late=late
    )


def line_manager_of(user: User) -> UUID | None:
    """Return the sign-in of somebody's line manager; None when they have none of their own."""
    person = getattr(user, "person", None)
    above = person.line_manager if person else None
    return above.user_id if above else None


def untaken(organisation: Organisation) -> QuerySet[Told]:
    """Return who has asked and was not spoken with yet."""
    rows = Told.objects.filter(organisation=organisation, taken_at__isnull=True)
    return rows.select_related("by__person__line_manager").prefetch_related("not_to").order_by("at", "pk")
