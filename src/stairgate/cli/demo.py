"""The demo: Willow Lane Nursery, made through the real services, beside a practice network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from stairgate.channels.models import Channel
from stairgate.channels.services import prove
from stairgate.cli import demo_policy
from stairgate.cli.demo_access import compare_access
from stairgate.cli.demo_accounts import (
    PURPOSE,
    follow,
    leave_waiting,
    open_account,
    open_group,
    practice_credentials,
)
from stairgate.cli.demo_checking import go_through, make_rota
from stairgate.cli.demo_library import all_read, look_at_help, stock, tell_of_library
from stairgate.cli.demo_people import TWO_TRAINED, add_colleagues, train_online_safety
from stairgate.cli.demo_rounds import bring_round
from stairgate.cli.demo_settings import put_right
from stairgate.cli.demo_signing import signed
from stairgate.cli.demo_vault import fill_vault
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Role
from stairgate.organisations.services import join, name_groups, register_child_names
from stairgate.people.models import Check, Person, Training
from stairgate.people.rules import LEADS
from stairgate.people.services import record_check, record_training, register
from stairgate.policies.models import PolicyVersion
from stairgate.policies.reviewing import keep_as_it_is, review_now
from stairgate.policies.services import adopt
from stairgate.publishing.content import Content
from stairgate.publishing.models import UrgentVersion
from stairgate.publishing.services import approve_urgent, keep_urgent_starters, save_draft, submit, suggest

__all__ = ["CHILDREN", "PURPOSE", "Nursery", "member_of", "nursery", "seed"]

CHILDREN = ("Ottilie", "Idris", "Rowan", "Ada", "Bo", "Maya")
ROOMS = ("Acorns", "Seedlings", "Saplings")
STAFF = (
    # first name, job title, roles, has signed, phone they answer
    ("Priya", "Nursery manager", (Role.MANAGER, Role.PAGE_ADMINISTRATOR), True, ""),
    ("Kofi", "Deputy manager", (Role.PAGE_ADMINISTRATOR,), True, ""),
    ("Tom", "Room leader, Acorns", (Role.AUTHOR,), True, ""),
    ("Gwen", "Safeguarding lead", (Role.DSL,), True, "01632 960119"),
    ("Leah", "Practitioner, Seedlings", (Role.AUTHOR,), False, ""),
    ("Helen", "Service manager", (Role.SERVICE_MANAGER,), False, ""),
)
DRAFT = (
    "What a morning at the allotment! Ottilie pulled up a very first carrot and Acorns carried home three "
    "pumpkins for soup. We’re off to Fenmoor Library on Thursday at 10, come and wave! Any questions, "
    "text Tom on 07700 900142."
)
SAFE = (
    "The December menu is up on the board by the door: lentil pie, fish fingers, and soup from our own pumpkins. "
    "Tell the office about any allergies, please."
)
SUGGESTION = (
    "We are looking for egg boxes, big and small, for our spring workshop. Leave them in the basket in the porch. "
    "Thank you!"
)


@dataclass(frozen=True, slots=True)
class Nursery:
    """The setting, its adopted policy, and its people by first name."""

    organisation: Organisation
    policy: PolicyVersion
    people: dict[str, User]


def nursery(now: datetime, *, password: str | None = None) -> Nursery:
    """Make Willow Lane as it stands at ``now``, without an account; return it."""
    organisation = Organisation.objects.create(
        name="Willow Lane Nursery",
        office_phone="01632 960118",
        office_email="office@willowlane.example",
        is_demo=True,
    )
    people = {
        name: User.objects.create_user(f"{name.lower()}@willowlane.example", password, first_name=name)
        for name, *_ in STAFF
    }
    priya = people["Priya"]
    for name, job, roles, _, phone in STAFF:
        join(
            actor=priya,
            organisation=organisation,
            user=people[name],
            job_title=job,
            roles=roles,
            at=now,
            phone=phone,
        )
        _on_register(priya, organisation, people[name], job, now, leads=bool(LEADS & set(roles)))
    for name, days in TWO_TRAINED.items():
        person = Person.objects.get(user=people[name])
        train_online_safety(priya, person, days, now)
    words = demo_policy.document()
    policy = adopt(
        actor=priya,
        organisation=organisation,
        title=words.title,
        text=words.text,
        parameters=demo_policy.PARAMETERS,
        at=now,
        content=demo_policy.TAILORING.to_json(),
    )
    stock(organisation, people, now)
    for name, _, _, signs, _ in STAFF:
        if signs:
            signed(user=people[name], version=policy, name=f"{name} Example", at=now)
    name_groups(actor=priya, organisation=organisation, names=ROOMS, at=now)
    register_child_names(actor=priya, organisation=organisation, names=CHILDREN, at=now)
    return Nursery(organisation, policy, people)


def _on_register(
    actor: User, organisation: Organisation, user: User, job: str, now: datetime, *, leads: bool = False
) -> Person:
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
        level="Lead level" if leads else "",
        completed_on=day - timedelta(days=200),
        expires_on=day + timedelta(days=500),
        at=now,
    )
    return person


def seed(address: str) -> bool:
    """Make the demo once; True when it was new. Later starts only follow the practice network's address."""
    if Organisation.objects.exists():
        follow(address)
        return False
    now = timezone.now()
    with transaction.atomic():
        place = nursery(now)
        add_colleagues(place.organisation, place.policy, place.people, now)
        tell_of_library(place.organisation, place.people, now)
        look_at_help(place.organisation, place.policy, place.people, now)
        channel = open_account(place, practice_credentials(address), now, told=put_right)
        for account in (channel, open_group(place, now)):
            fill_vault(place, account, now)
        _look_again(place, timezone.now())
        leave_waiting(place, now)
        make_rota(place, now)
    prove(channel=channel)
    compare_access(place, channel, timezone.now())
    go_through(place, timezone.now())
    _first_posts(place, channel, timezone.now())
    _urgent_templates(place, timezone.now())
    _first_suggestion(place, timezone.now())
    bring_round(place.organisation, place.people, timezone.now())
    return True


