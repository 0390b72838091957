"""A link lets one person in, once, for a while; and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.invitations import (
    LIVES_DAYS,
    CannotInvite,
    accept,
    bring_in,
    invitation_for,
    invite,
)
from stairgate.organisations.models import Invitation, Membership, User
from stairgate.organisations.rules import Role
from stairgate.organisations.services import end_membership
from tests.cast import PASSWORD, Cast, willow_lane

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, _now: None) -> Cast:
    return willow_lane(NOW)


@pytest.fixture
def ruth(cast: Cast) -> Membership:
    return bring_in(
        actor=cast.priya,
        organisation=cast.organisation,
        first_name="Ruth",
        email="Ruth@WillowLane.example",
        job_title="Apprentice",
        roles=[Role.STAFF],
        at=NOW,
    )


def link(cast: Cast, place: Membership) -> str:
    return invite(actor=cast.priya, membership=place, at=NOW)


def test_it_lets_them_choose_a_password_once(cast: Cast, ruth: Membership) -> None:
    invitation = invitation_for(link(cast, ruth), at=NOW)
    assert invitation is not None
    user = accept(invitation=invitation, password=PASSWORD, at=NOW)
    assert user.check_password(PASSWORD) and user.email == "ruth@willowlane.example"
    with pytest.raises(CannotInvite):
        accept(invitation=invitation, password="another long password", at=NOW)
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    assert Entry.objects.latest("index").actor == str(user.pk)


def test_its_secret_is_kept_nowhere(cast: Cast, ruth: Membership) -> None:
    token = link(cast, ruth)
    kept = [str(row) for row in Invitation.objects.values()] + [str(row) for row in Entry.objects.values()]
    assert not [row for row in kept if token in row]
    assert invitation_for(token + "x", at=NOW) is None


def test_a_new_link_stops_the_old_one(cast: Cast, ruth: Membership) -> None:
    old, new = link(cast, ruth), link(cast, ruth)
    assert invitation_for(old, at=NOW) is None
    assert invitation_for(new, at=NOW) is not None


@pytest.mark.parametrize(("late", "good"), [(timedelta(seconds=-1), True), (timedelta(0), False)])
def test_it_runs_out(cast: Cast, ruth: Membership, late: timedelta, good: bool) -> None:
    token = link(cast, ruth)
    assert (invitation_for(token, at=NOW + timedelta(days=LIVES_DAYS) + late) is not None) is good


def test_whoever_left_is_not_let_in(cast: Cast, ruth: Membership) -> None:
    token = link(cast, ruth)
    invitation = invitation_for(token, at=NOW)
    assert invitation is not None
    end_membership(actor=cast.priya, membership=ruth, at=NOW)
    assert invitation_for(token, at=NOW) is None
    with pytest.raises(CannotInvite):
        accept(invitation=invitation, password=PASSWORD, at=NOW)
    with pytest.raises(CannotInvite, match="no longer works here"):
        link(cast, Membership.objects.get(pk=ruth.pk))


def test_nobody_who_has_been_inside_gets_a_link_so_that_no_manager_becomes_them(cast: Cast) -> None:
    with pytest.raises(CannotInvite, match="signed in already"):
        link(cast, cast.member(cast.kofi))
    User.objects.filter(pk=cast.kofi.pk).update(password="!", last_login=NOW)
    with pytest.raises(CannotInvite, match="signed in already"):
        link(cast, cast.member(cast.kofi))
    assert not Invitation.objects.exists()


def test_a_used_link_stays_used_also_when_the_password_is_gone(cast: Cast, ruth: Membership) -> None:
    token = link(cast, ruth)
    invitation = invitation_for(token, at=NOW)
    assert invitation is not None
    accept(invitation=invitation, password=PASSWORD, at=NOW)
    User.objects.filter(pk=ruth.user_id).update(password="!")
    assert invitation_for(token, at=NOW) is None


@pytest.mark.parametrize("inside", [{"password": "something"}, {"last_login": NOW}])
def test_a_link_of_somebody_who_came_in_another_way_stops(
    cast: Cast, ruth: Membership, inside: dict[str, object]
) -> None:
    token = link(cast, ruth)
    User.objects.filter(pk=ruth.user_id).update(**inside)
    assert invitation_for(token, at=NOW) is None


def test_an_address_that_signs_in_already_is_not_brought_in_twice(cast: Cast) -> None:
    for email in ("KOFI@willowlane.example", "oona@fernbank.example"):
        with pytest.raises(CannotInvite, match="already"):
            bring_in(
                actor=cast.priya,
                organisation=cast.organisation,
                first_name="Kofi",
                email=email,
                job_title="Cook",
                roles=[Role.STAFF],
                at=NOW,
            )


def test_only_a_manager_of_the_setting_invites(cast: Cast, ruth: Membership) -> None:
    for actor in (cast.kofi, cast.tom, cast.gwen, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            invite(actor=actor, membership=ruth, at=NOW)
        with pytest.raises(NotAllowed):
            bring_in(
                actor=actor,
                organisation=cast.organisation,
                first_name="Dev",
                email="dev@willowlane.example",
                job_title="Chair",
                roles=[Role.MANAGER],
                at=NOW,
            )
    assert not Invitation.objects.exists()
