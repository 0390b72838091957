"""The cast of the tests: Willow Lane Nursery, and an outsider who must see nothing.

Built through the real services, so that register, policy and account are as true as in the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stairgate.channels.models import Channel
from stairgate.channels.services import Credentials, note_health
from stairgate.cli.demo import CHILDREN, PURPOSE, Nursery, member_of, nursery
from stairgate.networks.base import Health, Secret
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Role
from stairgate.organisations.services import join
from stairgate.policies.models import PolicyVersion
from tests.accounts import open_account

PASSWORD = "a long enough password"

__all__ = ["CHILDREN", "PASSWORD", "PURPOSE", "Cast", "willow_lane"]


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


def willow_lane(now: datetime, *, credentials: Credentials | None = None, healthy: bool = True) -> Cast:
    """Build the whole cast as it stands at ``now`` and return it."""
    place = nursery(now, password=PASSWORD)
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