def _look_again(place: Nursery, now: datetime) -> None:
    """Have Priya look at the policy, as the group that was authorised besides the page asks for."""
    page = review_now(place.organisation, now)
    assert page is not None
    keep_as_it_is(
        actor=place.people["Priya"],
        organisation=place.organisation,
        reason="The families’ group is posted to by hand, and what we promise holds there too.",
        seen=page.seen,
        at=now,
    )


def _first_posts(place: Nursery, channel: Channel, now: datetime) -> None:
    """Leave Tom with a draft full of things to look at, and one safe post that waits for approval."""
    tom = place.people["Tom"]
    for text in (DRAFT, SAFE):
        content = Content(text=text, channel_ids=(channel.pk,), purpose=PURPOSE)
        revision = save_draft(
            actor=tom, organisation=place.organisation, post=None, content=content, seen=None, at=now
        )
        if text == SAFE:
            submit(actor=tom, post=revision.post, at=now)


def _urgent_templates(place: Nursery, now: datetime) -> None:
    """Have the four starters ready to send: Tom wrote them, and Priya approved them ahead."""
    keep_urgent_starters(actor=place.people["Tom"], organisation=place.organisation, at=now)
    for version in UrgentVersion.objects.filter(template__organisation=place.organisation):
        approve_urgent(
            actor=place.people["Priya"],
            template=version.template,
            digest=version.digest,
            confirmed=True,
            at=now,
        )


def _first_suggestion(place: Nursery, now: datetime) -> None:
    """Let a colleague without a role on the account suggest something."""
    amara = User.objects.create_user("amara@willowlane.example", None, first_name="Amara")
    priya, job = place.people["Priya"], "Practitioner, Saplings"
    with transaction.atomic():
        join(
            actor=priya,
            organisation=place.organisation,
            user=amara,
            job_title=job,
            roles=(Role.STAFF,),
            at=now,
        )
        _on_register(priya, place.organisation, amara, job, now)
        signed(user=amara, version=place.policy, name="Amara Example", at=now)
        all_read(place.organisation, amara, now)
        suggest(
            actor=amara, organisation=place.organisation, text=SUGGESTION, about="The spring workshop", at=now
        )


def member_of(user: User) -> Membership:
    """Return somebody's place in the nursery."""
    return Membership.objects.select_related("user", "organisation").get(user=user)
