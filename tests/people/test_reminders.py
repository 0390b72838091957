"""What runs out and what a leaver left to do is on Today: of everybody for a manager, of oneself for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from stairgate.organisations.models import User
from stairgate.people.leaving import leave, tick
from stairgate.people.models import Person, Training
from stairgate.people.reminders import reminders
from stairgate.web.today import today_page
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
DAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, _now: None) -> Cast:
    return willow_lane(NOW)


def of(user: User) -> Person:
    return Person.objects.select_related("organisation").get(user=user)


def expires(user: User, days: int) -> None:
    of(user).training.update(expires_on=DAY + timedelta(days=days))


def said(cast: Cast, who: User) -> list[tuple[str, str]]:
    tasks = today_page(cast.member(who), NOW).tasks
    return [(task.title, task.kind) for task in tasks if task.icon == "users"]


@pytest.mark.clause("C19")
@pytest.mark.clause("C20")
def test_the_most_urgent_comes_first_and_each_person_once(cast: Cast) -> None:
    expires(cast.tom, 80)
    expires(cast.kofi, 20)
    of(cast.kofi).checks.update(review_on=DAY + timedelta(days=40))
    expires(cast.gwen, -1)
    of(cast.leah).checks.update(review_on=DAY + timedelta(days=7))
    assert said(cast, cast.priya) == [
        ("Gwen’s child protection training has run out", "bad"),
        ("Leah’s DBS check runs out Tue 1 Dec", "bad"),
        ("Kofi’s child protection training runs out Mon 14 Dec", "risk"),
        ("Tom’s child protection training runs out Fri 12 Feb 2027", "wait"),
    ]


@pytest.mark.clause("C20")
def test_everybody_reads_of_their_own_and_of_nobody_elses(cast: Cast) -> None:
    expires(cast.tom, 7)
    expires(cast.kofi, 7)
    assert said(cast, cast.tom) == [("Your child protection training runs out Tue 1 Dec", "bad")]
    assert said(cast, cast.leah) == said(cast, cast.helen) == []


@pytest.mark.clause("C20")
def test_a_renewed_course_is_not_spoken_of_any_more(cast: Cast) -> None:
    expires(cast.tom, 7)
    Training.objects.create(
        person=of(cast.tom),
        course=Training.Course.SAFEGUARDING,
        completed_on=DAY,
        expires_on=DAY + timedelta(days=700),
    )
    assert said(cast, cast.priya) == []


@pytest.mark.clause("C25")
def test_what_a_leaver_left_to_do_stays_until_all_is_ticked(cast: Cast) -> None:
    leave(actor=cast.priya, person=of(cast.tom), last_day=DAY + timedelta(days=1), at=NOW)
    assert said(cast, cast.priya) == []
    leave(actor=cast.priya, person=of(cast.tom), last_day=DAY, at=NOW)
    assert said(cast, cast.priya) == [("Tom leaves: not everything is done", "risk")]
    assert said(cast, cast.tom) == said(cast, cast.gwen) == []
    tomorrow = reminders(cast.organisation, on=DAY + timedelta(days=1))
    assert [(r.person.first_name, r.left_to_do, r.runs_out) for r in tomorrow] == [("Tom", True, ())]
    for task in of(cast.tom).leaving_tasks.select_related("person__organisation"):
        assert said(cast, cast.priya)
        tick(actor=cast.priya, task=task, at=NOW)
    assert said(cast, cast.priya) == []


def test_a_leaver_is_not_reminded_of_for_what_runs_out_after_they_went(cast: Cast) -> None:
    expires(cast.tom, 7)
    Person.objects.filter(user=cast.tom).update(ended_on=DAY - timedelta(days=1))
    assert said(cast, cast.priya) == []


def test_another_settings_people_are_not_there_and_it_is_one_query(
    cast: Cast, django_assert_num_queries: object
) -> None:
    expires(cast.tom, 7)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert reminders(cast.elsewhere, on=DAY) == []
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(reminders(cast.organisation, on=DAY)) == 1
