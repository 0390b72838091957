"""The cast of the tests: Willow Lane Nursery, and an outsider who must see nothing.

Built through the real services, so that register, policy and account are as true as in the product; once in each
process, and put there again from what was kept (`tests.kept`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import Max

from stairgate.channels.models import Channel
from stairgate.channels.services import Credentials, note_health
from stairgate.cli.demo import CHILDREN, PURPOSE, Nursery, member_of, nursery
from stairgate.networks.base import Health, Secret
from stairgate.organisations.models import Membership, Organisation, RoleHeld, User
from stairgate.organisations.rules import Role
from stairgate.organisations.services import join
from stairgate.people.models import Person
from stairgate.policies.models import PolicyVersion
from tests.accounts import open_account
from tests.declared import declared
from tests.kept import Kept, keep

PASSWORD = "a long enough password"

__all__ = ["CHILDREN", "PASSWORD", "PURPOSE", "Cast", "built_willow_lane", "willow_lane"]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone, by first name. Leah has not signed; the outsider works in another setting."""

    organisation: Organisation
    policy: PolicyVersion
    channel: Channel
    priya: User
    kofi: User
    tom: User
    gwen: User
    leah: User
    helen: User
    outsider: User
    elsewhere: Organisation

    def member(self, user: User) -> Membership:
        return member_of(user)

    @property
    def nursery(self) -> Nursery:
        people = {
            name: getattr(self, name.lower()) for name in ("Priya", "Kofi", "Tom", "Gwen", "Leah", "Helen")
        }
        return Nursery(self.organisation, self.policy, people)


_kept: dict[tuple[date, Credentials | None, bool], Kept[Cast]] = {}


def willow_lane(now: datetime, *, credentials: Credentials | None = None, healthy: bool = True) -> Cast:
    """Put the whole cast there as it stands at ``now`` and return it. A process builds it once for each day."""
    day = now.astimezone(ZoneInfo("Europe/London")).date()  # what is dated is dated from it
    key = (day, credentials, healthy)
    if key in _kept:
        cache.clear()  # the ids are those of the test before: what was counted of them is not
        return _seen_anew(_kept[key].again(now))
    cast, _kept[key] = keep(lambda: built_willow_lane(now, credentials=credentials, healthy=healthy), now)
    return cast


def _seen_anew(cast: Cast) -> Cast:
    """Note the leads that the look at the policy saw by the numbers their roles have now: the database gave new ones."""
    cast.policy.leads_seen = RoleHeld.objects.aggregate(newest=Max("pk"))["newest"]
    PolicyVersion.objects.update(leads_seen=cast.policy.leads_seen)
    return cast


def built_willow_lane(now: datetime, *, credentials: Credentials | None = None, healthy: bool = True) -> Cast:
    """Build the whole cast through the services and return it."""
    place = nursery(now, password=PASSWORD)
    people = Person.objects.select_related("organisation").filter(organisation=place.organisation)
    declared(people.filter(declarations__isnull=True), now)
    nowhere = Credentials("http://127.0.0.1:9", "100000000000001", Secret("not-a-token"))
    channel = open_account(place, credentials or nowhere, now)
    if healthy:
        note_health(channel=channel, health=Health(ok=True, checked_at=now))
    outsider, elsewhere = _elsewhere(now)
    return Cast(
        organisation=place.organisation,
        policy=place.policy,
        channel=channel,
        outsider=outsider,
        elsewhere=elsewhere,
        **{name.lower(): user for name, user in place.people.items()},
    )


def _elsewhere(now: datetime) -> tuple[User, Organisation]:
    organisation = Organisation.objects.create(name="Fernbank Pre-school", is_demo=True)
    outsider = User.objects.create_user("oona@fernbank.example", PASSWORD, first_name="Oona")
    join(
        actor=outsider,
        organisation=organisation,
        user=outsider,
        job_title="Manager",
        roles=(Role.MANAGER, Role.PAGE_ADMINISTRATOR),
        at=now,
    )
    return outsider, organisation
