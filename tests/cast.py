"""The cast of the tests: Willow Lane Nursery, and an outsider who must see nothing.

Built through the real services, so that register, policy and account are as true as in the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from stairgate.channels.models import Channel
from stairgate.channels.services import Credentials, authorise, connect, note_health
from stairgate.networks.base import Health, Secret
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Role
from stairgate.organisations.services import join, name_groups, register_child_names
from stairgate.people.models import Check, Person, Training
from stairgate.people.services import record_check, record_training, register
from stairgate.policies.models import PolicyVersion
from stairgate.policies.parameters import Parameters
from stairgate.policies.services import adopt, sign

PASSWORD = "a long enough password"
CHILDREN = ("Ottilie", "Idris", "Rowan", "Ada", "Bo", "Maya")
PURPOSE = "News and events for families"


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
        return Membership.objects.select_related("user", "organisation").get(user=user)


_STAFF = (
    # first name, job title, roles, has signed
    ("Priya", "Nursery manager", (Role.MANAGER, Role.PAGE_ADMINISTRATOR), True),
    ("Kofi", "Deputy manager", (Role.PAGE_ADMINISTRATOR,), True),
    ("Tom", "Room leader, Acorns", (Role.AUTHOR,), True),
    ("Gwen", "Safeguarding lead", (Role.DSL,), True),
    ("Leah", "Practitioner, Seedlings", (Role.AUTHOR,), False),
    ("Helen", "Service manager", (Role.SERVICE_MANAGER,), False),
)


def willow_lane(now: datetime, *, credentials: Credentials | None = None, healthy: bool = True) -> Cast:
    """Build the whole cast as it stands at ``now`` and return it."""
    organisation = Organisation.objects.create(
        name="Willow Lane Nursery",
        office_phone="01632 960118",
        office_email="office@willowlane.example",
        is_demo=True,
    )
    users = {name: _user(name, "willowlane") for name, *_ in _STAFF}
    priya = users["Priya"]
    for name, job, roles, _ in _STAFF:
        join(actor=priya, organisation=organisation, user=users[name], job_title=job, roles=roles, at=now)
        _on_register(priya, organisation, users[name], job, now)
    policy = adopt(
        actor=priya,
        organisation=organisation,
        title="Social media policy",
        text="Two people always look before anything goes out.",
        parameters=Parameters(),
        at=now,
    )
    for name, _, _, signs in _STAFF:
        if signs:
            sign(actor=users[name], version=policy, name_typed=f"{name} Example", at=now)
    name_groups(actor=priya, organisation=organisation, names=("Acorns", "Seedlings", "Saplings"), at=now)
    register_child_names(actor=priya, organisation=organisation, names=CHILDREN, at=now)
    channel = _channel(users["Helen"], priya, organisation, credentials, now)
    if healthy:
        note_health(channel=channel, health=Health(ok=True, checked_at=now))
    outsider, elsewhere = _elsewhere(now)
    return Cast(
        organisation=organisation,
        policy=policy,
        channel=channel,
        outsider=outsider,
        elsewhere=elsewhere,
        **{name.lower(): user for name, user in users.items()},
    )


def _user(name: str, place: str) -> User:
    return User.objects.create_user(f"{name.lower()}@{place}.example", PASSWORD, first_name=name)


def _on_register(actor: User, organisation: Organisation, user: User, job: str, now: datetime) -> Person:
    day = organisation.day(now)
    person = register(
        actor=actor,
        organisation=organisation,
        user=user,
        first_name=user.first_name,
        full_name=f"{user.first_name} Example",
        job_title=job,
        started_on=day - timedelta(days=400),
        at=now,
    )
    record_check(
        actor=actor,
        person=person,
        level=Check.Level.ENHANCED,
        barred_list=True,
        issued_on=day - timedelta(days=380),
        seen_on=day - timedelta(days=370),
        review_on=day + timedelta(days=700),
        at=now,
    )
    record_training(
        actor=actor,
        person=person,
        course=Training.Course.SAFEGUARDING,
        provider="Fenmoor Council",
        completed_on=day - timedelta(days=200),
        expires_on=day + timedelta(days=500),
        at=now,
    )
    return person


def _channel(
    helen: User, priya: User, organisation: Organisation, credentials: Credentials | None, now: datetime
) -> Channel:
    channel = authorise(
        actor=helen,
        organisation=organisation,
        requested_by=priya,
        network=Channel.Network.FACEBOOK,
        name="Facebook page",
        purposes=[PURPOSE, "Showing what we do"],
        mailbox="office@willowlane.example",
        at=now,
    )
    connect(
        actor=priya,
        channel=channel,
        credentials=credentials
        or Credentials("http://127.0.0.1:9", "100000000000001", Secret("not-a-token")),
        at=now,
    )
    return channel


def _elsewhere(now: datetime) -> tuple[User, Organisation]:
    organisation = Organisation.objects.create(name="Fernbank Pre-school", is_demo=True)
    outsider = _user("Oona", "fernbank")
    join(
        actor=outsider,
        organisation=organisation,
        user=outsider,
        job_title="Manager",
        roles=(Role.MANAGER, Role.PAGE_ADMINISTRATOR),
        at=now,
    )
    return outsider, organisation
