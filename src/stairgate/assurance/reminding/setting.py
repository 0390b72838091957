"""A setting at one moment, and what a source of reminders is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from stairgate.assurance.reminding.rules import Due, Kind
from stairgate.channels.selectors import ChannelNow, accounts_now
from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Duty, Role
from stairgate.policies.models import PolicyVersion
from stairgate.policies.selectors import in_force, signatures


class Setting:
    """A setting at one moment, as every source reads it: who works there, and what policy holds."""

    def __init__(self, organisation: Organisation, now: datetime) -> None:
        self.organisation = organisation
        self.now = now
        self.day: date = organisation.day(now)

    @cached_property
    def members(self) -> list[Membership]:
        """Everybody who works here today and can sign in. Two queries."""
        rows = Membership.objects.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gte=self.day),
            organisation=self.organisation,
            user__is_active=True,
            started_on__lte=self.day,
        )
        return list(rows.select_related("user").prefetch_related("roles").order_by("pk"))

    @cached_property
    def version(self) -> PolicyVersion | None:
        return in_force(self.organisation)

    @cached_property
    def policy_since(self) -> datetime | None:
        """When the setting first adopted a policy, before which nothing comes round. One query."""
        versions = PolicyVersion.objects.filter(organisation=self.organisation).order_by("number")
        return versions.values_list("adopted_at", flat=True).first()

    @cached_property
    def signed(self) -> frozenset[UUID]:
        """Whose signature holds under the policy in force. One query."""
        return frozenset(signatures(self.version).values_list("user", flat=True))

    @cached_property
    def accounts(self) -> list[ChannelNow]:
        """Every account with what shuts it. As many queries as `accounts_now`."""
        return accounts_now(self.organisation, self.now, version=self.version)

    def holding(self, *roles: Role) -> list[Membership]:
        return [member for member in self.members if member.roles_on(self.day) & frozenset(roles)]

    def who(self, duty: Duty) -> list[Membership]:
        return [member for member in self.members if duty in member.duties_on(self.day)]

    def end_of(self, day: date) -> datetime:
        """Return the moment at which a day is over on the setting's own clock."""
        zone = ZoneInfo(self.organisation.timezone)
        return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(self.now.tzinfo)


@dataclass(frozen=True, slots=True)
class Source:
    """One function, and the kinds it answers for: when it fails, the rows of these stay as they are."""

    kinds: frozenset[Kind]
    find: Callable[[Setting], Iterable[Due]]
