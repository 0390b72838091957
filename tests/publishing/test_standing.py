"""Standing messages, and posts that recur: always an ordinary draft, and never two for one day."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.services import end_membership
from stairgate.publishing import recurring, services
from stairgate.publishing.content import Content
from stairgate.publishing.models import Delivery, Occurrence, Post, Recurrence, StandingMessage
from stairgate.publishing.recurrence import Every, Plan, Rule, next_turn
from stairgate.publishing.services import standing
from stairgate.publishing.states import PostState
from tests.cast import PURPOSE, Cast, willow_lane
from tests.publishing.conftest import Desk
from tests.publishing.test_pages import signed_in

LONDON = ZoneInfo("Europe/London")
TUESDAY = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
RULES = st.builds(
    Rule,
    st.sampled_from(Every),
    DAYS,
    st.none() | DAYS,
    st.lists(DAYS, min_size=1, max_size=6, unique=True).map(tuple),
)


@given(rule=RULES, day=DAYS)
def test_the_days_of_a_rule_come_in_order_and_inside_its_bounds(rule: Rule, day: date) -> None:
    found: list[date] = []
    on = rule.from_day(day)
    while on is not None and len(found) < 40:
        found.append(on)
        on = rule.from_day(on + timedelta(days=1))
    assert all(one < two for one, two in pairwise(found))
    assert all(on >= max(day, rule.starts_on) and on <= (rule.ends_on or on) for on in found)
    if rule.every == Every.WEEK:
        assert all(two - one == timedelta(days=7) for one, two in pairwise(found))
    if rule.every == Every.MONTH:
        months = [on.year * 12 + on.month for on in found]
        assert all(two - one == 1 for one, two in pairwise(months))
        assert all(on.day == rule.starts_on.day or (on + timedelta(days=1)).day == 1 for on in found)
    if rule.every == Every.DATES:
        assert set(found) <= set(rule.dates)


@given(
    rule=RULES,
    hour=st.times(),
    ahead=st.integers(1, 28),
    now=st.datetimes(timezones=st.just(UTC), min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 1)),
)
def test_a_turn_is_still_ahead_and_shows_the_same_time_on_the_wall(
    rule: Rule, hour: time, ahead: int, now: datetime
) -> None:
    turn = next_turn(rule, at=hour, days_ahead=ahead, zone=LONDON, now=now, last=None)
    if turn is None:
        return
    assert turn.send_at > now and turn.due_at < turn.send_at
    wall = turn.send_at.astimezone(LONDON)
    assert wall.date() == turn.on
    left_out = turn.on.month == 3 and turn.on.weekday() == 6 and hour.hour == 1
    assert left_out or wall.time() == hour
    after = next_turn(rule, at=hour, days_ahead=ahead, zone=LONDON, now=now, last=turn.on)
    assert after is None or after.on > turn.on


@pytest.mark.parametrize(
    ("first", "second", "hours"),
    [(date(2026, 10, 19), date(2026, 10, 26), 169), (date(2027, 3, 22), date(2027, 3, 29), 167)],
)
def test_a_week_with_a_change_of_the_clocks_in_it(first: date, second: date, hours: int) -> None:
    rule = Rule(Every.WEEK, first)
    now = datetime.combine(first - timedelta(days=3), time(12), UTC)
    one = next_turn(rule, at=time(9), days_ahead=7, zone=LONDON, now=now, last=None)
    assert one is not None and one.on == first
    two = next_turn(rule, at=time(9), days_ahead=7, zone=LONDON, now=now, last=one.on)
    assert two is not None and two.on == second and two.due_at == one.send_at
    assert two.send_at - one.send_at == timedelta(hours=hours)


@pytest.fixture
def now() -> datetime:
    return TUESDAY


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return willow_lane(now)


@pytest.fixture(autouse=True)
def _tuesday() -> object:
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def message(desk: Desk) -> StandingMessage:
    return services.keep_message(
        actor=desk.cast.kofi,
        organisation=desk.cast.organisation,
        message=None,
        title="Menu",
        text="The menu for next week is on the board by the door.",
        at=desk.now,
    )


def plan(desk: Desk, rule: Rule | None = None) -> Plan:
    weekly = Rule(Every.WEEK, date(2026, 11, 30))
    return Plan(rule or weekly, time(9), 3, (desk.cast.channel.pk,), PURPOSE)


@pytest.fixture
def weekly(desk: Desk, message: StandingMessage) -> Recurrence:
    """Mondays at nine; the first draft is due on Friday at nine."""
    return services.begin_recurrence(actor=desk.cast.kofi, message=message, plan=plan(desk), at=desk.now)


FRIDAY = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@pytest.mark.clause("C78")
def test_what_is_started_from_a_message_is_a_draft_that_waits_for_somebody_else(
    desk: Desk, message: StandingMessage
) -> None:
    start = Content("", (desk.cast.channel.pk,), PURPOSE)
    post = services.use_message(actor=desk.cast.tom, message=message, start=start, at=desk.now)
    assert (post.state, post.author) == (PostState.DRAFT, desk.cast.tom)
    newest = post.revisions.get()
    assert newest.text == message.text
    services.submit(actor=desk.cast.tom, post=post, at=desk.now)
    with pytest.raises(NotAllowed):
        services.approve(actor=desk.cast.tom, post=post, digest=newest.digest, confirmed=True, at=desk.now)
    assert not Delivery.objects.exists()


@pytest.mark.clause("C78")
def test_a_recurring_post_makes_a_draft_ahead_that_its_author_cannot_approve(
    desk: Desk, weekly: Recurrence
) -> None:
    assert recurring.sweep(FRIDAY - timedelta(seconds=1), "test") == 0
    assert recurring.sweep(FRIDAY, "test") == 1
    post = Occurrence.objects.get().post
    newest = post.revisions.get()
    assert (post.state, post.author) == (PostState.DRAFT, desk.cast.kofi)
    assert newest.send_at == datetime(2026, 11, 30, 9, tzinfo=UTC)
    services.submit(actor=desk.cast.tom, post=post, at=desk.now)
    with pytest.raises(NotAllowed, match="You wrote this"):
        services.approve(actor=desk.cast.kofi, post=post, digest=newest.digest, confirmed=True, at=desk.now)
    assert not Delivery.objects.exists()


@pytest.mark.clause("C78")
def test_whoever_changes_the_words_does_not_approve_what_recurs_with_them(
    desk: Desk, message: StandingMessage, weekly: Recurrence
) -> None:
    services.keep_message(
        actor=desk.cast.priya,
        organisation=desk.cast.organisation,
        message=message,
        title=message.title,
        text="Other words altogether.",
        at=desk.now,
    )
    recurring.sweep(FRIDAY, "test")
    post = Occurrence.objects.get().post
    newest = post.revisions.get()
    services.submit(actor=desk.cast.tom, post=post, at=desk.now)
    with pytest.raises(NotAllowed, match="You wrote this"):
        services.approve(actor=desk.cast.priya, post=post, digest=newest.digest, confirmed=True, at=desk.now)


def test_a_new_title_alone_changes_no_author(
    desk: Desk, message: StandingMessage, weekly: Recurrence
) -> None:
    services.keep_message(
        actor=desk.cast.priya,
        organisation=desk.cast.organisation,
        message=message,
        title="The menu",
        text=message.text,
        at=desk.now,
    )
    weekly.refresh_from_db()
    assert weekly.author == desk.cast.kofi


def test_a_year_of_sweeps_makes_one_draft_for_each_day(desk: Desk, weekly: Recurrence) -> None:
    for hours in range(0, 24 * 60, 7):
        recurring.sweep(desk.now + timedelta(hours=hours), "test")
        recurring.sweep(desk.now + timedelta(hours=hours), "another")
    made = list(Occurrence.objects.values_list("on", flat=True))
    assert made == [date(2026, 11, 30) + timedelta(days=7 * week) for week in range(len(made))]
    assert len(made) == Post.objects.count() == Entry.objects.filter(kind="publishing.recurred").count() == 9


class Killed(BaseException):
    """What a kill looks like from inside: nothing may catch it."""


@pytest.mark.parametrize("step", range(6))
def test_killed_anywhere_the_next_sweep_makes_the_one_draft(
    desk: Desk, weekly: Recurrence, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [
        (standing, "save_draft"),
        (standing, "record"),
        (standing, "_next"),
        (Occurrence.objects, "create"),
        (Recurrence, "save"),
        (Post, "save"),
    ]
    where, name = places[step]
    real = getattr(where, name)

    def dies(*args: object, **more: object) -> object:
        real(*args, **more)
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(where, name, dies)
        recurring.sweep(FRIDAY, "test")
    assert not Post.objects.exists() and not Occurrence.objects.exists()
    assert recurring.sweep(FRIDAY, "test") == 1
    assert recurring.sweep(FRIDAY, "test") == 0
    assert Post.objects.count() == Occurrence.objects.count() == 1


def test_after_a_long_sleep_days_gone_by_are_left_out_and_it_is_said(desk: Desk, weekly: Recurrence) -> None:
    late = datetime(2026, 12, 15, 12, tzinfo=UTC)
    recurring.sweep(late, "test")
    weekly.refresh_from_db()
    assert not Occurrence.objects.exists() and weekly.next_on == date(2026, 12, 21)
    assert "30 November 2026" in weekly.trouble
    recurring.sweep(datetime(2026, 12, 18, 9, tzinfo=UTC), "test")
    weekly.refresh_from_db()
    assert Occurrence.objects.get().on == date(2026, 12, 21) and weekly.trouble == ""


def test_in_the_name_of_somebody_who_left_nothing_is_made_and_a_manager_sees_why(
    desk: Desk, weekly: Recurrence
) -> None:
    end_membership(actor=desk.cast.priya, membership=desk.cast.member(desk.cast.kofi), at=desk.now)
    assert recurring.sweep(FRIDAY, "test") == 0
    weekly.refresh_from_db()
    assert not Post.objects.exists() and "could not be made" in weekly.trouble
    assert weekly.due_at == FRIDAY + timedelta(hours=1) and weekly.next_on == date(2026, 11, 30)


def test_one_in_trouble_stops_no_other(desk: Desk, message: StandingMessage, weekly: Recurrence) -> None:
    services.begin_recurrence(actor=desk.cast.priya, message=message, plan=plan(desk), at=desk.now)
    end_membership(actor=desk.cast.priya, membership=desk.cast.member(desk.cast.kofi), at=desk.now)
    assert recurring.sweep(FRIDAY, "test") == 1


def test_days_given_one_by_one_and_then_it_is_over(desk: Desk, message: StandingMessage) -> None:
    days = (date(2026, 12, 18), date(2027, 1, 4))
    rule = Rule(Every.DATES, days[0], None, days)
    row = services.begin_recurrence(actor=desk.cast.kofi, message=message, plan=plan(desk, rule), at=desk.now)
    for day in range(60):
        recurring.sweep(desk.now + timedelta(days=day), "test")
    row.refresh_from_db()
    assert tuple(Occurrence.objects.values_list("on", flat=True)) == days
    assert row.next_on is None and row.due_at is None


def test_what_can_never_come_is_refused(desk: Desk, message: StandingMessage) -> None:
    rule = Rule(Every.DATES, date(2026, 1, 1), None, (date(2026, 1, 1),))
    with pytest.raises(services.Refusal, match="still ahead"):
        services.begin_recurrence(actor=desk.cast.kofi, message=message, plan=plan(desk, rule), at=desk.now)


def test_stopped_or_off_the_list_nothing_more_is_made(
    desk: Desk, message: StandingMessage, weekly: Recurrence
) -> None:
    services.retire_message(actor=desk.cast.priya, message=message, at=desk.now)
    services.retire_message(actor=desk.cast.priya, message=message, at=desk.now)
    assert recurring.sweep(FRIDAY + timedelta(days=30), "test") == 0
    with pytest.raises(services.Refusal):
        services.use_message(actor=desk.cast.tom, message=message, start=Content(""), at=desk.now)
    assert Entry.objects.filter(kind="publishing.recurrence_stopped").count() == 1


@pytest.mark.parametrize("person", ["tom", "gwen", "helen", "leah", "outsider"])
def test_only_a_page_administrator_looks_after_the_list(
    desk: Desk, message: StandingMessage, weekly: Recurrence, person: str
) -> None:
    actor = getattr(desk.cast, person)
    place = desk.cast.organisation
    for deed in (
        lambda: services.keep_message(
            actor=actor, organisation=place, message=message, title="x", text="x", at=desk.now
        ),
        lambda: services.keep_starters(actor=actor, organisation=place, at=desk.now),
        lambda: services.retire_message(actor=actor, message=message, at=desk.now),
        lambda: services.begin_recurrence(actor=actor, message=message, plan=plan(desk), at=desk.now),
        lambda: services.stop_recurrence(actor=actor, recurrence=weekly, at=desk.now),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_by_hand_from_an_empty_list_to_a_post_that_recurs(desk: Desk, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    kofi, tom = signed_in(desk.cast.kofi), signed_in(desk.cast.tom)
    listed = reverse("publishing:standing")
    assert "Begin with these three" in kofi.get(listed).content.decode()
    assert "Begin with these three" not in tom.get(listed).content.decode()
    kofi.post(reverse("publishing:standing_starters"))
    kofi.post(reverse("publishing:standing_new"), {"title": "Menu", "text": "It is on the board."})
    seen = tom.get(listed).content.decode()
    assert all(title in seen for title in ("Term dates", "Online-safety week", "We are closed", "Menu"))
    assert "Change the words" not in seen
    menu = StandingMessage.objects.get(title="Menu")
    started = tom.post(reverse("publishing:standing_use", args=[menu.pk]))
    assert "It is on the board." in tom.get(started["Location"]).content.decode()
    again = reverse("publishing:standing_again", args=[menu.pk])
    typed = {"every": "dates", "dates": "18/12/2026\nsoon", "at": "09:00", "days_ahead": "7"}
    refused = kofi.post(again, typed)
    assert refused.status_code == 422 and "“soon” is not a day" in refused.content.decode()
    assert "18/12/2026" in refused.content.decode()
    kofi.post(again, typed | {"dates": "18/12/2026\n\n2027-01-04"})
    assert "Next for Fri 18 Dec" in kofi.get(listed).content.decode()
    recurrence = Recurrence.objects.get()
    assert recurrence.dates == ["2026-12-18", "2027-01-04"]
    kofi.post(reverse("publishing:standing_stop", args=[recurrence.pk]))
    assert "Next for" not in kofi.get(listed).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"every": "week"}, "Choose the first day."),
        (
            {"every": "week", "starts_on": "2026-12-07", "ends_on": "2026-12-01"},
            "This is before the first day.",
        ),
        ({"every": "dates"}, "Write the days, one on each line."),
        ({"every": "dates", "dates": "2020-01-01"}, "None of these days is still ahead."),
        ({"every": "never"}, "Select a valid choice"),
        ({"every": "week", "starts_on": "2026-12-07", "days_ahead": "0"}, "greater than or equal to 1"),
    ],
)
def test_a_plan_that_makes_no_sense_is_asked_for_again(
    desk: Desk, message: StandingMessage, typed: dict[str, str], said: str, settings: object
) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    where = reverse("publishing:standing_again", args=[message.pk])
    answer = signed_in(desk.cast.kofi).post(where, {"at": "09:00", "days_ahead": "3"} | typed)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Recurrence.objects.exists()


def test_another_settings_messages_do_not_exist(
    desk: Desk, message: StandingMessage, weekly: Recurrence, settings: object
) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    stranger = signed_in(desk.cast.outsider)
    own = [
        reverse(f"publishing:standing_{name}", args=[message.pk])
        for name in ("edit", "use", "retire", "again")
    ]
    for where in (*own, reverse("publishing:standing_stop", args=[weekly.pk])):
        assert stranger.post(where, {"title": "x", "text": "x"}).status_code == 404
    assert "Menu" not in stranger.get(reverse("publishing:standing")).content.decode()
    message.refresh_from_db()
    assert message.title == "Menu" and message.retired_at is None


def test_workers_killed_at_random_make_every_draft_once(
    installation_environment: dict[str, str], tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        **installation_environment,
        "DJANGO_SETTINGS_MODULE": "stairgate.config.testing",
        "STAIRGATE_TEST_HOME": str(tmp_path / "home"),
    }
    command = [sys.executable, "-m", "tests.publishing.killed_sweeps", "5"]
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr[-3000:]
    result = json.loads(run.stdout.splitlines()[-1])
    assert len(result["made_at_each_kill"]) == 5 and result["problems"] == []
    assert result["made_at_each_kill"][0] < result["posts"], "killed in the middle of the work"
    assert result["posts"] == result["occurrences"] == result["days"] == result["told"]
    assert (result["gaps"], result["ahead"]) == (0, 20), "no day was left out, and the next is set"
