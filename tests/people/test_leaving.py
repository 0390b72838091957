"""Somebody leaves: their last day counts, the day after nothing is open, and what is due has names on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from stairgate.organisations.access import NotAllowed, membership_of
from stairgate.organisations.models import User
from stairgate.organisations.roles import CannotChangeRole, give_role
from stairgate.organisations.rules import Role
from stairgate.organisations.selectors import screening_facts
from stairgate.people.leaving import CannotLeave, leave, tick
from stairgate.people.models import LeavingTask, Person
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
DAY = date(2026, 11, 24)

pytestmark = pytest.mark.clause("C25")


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, _now: None) -> Cast:
    return willow_lane(NOW)


def on_register(user: User) -> Person:
    return Person.objects.select_related("organisation").get(user=user)


def leaves(cast: Cast, user: User, days: int, *, actor: User | None = None) -> Person:
    person = on_register(user)
    leave(actor=actor or cast.priya, person=person, last_day=DAY + timedelta(days=days), at=NOW)
    return on_register(user)


@pytest.mark.parametrize(("hours", "inside"), [(6, True), (7, False)])
def test_sign_in_and_roles_end_with_the_last_day_on_the_settings_clock(
    cast: Cast, hours: int, inside: bool
) -> None:
    leaves(cast, cast.tom, 0)
    with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
        assert (membership_of(cast.tom) is not None) is inside
    tomorrow = DAY + timedelta(days=1)
    assert cast.member(cast.tom).roles_on(DAY) == {Role.AUTHOR}
    assert not cast.member(cast.tom).roles.exclude(ends_on__lt=tomorrow).exists()


def test_what_is_due_the_same_day_is_a_list_each_ticked_once_with_a_name(cast: Cast) -> None:
    tom = leaves(cast, cast.tom, 3)
    tasks = list(tom.leaving_tasks.select_related("person__organisation"))
    assert {task.kind for task in tasks} == set(LeavingTask.Kind.values)
    assert {task.due_on for task in tasks} == {DAY + timedelta(days=3)}
    later = NOW + timedelta(hours=1)
    for at in (NOW, later):
        tick(actor=cast.priya, task=tasks[0], at=at)
    tasks[0].refresh_from_db()
    assert (tasks[0].done_at, tasks[0].done_by) == (NOW, cast.priya)


def test_a_last_day_moves_until_it_has_passed_and_gives_no_role_back(cast: Cast) -> None:
    tom = leaves(cast, cast.tom, 3)
    tick(actor=cast.priya, task=tom.leaving_tasks.select_related("person").get(kind="devices"), at=NOW)
    tom = leaves(cast, cast.tom, 9)
    assert tom.ended_on == DAY + timedelta(days=9)
    due = dict(tom.leaving_tasks.values_list("kind", "due_on"))
    assert due["access"] == DAY + timedelta(days=9) and due["devices"] == DAY + timedelta(days=3)
    assert cast.member(cast.tom).roles_on(DAY + timedelta(days=4)) == frozenset()
    leaves(cast, cast.tom, -1)
    with pytest.raises(CannotLeave, match="left already"):
        leaves(cast, cast.tom, 5)


def test_nobody_leaves_before_they_came(cast: Cast) -> None:
    with pytest.raises(CannotLeave, match="started later"):
        leaves(cast, cast.tom, -9999)


def test_the_only_manager_cannot_leave_before_there_is_another(cast: Cast) -> None:
    with pytest.raises(CannotChangeRole, match="only manager"):
        leaves(cast, cast.priya, 5)
    assert on_register(cast.priya).ended_on is None and not LeavingTask.objects.exists()
    give_role(
        actor=cast.priya,
        membership=cast.member(cast.kofi),
        role=Role.MANAGER,
        starts_on=DAY,
        ends_on=None,
        at=NOW,
    )
    User.objects.filter(pk=cast.kofi.pk).update(last_login=NOW)
    leaves(cast, cast.priya, 5)
    with pytest.raises(CannotChangeRole, match="only manager"):
        leaves(cast, cast.kofi, 5, actor=cast.kofi)


def test_only_a_manager_of_the_setting_records_it(cast: Cast) -> None:
    tom = leaves(cast, cast.tom, 3)
    task = tom.leaving_tasks.select_related("person__organisation").filter(kind="access").get()
    for actor in (cast.kofi, cast.tom, cast.gwen, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            leaves(cast, cast.leah, 3, actor=actor)
        with pytest.raises(NotAllowed):
            tick(actor=actor, task=task, at=NOW)


@pytest.mark.parametrize("after", [13, 14, 15])
def test_screening_knows_the_name_of_whoever_leaves_before_and_after_their_last_day(
    cast: Cast, after: int
) -> None:
    leaves(cast, cast.tom, 14)
    with time_machine.travel(NOW + timedelta(days=after), tick=False):
        assert "Tom" in screening_facts(cast.organisation).staff_names
