"""The rest of the demo's register: Willow Lane has eighteen people, of whom few have to do with its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from stairgate.cli.demo_signing import signed
from stairgate.organisations.invitations import bring_in
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.rules import Role
from stairgate.people.models import Check, Person, Training
from stairgate.people.rules import LEADS
from stairgate.people.services import record_check, record_training, register
from stairgate.policies.models import PolicyVersion


@dataclass(frozen=True, slots=True)
class _Colleague:
    first_name: str
    job_title: str
    basis: Person.Basis = Person.Basis.STAFF
    roles: tuple[Role, ...] = ()  # with none they do not sign in
    phone: str = ""
    online_safety_days: int = 280  # until it runs out


COLLEAGUES = (
    _Colleague("Aisha", "Room leader, Seedlings", roles=(Role.AUTHOR,), online_safety_days=8),
    _Colleague("Marcus", "Deputy safeguarding lead", roles=(Role.DEPUTY_DSL,), phone="01632 960120"),
    _Colleague("Ruth", "Apprentice, Saplings", Person.Basis.STUDENT),
    _Colleague("Sunil", "Room leader, Saplings"),
    _Colleague("Nadia", "Practitioner, Acorns"),
    _Colleague("Owen", "Practitioner, Saplings"),
    _Colleague("Carys", "Practitioner, Seedlings"),
    _Colleague("Grace", "Cook"),
    _Colleague("Yusuf", "Office"),
    _Colleague("Bryony", "Story time", Person.Basis.VOLUNTEER),
    _Colleague("Dev", "Chair of the committee", Person.Basis.COMMITTEE),
)
#: the two on whose online safety training every account depends, and for how many days more it holds
TWO_TRAINED = {"Priya": 340, "Kofi": 320}
#: of the six who are there from the start, those who have had online safety training, and for how many days more
ONLINE_SAFETY = {"Tom": 290, "Gwen": 170, "Helen": 200}


def add_colleagues(
    organisation: Organisation, policy: PolicyVersion, people: Mapping[str, User], now: datetime
) -> None:
    """Put everybody else on the register, through the services, and the online safety training of those there."""
    priya = people["Priya"]
    for colleague in COLLEAGUES:
        person = _add(priya, organisation, colleague, now)
        if person.user is not None:
            signed(user=person.user, version=policy, name=person.full_name, at=now)
    for name, days in ONLINE_SAFETY.items():
        train_online_safety(priya, Person.objects.get(user=people[name]), days, now)


def _add(priya: User, organisation: Organisation, colleague: _Colleague, now: datetime) -> Person:
    day = organisation.day(now)
    person = register(
        actor=priya,
        organisation=organisation,
        user=_user(priya, organisation, colleague, now) if colleague.roles else None,
        first_name=colleague.first_name,
        full_name=f"{colleague.first_name} Example",
        job_title=colleague.job_title,
        basis=colleague.basis,
        started_on=day - timedelta(days=300),
        at=now,
    )
    record_check(
        actor=priya,
        person=person,
        level=Check.Level.ENHANCED,
        barred_list=True,
        issued_on=day - timedelta(days=310),
        seen_on=day - timedelta(days=305),
        review_on=day + timedelta(days=780),
        at=now,
    )
    lead_level = "Lead level" if LEADS & set(colleague.roles) else ""
    _train(priya, person, Training.Course.SAFEGUARDING, 400, now, lead_level)
    _train(priya, person, Training.Course.ONLINE_SAFETY, colleague.online_safety_days, now)
    return person


def _user(priya: User, organisation: Organisation, colleague: _Colleague, now: datetime) -> User:
    return bring_in(
        actor=priya,
        organisation=organisation,
        first_name=colleague.first_name,
        email=f"{colleague.first_name.lower()}@willowlane.example",
        job_title=colleague.job_title,
        roles=colleague.roles,
        phone=colleague.phone,
        at=now,
    ).user


def train_online_safety(priya: User, person: Person, days: int, now: datetime) -> None:
    """Record online safety training that counts for so many days more."""
    _train(priya, person, Training.Course.ONLINE_SAFETY, days, now)


def _train(
    priya: User, person: Person, course: Training.Course, days: int, now: datetime, level: str = ""
) -> None:
    """Record a course that counts for so many days more; online safety is for a year, child protection for two."""
    day, years = person.organisation.day(now), 2 if course == Training.Course.SAFEGUARDING else 1
    expires_on = day + timedelta(days=days)
    record_training(
        actor=priya,
        person=person,
        course=course,
        provider="Fenmoor Council",
        level=level,
        completed_on=expires_on - timedelta(days=365 * years),
        expires_on=expires_on,
        at=now,
    )
