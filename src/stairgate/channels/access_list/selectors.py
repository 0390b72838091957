"""What is known of who can reach an account on the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from stairgate.channels.access_list.rules import MAY_REACH, Colleague, amiss, due_at
from stairgate.channels.models import AccessCheck, AccessFinding, Channel, PlatformPerson
from stairgate.networks.base import ListsAccess
from stairgate.networks.registry import get as network_named
from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.selectors import holders


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody on the list, whom they were said to be, and what is wrong."""

    person: PlatformPerson
    colleague: Membership | None
    finding: AccessFinding | None


@dataclass(frozen=True, slots=True)
class AccessList:
    """The access list of one account."""

    channel: Channel
    check: AccessCheck | None  # the last time it was read or looked at
    there: tuple[Line, ...]
    gone: tuple[Line, ...]  # not there any more, and nobody has said yet what was done
    past: tuple[AccessFinding, ...]  # what was found and settled, newest first
    due_at: datetime | None  # None before there is anything to reach
    reads: bool  # whether the network tells us

    @property
    def unknown(self) -> tuple[Line, ...]:
        """Who is on the list, and nobody has said who that is."""
        return tuple(one for one in self.there if one.colleague is None)

    @property
    def open_findings(self) -> int:
        return sum(one.finding is not None for one in (*self.there, *self.gone))

    def overdue(self, now: datetime) -> bool:
        """Whether it had to be compared before now."""
        return self.due_at is not None and now > self.due_at


_MOST_PAST = 20


def access_list(channel: Channel, every_days: int) -> AccessList:
    """Return the access list of an account. Five queries."""
    check = AccessCheck.objects.filter(channel=channel).select_related("by").order_by("-at").first()
    rows = PlatformPerson.objects.filter(channel=channel).select_related("matched_by").order_by("name", "pk")
    people = list(rows)
    findings = list(_findings(channel))
    open_now = {one.person_id: one for one in findings if one.closed_at is None}
    named = members(channel.organisation, {one.user_id for one in people if one.user_id})
    lines = [Line(one, named.get(one.user_id), open_now.get(one.pk)) for one in people]
    connection = getattr(channel, "connection", None)
    return AccessList(
        channel=channel,
        check=check,
        there=tuple(one for one in lines if one.person.gone_at is None),
        gone=tuple(one for one in lines if one.person.gone_at is not None and one.finding),
        past=tuple(one for one in findings if one.closed_at is not None)[:_MOST_PAST],
        due_at=due_at(check.at if check else None, connection.met_at, every_days) if connection else None,
        reads=tells(channel),
    )


def _findings(channel: Channel) -> QuerySet[AccessFinding]:
    rows = AccessFinding.objects.filter(person__channel=channel).select_related("person", "closed_by")
    newest = rows.filter(closed_at__isnull=False).order_by("-closed_at").values("pk")[:_MOST_PAST]
    return rows.filter(
        Q(closed_at__isnull=True) | Q(pk__in=list(newest.values_list("pk", flat=True)))
    ).order_by("-closed_at", "pk")


def tells(channel: Channel) -> bool:
    """Return whether the network of an account says who can reach it."""
    return isinstance(network_named(channel.network), ListsAccess)


def members(organisation: Organisation, users: set[UUID]) -> dict[UUID | None, Membership]:
    """Return the place of people in the setting, their newest, with their roles. Two queries."""
    rows = Membership.objects.filter(organisation=organisation, user__in=users).select_related("user")
    return {one.user_id: one for one in rows.prefetch_related("roles").order_by("started_on", "pk")}


def colleague(member: Membership | None, on: date) -> Colleague | None:
    """Return what the rules ask of a colleague on a day."""
    return Colleague(member.ended_on, member.roles_on(on)) if member else None


def strangers(
    people: Sequence[PlatformPerson], organisation: Organisation, on: date
) -> list[tuple[PlatformPerson, str]]:
    """Return who of these should not be on the list, and why. Two queries."""
    named = members(organisation, {one.user_id for one in people if one.user_id})
    found = ((one, amiss(colleague(named.get(one.user_id), on), on)) for one in people)
    return [(one, str(why)) for one, why in found if why]


def columns() -> dict[str, Any]:
    """Return when the list was last compared, and how many findings are open, to be read along with a query of accounts."""
    checks = AccessCheck.objects.filter(channel=OuterRef("pk")).order_by("-at").values("at")[:1]
    findings = (
        AccessFinding.objects.filter(person__channel=OuterRef("pk"), closed_at__isnull=True)
        .order_by()
        .values("person__channel")
        .annotate(rows=Count("pk"))
        .values("rows")
    )
    return {
        "access_checked_at": Subquery(checks),
        "access_findings": Coalesce(Subquery(findings, output_field=IntegerField()), 0),
    }


def with_access(accounts: QuerySet[Channel]) -> QuerySet[Channel]:
    """Return accounts, each with what `columns` reads along."""
    return accounts.annotate(**columns())


def compared(channel: Any) -> tuple[datetime | None, int]:
    """Return when the list of an account was last compared and how many findings are open, of an account with `columns`."""
    return getattr(channel, "access_checked_at", None), getattr(channel, "access_findings", 0)


def possible(organisation: Organisation, on: date) -> list[Membership]:
    """Return who works here and may be on a list, by first name. One query."""
    return list(holders(organisation, list(MAY_REACH), on))
