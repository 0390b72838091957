"""Whatever happens to policy, register and roles, in whatever order: nobody has a duty whom the clauses do not allow it.

A machine of rules (Hypothesis) does random deeds through the real services. What it knows it keeps in plain lists of
its own (`Known`), and after every deed it asks the product at that instant, and around the midnights to come.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from stairgate.channels.selectors import channel_now
from stairgate.organisations.models import Membership, Organisation, RoleHeld, User
from stairgate.organisations.roles import end_role, give_role
from stairgate.organisations.rules import Duty, Role
from stairgate.people.leaving import leave
from stairgate.people.models import Check, Person, Training
from stairgate.people.services import record_check, record_training, withdraw_check
from stairgate.policies.models import PolicyVersion, Signature
from stairgate.policies.selectors import fit_for, in_force, why_not
from stairgate.policies.services import adopt
from tests.cast import Cast, willow_lane

#: five days before the clocks go back in London
BEGINS = datetime(2026, 10, 20, 9, tzinfo=UTC)
NAMES = ("Priya", "Kofi", "Tom", "Gwen", "Leah")
CARRIES = {
    Duty.WRITE: {"page_administrator", "author"},
    Duty.APPROVE: {"page_administrator"},
    Duty.DECIDE: {"page_administrator", "dsl", "deputy_dsl"},
    Duty.LOOK_AFTER: {"page_administrator"},
}
_name, _days = st.sampled_from(NAMES), st.integers(0, 8)
_role = st.sampled_from((Role.PAGE_ADMINISTRATOR, Role.AUTHOR, Role.DSL))


@dataclass
class Known:
    """What the machine knows of one person."""

    checks: list[tuple[bool, date]] = field(default_factory=list)  # whole, last day; withdrawn ones are gone
    courses: list[tuple[str, bool, date]] = field(default_factory=list)  # course, lead level, last day
    roles: list[tuple[str, date, date]] = field(default_factory=list)
    signed: set[int] = field(default_factory=set)  # major versions
    last_day: date = date.max


class Deeds(RuleBasedStateMachine):
    """One deed after another, in a transaction that is taken back at the end."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.back = transaction.atomic()
        self.back.__enter__()
        self.now = BEGINS
        self.clock = time_machine.travel(self.now, tick=False)
        self.traveller = self.clock.start()
        self.place = Organisation.objects.get(pk=self.cast.organisation.pk)
        self.major = 1
        self.known = {name: self.read(name) for name in NAMES}

    def teardown(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.back.__exit__(None, None, None)

    def read(self, name: str) -> Known:
        person, user = self.person(name), self.user(name)
        return Known(
            [(row.level == "enhanced" and row.barred_list, row.review_on) for row in person.checks.all()],
            [(row.course, "lead" in row.level.lower(), row.expires_on) for row in person.training.all()],
            [(held.role, held.starts_on, held.ends_on or date.max) for held in self.member(name).roles.all()],
            {1} if Signature.objects.filter(user=user).exists() else set(),
        )

    def user(self, name: str) -> User:
        found: User = getattr(self.cast, name.lower())
        return found

    def person(self, name: str) -> Person:
        return Person.objects.select_related("organisation").get(user=self.user(name))

    def member(self, name: str) -> Membership:
        return Membership.objects.select_related("organisation", "user").get(user=self.user(name))

    @property
    def today(self) -> date:
        return self.place.day(self.now)

    # ── Deeds ──

    @rule(days=st.sampled_from((0, 1, 1, 3)), hours=st.sampled_from((0, 1, 15)))
    def wait(self, days: int, hours: int) -> None:
        self.now += timedelta(days=days, hours=hours)
        self.traveller.move_to(self.now)

    @rule(correction=st.booleans())
    def a_new_version(self, correction: bool) -> None:
        version = in_force(self.place)
        assert version is not None
        adopt(
            actor=self.cast.priya,
            organisation=self.place,
            title=version.title,
            text=f"{version.text}\nVersion of {self.now}",
            parameters=version.parameters,
            at=self.now,
            correction=correction,
        )
        self.major += 0 if correction else 1

    @rule(names=st.sets(_name, min_size=1))
    def sign(self, names: set[str]) -> None:
        version = in_force(self.place)
        assert isinstance(version, PolicyVersion)
        for name in names:
            Signature.objects.get_or_create(
                version=version,
                user=self.user(name),
                defaults={"name_typed": name, "text_digest": version.text_digest, "signed_at": self.now},
            )
            self.known[name].signed.add(self.major)

    @rule(name=_name, days=_days, whole=st.sampled_from((True, True, False)))
    def a_check(self, name: str, days: int, whole: bool) -> None:
        last = self.today + timedelta(days=days)
        record_check(
            actor=self.cast.priya,
            person=self.person(name),
            level=Check.Level.ENHANCED if whole else Check.Level.STANDARD,
            barred_list=True,
            issued_on=self.today,
            seen_on=self.today,
            review_on=last,
            at=self.now,
        )
        self.known[name].checks.append((whole, last))

    @rule(name=_name)
    def checks_withdrawn(self, name: str) -> None:
        for check in Check.objects.select_related("person__organisation").filter(
            person__user=self.user(name)
        ):
            withdraw_check(actor=self.cast.priya, check=check, on=self.today, at=self.now)
        self.known[name].checks.clear()

    @rule(
        name=_name, days=_days, course=st.sampled_from(("safeguarding", "online_safety")), lead=st.booleans()
    )
    def a_course(self, name: str, days: int, course: str, lead: bool) -> None:
        last = self.today + timedelta(days=days)
        record_training(
            actor=self.cast.priya,
            person=self.person(name),
            course=Training.Course(course),
            provider="",
            level="Lead level" if lead else "",
            completed_on=self.today,
            expires_on=last,
            at=self.now,
        )
        self.known[name].courses.append((course, lead, last))

    @rule(name=_name, course=st.sampled_from(("safeguarding", "online_safety")))
    def what_was_recorded_was_wrong(self, name: str, course: str) -> None:
        Training.objects.filter(person__user=self.user(name), course=course).delete()
        mine = self.known[name]
        mine.courses = [row for row in mine.courses if row[0] != course]

    @rule(name=_name, role=_role, days=_days)
    def a_role(self, name: str, role: Role, days: int) -> None:
        mine, last = self.known[name], self.today + timedelta(days=days)
        if last > mine.last_day or any(row[0] == role and row[2] >= self.today for row in mine.roles):
            return
        give_role(
            actor=self.cast.priya,
            membership=self.member(name),
            role=role,
            starts_on=self.today,
            ends_on=last,
            at=self.now,
        )
        mine.roles.append((role, self.today, last))

    @rule(name=_name, role=_role)
    def a_role_ends(self, name: str, role: Role) -> None:
        rows = RoleHeld.objects.select_related("membership__organisation", "membership__user")
        held = rows.filter(membership=self.member(name), role=role).exclude(ends_on__lt=self.today).first()
        if held is None:
            return
        end_role(actor=self.cast.priya, held=held, at=self.now)
        mine = self.known[name]
        mine.roles = [row for row in mine.roles if row[0] != role]

    @rule(name=st.sampled_from(("Tom", "Leah")), days=_days)
    def leaves(self, name: str, days: int) -> None:
        mine, last = self.known[name], self.today + timedelta(days=days)
        if mine.last_day < self.today:
            return
        leave(actor=self.cast.priya, person=self.person(name), last_day=last, at=self.now)
        mine.last_day = last
        mine.roles = [(role, begins, min(ends, last)) for role, begins, ends in mine.roles]

    # ── What must be true ──

    def may(self, name: str, duty: Duty, on: date) -> bool:
        """Whether the clauses allow it, from what the machine knows by itself."""
        mine = self.known[name]
        roles = {role for role, begins, ends in mine.roles if begins <= on <= ends}
        courses = [
            (lead, last) for course, lead, last in mine.courses if course == "safeguarding" and last >= on
        ]
        leads = duty == Duty.DECIDE and bool(roles & {"dsl", "deputy_dsl"})
        return (
            bool(roles & CARRIES[duty])
            and on <= mine.last_day
            and any(whole and last >= on for whole, last in mine.checks)
            and any(lead or not leads for lead, _ in courses)
            and self.major in mine.signed
        )

    @invariant()
    def nobody_has_a_duty_against_the_clauses(self) -> None:
        zone = ZoneInfo(self.place.timezone)
        midnight = datetime.combine(self.today + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
        for at in (self.now, midnight):
            self._as_the_clauses_say(at)

    def _as_the_clauses_say(self, at: datetime) -> None:
        on = self.place.day(at)
        version = in_force(self.place)
        assert version is not None
        for duty in CARRIES:
            fit = {row.first_name for row in fit_for(self.place, duty, parameters=version.parameters, on=on)}
            assert fit & set(NAMES) == {name for name in NAMES if self.may(name, duty, on)}, (duty, on)
        asked = NAMES[on.toordinal() % len(NAMES)]
        for duty in CARRIES:
            says = why_not(self.member(asked), duty, version=version, on=on)
            assert (says == ()) is self.may(asked, duty, on), (asked, duty, on, says)
        shut = {found.clause for found in channel_now(self.cast.channel, at).restrictions}
        administrators = [name for name in NAMES if self.may(name, Duty.APPROVE, on)]
        assert ("C18" in shut) is (len(administrators) < 2), (on, administrators)
        trained = {
            name
            for name in NAMES
            for course, _, last in self.known[name].courses
            if course == "online_safety" and last >= on and on <= self.known[name].last_day
        }
        assert ("C54" in shut) is (len(trained) < 2), (on, trained)


@pytest.mark.clause("C14")
@pytest.mark.clause("C18")
@pytest.mark.clause("C19")
@pytest.mark.clause("C20")
@pytest.mark.clause("C54")
def test_no_order_of_deeds_leaves_somebody_a_duty_against_the_clauses(db: None, settings: Any) -> None:
    settings.DEMO = True
    Deeds.cast = willow_lane(BEGINS)
    run_state_machine_as_test(Deeds, settings=QUICK)


QUICK = settings(
    max_examples=6,
    stateful_step_count=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
