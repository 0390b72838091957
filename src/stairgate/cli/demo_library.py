"""The library of Willow Lane: its safeguarding policy and two more, who has read them, and the looks at the list of help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from stairgate.organisations.models import Organisation, User
from stairgate.people.models import Person
from stairgate.people.rules import review_after
from stairgate.policies.library.rules import Details, Kind
from stairgate.policies.library.selectors import entries, people_here, unread
from stairgate.policies.library.services import check_contact, record_document, say_read, say_read_for
from stairgate.policies.models import PolicyVersion
from stairgate.policies.reading.selectors import pack_for

#: what nobody has looked at this term, for the lead to do
_LEFT_TO_LOOK_AT = frozenset({"ceop", "prevent", "council-online"})


def stock(organisation: Organisation, people: Mapping[str, User], now: datetime) -> None:
    """Put the safeguarding policy into the library, and have everybody say that they read it."""
    on = organisation.day(now)
    record_document(
        actor=people["Priya"],
        organisation=organisation,
        kind=Kind.SAFEGUARDING,
        details=Details(
            title="Keeping children safe",
            version=f"{on:%B %Y}",
            adopted_on=on,
            review_by=review_after(on, 1),
            place="On the shelf by the front door",
        ),
        at=now,
    )
    for user in people.values():
        all_read(organisation, user, now)


def all_read(organisation: Organisation, user: User, now: datetime) -> None:
    """Have somebody say of everything they still have to read that they did."""
    for document in unread(organisation, person__user=user):
        say_read(actor=user, document=document, at=now)


def tell_of_library(organisation: Organisation, people: Mapping[str, User], now: datetime) -> None:
    """Put two more documents there, have everybody read what they must, and leave Tom the one that is new."""
    for kind, details in _others(organisation, now):
        record_document(actor=people["Priya"], organisation=organisation, kind=kind, details=details, at=now)
    for person in people_here(organisation, organisation.day(now)).select_related("user", "organisation"):
        if person.user_id != people["Tom"].pk:
            _read(people["Priya"], person, now)


def _read(priya: User, person: Person, now: datetime) -> None:
    for document in unread(person.organisation, person=person):
        if person.user is None:
            say_read_for(actor=priya, person=person, document=document, at=now)
        else:
            say_read(actor=person.user, document=document, at=now)


def _others(organisation: Organisation, now: datetime) -> Iterable[tuple[Kind, Details]]:
    on = organisation.day(now)
    yield (
        Kind.DEVICES,
        Details(
            title="Phones and cameras",
            version=f"{on:%B %Y}",
            adopted_on=on - timedelta(days=3),
            review_by=on + timedelta(days=360),
            link="https://files.willowlane.example/phones-and-cameras",
            for_everyone=True,
        ),
    )
    yield (
        Kind.WHISTLEBLOWING,
        Details(
            title="Speaking up",
            version="2025",
            adopted_on=on - timedelta(days=345),
            review_by=on + timedelta(days=20),
            link="https://files.willowlane.example/speaking-up",
            place="On the shelf by the front door",
        ),
    )


def look_at_help(
    organisation: Organisation, policy: PolicyVersion, people: Mapping[str, User], now: datetime
) -> None:
    """Have Gwen look at the list of help, but for a few entries."""
    for entry in entries(organisation, policy, pack_for(policy), organisation.day(now)):
        if entry.id not in _LEFT_TO_LOOK_AT:
            check_contact(
                actor=people["Gwen"],
                organisation=organisation,
                entry=entry,
                seen=entry.contact,
                changed_to="",
                at=now,
            )
