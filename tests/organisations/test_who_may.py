"""Every deed asks who does it, in the service itself: a page that forgot to ask changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.organisations.rules import Role
from stairgate.organisations.services import end_membership, join, name_groups, register_child_names
from stairgate.people.models import Check, Person, Training
from stairgate.people.services import record_check, record_training, register, withdraw_check
from stairgate.policies.parameters import Parameters
from stairgate.policies.services import adopt
from tests.cast import Cast, willow_lane

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = NOW.date()


@pytest.fixture
def cast() -> Cast:
    return willow_lane(NOW)


def _join(cast: Cast, actor: User) -> object:
    new, _ = User.objects.get_or_create(email="new@willowlane.example", first_name="New")
    return join(
        actor=actor,
        organisation=cast.organisation,
        user=new,
        job_title="Manager",
        roles=(Role.MANAGER,),
        at=NOW,
    )


def _check(cast: Cast, actor: User) -> object:
    return record_check(
        actor=actor,
        person=Person.objects.get(user=cast.tom),
        level=Check.Level.ENHANCED,
        barred_list=True,
        issued_on=DAY,
        seen_on=DAY,
        review_on=DAY + timedelta(days=9),
        at=NOW,
    )


def _train(cast: Cast, actor: User) -> object:
    return record_training(
        actor=actor,
        person=Person.objects.get(user=cast.tom),
        course=Training.Course.SAFEGUARDING,
        provider="Fenmoor Council",
        completed_on=DAY,
        expires_on=DAY + timedelta(days=9),
        at=NOW,
    )


def _register(cast: Cast, actor: User) -> object:
    return register(
        actor=actor,
        organisation=cast.organisation,
        user=None,
        first_name="New",
        full_name="New Example",
        job_title="Cook",
        started_on=DAY,
        at=NOW,
    )


def _adopt(cast: Cast, actor: User) -> object:
    return adopt(
        actor=actor,
        organisation=cast.organisation,
        title="Policy",
        text="Anything goes.",
        parameters=Parameters(),
        at=NOW,
    )


DEEDS: dict[str, Callable[[Cast, User], object]] = {
    "join": _join,
    "end_membership": lambda c, a: end_membership(actor=a, membership=c.member(c.kofi), at=NOW),
    "name_groups": lambda c, a: name_groups(actor=a, organisation=c.organisation, names=["Oaks"], at=NOW),
    "register_child_names": lambda c, a: register_child_names(
        actor=a, organisation=c.organisation, names=["Wilfred"], at=NOW
    ),
    "register": _register,
    "record_check": _check,
    "withdraw_check": lambda c, a: withdraw_check(
        actor=a, check=Check.objects.get(person__user=c.tom), on=DAY, at=NOW
    ),
    "record_training": _train,
    "adopt": _adopt,
}


@pytest.mark.parametrize("deed", sorted(DEEDS))
def test_only_a_manager_of_the_setting_changes_people_and_policy(cast: Cast, deed: str) -> None:
    before = Entry.objects.count()
    for actor in (cast.kofi, cast.tom, cast.gwen, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            DEEDS[deed](cast, actor)
    assert Entry.objects.count() == before
    DEEDS[deed](cast, cast.priya)
    assert Entry.objects.count() == before + 1
