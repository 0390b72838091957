"""Roles are given and ended by a manager, from a day to a day, and somebody always manages the setting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import RoleHeld, User
from stairgate.organisations.roles import CannotChangeRole, end_role, give_role
from stairgate.organisations.rules import Duty, Role
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
DAY = date(2026, 11, 24)

pytestmark = pytest.mark.clause("C12")


@pytest.fixture
def cast(db: None) -> Cast:
    with time_machine.travel(NOW, tick=False):
        return willow_lane(NOW)


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def give(
    cast: Cast,
    user: User,
    role: Role,
    *,
    actor: User | None = None,
    starts_on: date = DAY,
    ends_on: date | None = None,
) -> RoleHeld:
    return give_role(
        actor=actor or cast.priya,
        membership=cast.member(user),
        role=role,
        starts_on=starts_on,
        ends_on=ends_on,
        at=NOW,
    )


def held(cast: Cast, user: User, role: Role) -> RoleHeld:
    return (
        cast.member(user).roles.select_related("membership__organisation", "membership__user").get(role=role)
    )


def come_in(user: User) -> None:
    """Note that somebody has signed in once."""
    User.objects.filter(pk=user.pk).update(last_login=NOW)


def test_a_role_carries_its_duties_from_its_first_day_to_its_last(cast: Cast) -> None:
    start, end = DAY + timedelta(days=2), DAY + timedelta(days=5)
    give(cast, cast.tom, Role.PAGE_ADMINISTRATOR, starts_on=start, ends_on=end)
    days = {n: Duty.APPROVE in cast.member(cast.tom).duties_on(DAY + timedelta(days=n)) for n in range(8)}
    assert [n for n, may in days.items() if may] == [2, 3, 4, 5]


def test_an_ended_role_carries_nothing_the_same_moment_and_stays_on_record(cast: Cast) -> None:
    end_role(actor=cast.priya, held=held(cast, cast.tom, Role.AUTHOR), at=NOW)
    assert cast.member(cast.tom).duties_on(DAY) == frozenset()
    row = held(cast, cast.tom, Role.AUTHOR)
    assert row.ends_on == DAY - timedelta(days=1)
    entry = Entry.objects.latest("index")
    assert (entry.kind, entry.actor) == ("organisations.role_ended", str(cast.priya.pk))
    with pytest.raises(CannotChangeRole, match="ended already"):
        end_role(actor=cast.priya, held=row, at=NOW)


def test_a_role_can_be_given_again_after_it_ended(cast: Cast) -> None:
    end_role(actor=cast.priya, held=held(cast, cast.tom, Role.AUTHOR), at=NOW)
    give(cast, cast.tom, Role.AUTHOR)
    assert Duty.WRITE in cast.member(cast.tom).duties_on(DAY)
    assert cast.member(cast.tom).roles.filter(role=Role.AUTHOR).count() == 2


@pytest.mark.parametrize("who", ["kofi", "tom", "gwen", "helen", "outsider"])
def test_nobody_but_a_manager_hands_a_role_to_anybody_themselves_included(cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    before = Entry.objects.count(), RoleHeld.objects.count()
    for user in (cast.tom, actor):
        with pytest.raises(NotAllowed):
            give(cast, user, Role.MANAGER, actor=actor) if user != cast.outsider else give(
                cast, cast.leah, Role.MANAGER, actor=actor
            )
    with pytest.raises(NotAllowed):
        end_role(actor=actor, held=held(cast, cast.priya, Role.MANAGER), at=NOW)
    assert (Entry.objects.count(), RoleHeld.objects.count()) == before


@pytest.mark.parametrize(
    ("days", "until", "says"),
    [
        (-1, None, "starts today or later"),
        (3, 2, "before the first"),
    ],
)
def test_a_role_is_not_given_for_days_that_make_no_sense(
    cast: Cast, days: int, until: int | None, says: str
) -> None:
    ends_on = DAY + timedelta(days=until) if until is not None else None
    with pytest.raises(CannotChangeRole, match=says):
        give(cast, cast.tom, Role.STAFF, starts_on=DAY + timedelta(days=days), ends_on=ends_on)


def test_a_role_is_held_once(cast: Cast) -> None:
    with pytest.raises(CannotChangeRole, match="already"):
        give(cast, cast.tom, Role.AUTHOR)


def test_the_only_manager_cannot_end_their_own_role(cast: Cast) -> None:
    row = held(cast, cast.priya, Role.MANAGER)
    with pytest.raises(CannotChangeRole, match="only manager"):
        end_role(actor=cast.priya, held=row, at=NOW)
    assert Duty.MANAGE in cast.member(cast.priya).duties_on(DAY)


@pytest.mark.parametrize(
    ("starts", "ends", "inside", "enough"),
    [(0, None, True, True), (1, None, True, False), (0, 30, True, False), (0, None, False, False)],
    ids=["a second manager", "only from tomorrow", "only for a month", "never signed in"],
)
def test_another_manager_counts_who_is_there_to_stay(
    cast: Cast, starts: int, ends: int | None, inside: bool, enough: bool
) -> None:
    ends_on = DAY + timedelta(days=ends) if ends is not None else None
    give(cast, cast.kofi, Role.MANAGER, starts_on=DAY + timedelta(days=starts), ends_on=ends_on)
    if inside:
        come_in(cast.kofi)
    row = held(cast, cast.priya, Role.MANAGER)
    if enough:
        end_role(actor=cast.priya, held=row, at=NOW)
        assert Duty.MANAGE not in cast.member(cast.priya).duties_on(DAY)
    else:
        with pytest.raises(CannotChangeRole, match="only manager"):
            end_role(actor=cast.priya, held=row, at=NOW)
