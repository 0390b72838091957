"""Reads of what came round, each in one query or two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce

from stairgate.assurance.reminding.setting import Setting
from stairgate.assurance.rounds.models import Activity, LeadRead, LookOut, SelfCheck
from stairgate.assurance.rounds.rules import declaration_due, term_of
from stairgate.channels.models import ONLINE_SAFETY
from stairgate.organisations.models import Membership, Organisation, RoleHeld
from stairgate.organisations.rules import Role
from stairgate.people.models import Declaration, Person
from stairgate.publishing.models import Delivery, Post
from stairgate.publishing.states import READY, THERE, DeliveryState


def leads_now(organisation: Organisation, day: date) -> QuerySet[RoleHeld]:
    """Return each safeguarding lead of a day, as the role they hold. One query."""
    return (
        RoleHeld.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
            Q(membership__ended_on__isnull=True) | Q(membership__ended_on__gte=day),
            role=Role.DSL,
            starts_on__lte=day,
            membership__organisation=organisation,
            membership__user__is_active=True,
        )
        .select_related("membership__user", "membership__organisation")
        .order_by("starts_on", "pk")
    )


def unread(setting: Setting) -> list[tuple[RoleHeld, list[Membership]]]:
    """Return each lead of today with who has not read of them: everybody who signs in but the lead. Two queries."""
    leads = list(leads_now(setting.organisation, setting.day))
    read = set(LeadRead.objects.filter(held__in=leads, user__isnull=False).values_list("held_id", "user_id"))
    return [
        (
            held,
            [
                member
                for member in setting.members
                if member.pk != held.membership_id and (held.pk, member.user_id) not in read
            ],
        )
        for held in leads
    ]


def untold(organisation: Organisation, held: RoleHeld, day: date) -> QuerySet[Person]:
    """Return who is on the register, does not sign in, and was not told of a lead. One query."""
    told = LeadRead.objects.filter(held=held, person__isnull=False).values("person")
    return (
        Person.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day), organisation=organisation)
        .filter(user__isnull=True, started_on__lte=day)
        .exclude(pk__in=told)
        .order_by("first_name", "pk")
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """One person's declaration: the last they made, and by when the next is due."""

    member: Membership
    last_on: date | None
    due_on: date


def turns(setting: Setting) -> list[Turn]:
    """Return the declaration of everybody, the one that is due first first. One query, and the setting's."""
    since = setting.policy_since
    if since is None:
        return []
    rows = Declaration.objects.filter(person__organisation=setting.organisation).values("person__user")
    last: dict[UUID, date] = {
        row["person__user"]: row["last"] for row in rows.order_by().annotate(last=Max("declared_on"))
    }
    policy_on = setting.organisation.day(since)
    found = [
        Turn(
            member,
            last.get(member.user_id),
            declaration_due(
                last_on=last.get(member.user_id), started_on=member.started_on, policy_on=policy_on
            ),
        )
        for member in setting.members
    ]
    return sorted(found, key=lambda turn: (turn.due_on, turn.member.user.first_name, str(turn.member.pk)))


def to_talk_with(organisation: Organisation) -> QuerySet[SelfCheck]:
    """Return the self-checks after which nobody has spoken with somebody yet."""
    return (
        SelfCheck.objects.filter(organisation=organisation, wants_talk=True, talked_at__isnull=True)
        .select_related("user")
        .order_by("on", "pk")
    )


def look_outs(organisation: Organisation) -> QuerySet[LookOut]:
    """Return what was found in the terms so far, newest first."""
    return LookOut.objects.filter(organisation=organisation).select_related("by")


#: published, or approved and on its way
_GOES_OUT = (*THERE, *READY, DeliveryState.SENDING)


def online_safety_posts(organisation: Organisation, day: date) -> QuerySet[Any]:
    """Return what went out, or is approved to, about online safety until the end of the term of a day; each with its moment
    as ``moment``, the latest first. A reply is none, and a change of an older post neither.
    """
    rows = Delivery.objects.filter(
        organisation=organisation.pk,
        revision__purpose__iexact=ONLINE_SAFETY,
        post__kind=Post.Kind.POST,
        state__in=_GOES_OUT,
    )
    until = start_of(organisation, term_of(day).next_on)
    return rows.annotate(moment=Coalesce("done_at", "send_at")).filter(moment__lt=until).order_by("-moment")


def start_of(organisation: Organisation, day: date) -> datetime:
    """Return the moment at which a day begins on the clock of a setting."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(organisation.timezone))


def activities(organisation: Organisation) -> QuerySet[Activity]:
    """Return what there was for children and their parents, newest first."""
    return Activity.objects.filter(organisation=organisation)
