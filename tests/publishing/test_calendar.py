"""The calendar: no day is lost when the clocks change, and a post stands in one place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from stairgate.channels.models import Channel
from stairgate.channels.services import Credentials
from stairgate.networks.base import Secret
from stairgate.publishing.calendar import (
    Show,
    Span,
    day_from,
    moment,
    moments,
    month_of,
    named,
    neighbours,
    shown,
    week_of,
)
from stairgate.publishing.models import Delivery, Post
from stairgate.publishing.selectors.calendar import days_of, posts_on, without_a_day
from stairgate.publishing.services import withdraw
from stairgate.publishing.states import DeliveryState, PostState
from stairgate.publishing.views.calendar import LOOKS
from tests.accounts import open_account
from tests.publishing.conftest import Desk, Scripted
from tests.publishing.test_pages import signed_in

LONDON = ZoneInfo("Europe/London")
#: clocks that change at one, at midnight, by half an hour, and never
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            *("Europe/London", "Africa/Cairo", "Asia/Beirut", "America/Havana", "America/Santiago"),
            *("Australia/Lord_Howe", "Pacific/Kiritimati", "Asia/Kathmandu", "UTC"),
        )
    ]
)
TWO_YEARS = Span(date(2026, 1, 1), date(2028, 1, 1))
DAYS = st.dates(TWO_YEARS.first, TWO_YEARS.last)
SHOWS = st.sampled_from(list(Show))


@given(zone=ZONES)
def test_two_years_are_cut_into_days_without_a_gap_or_an_overlap(zone: ZoneInfo) -> None:
    edges = moments(TWO_YEARS, zone)
    assert [edge.day for edge in edges] == list(TWO_YEARS.days())
    assert all(one.ends == two.begins for one, two in pairwise(edges))
    for edge in edges:
        assert edge.begins.astimezone(zone).date() == edge.day
        assert (edge.ends - timedelta(microseconds=1)).astimezone(zone).date() == edge.day
        assert (edge.begins - timedelta(microseconds=1)).astimezone(zone).date() < edge.day


@given(zone=ZONES, seconds=st.integers(0, 2 * 365 * 86_400 - 1))
def test_every_moment_is_on_the_day_that_the_clock_on_the_wall_shows(zone: ZoneInfo, seconds: int) -> None:
    at = moments(TWO_YEARS, zone)[0].begins + timedelta(seconds=seconds)
    day = at.astimezone(zone).date()
    for show in (Show.MONTH, Show.WEEK, Show.LIST, Show.DAY):
        holds = [edge.day for edge in moments(shown(show, day), zone) if edge.begins <= at < edge.ends]
        assert holds == [day]


@pytest.mark.parametrize("show", list(Show))
def test_going_on_and_on_shows_every_day_of_two_years_once(show: Show) -> None:
    seen, on = [], TWO_YEARS.first
    while on < TWO_YEARS.after:
        seen += list(named(show, on).days())
        on = neighbours(show, on)[1]
    assert [day for day in seen if TWO_YEARS.first <= day < TWO_YEARS.after] == list(TWO_YEARS.days())


@given(show=SHOWS, on=DAYS)
def test_there_and_back_again(show: Show, on: date) -> None:
    earlier, later = neighbours(show, on)
    assert neighbours(show, later)[0] == named(show, on).first == neighbours(show, earlier)[1]
    assert on in set(shown(show, on).days())


@given(on=DAYS)
def test_weeks_begin_on_monday_and_a_month_is_drawn_in_whole_ones(on: date) -> None:
    assert week_of(on).first.weekday() == 0
    drawn = shown(Show.MONTH, on)
    assert drawn.first.weekday() == drawn.after.weekday() == 0
    assert set(month_of(on).days()) <= set(drawn.days())
    assert len(list(drawn.days())) in {28, 35, 42}


def test_the_days_the_clocks_change_have_25_and_23_hours() -> None:
    october, march = (
        moments(Span(d, d + timedelta(1)), LONDON)[0] for d in (date(2026, 10, 25), date(2027, 3, 28))
    )
    assert october.begins == datetime(2026, 10, 24, 23, tzinfo=UTC)
    assert october.ends - october.begins == timedelta(hours=25)
    assert march.ends - march.begins == timedelta(hours=23)


def test_a_time_the_clock_leaves_out_or_shows_twice() -> None:
    left_out = moment(date(2027, 3, 28), time(1, 30), LONDON)
    assert left_out.astimezone(LONDON).time() == time(2, 30)
    assert moment(date(2026, 10, 25), time(1, 30), LONDON) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["", "soon", "2026-02-30", "1066-10-14", "9999-12-31", "2026-11-24T09:00"])
def test_an_address_that_names_no_day(typed: str) -> None:
    assert day_from(typed) is None


def placed(desk: Desk, span: Span) -> dict[date, list[object]]:
    days = days_of(desk.cast.organisation, span, most=9)
    return {day.day: [post.pk for post in day.posts] for day in days if day.posts}


AROUND = Span(date(2026, 10, 19), date(2026, 11, 2))
MONTH_ON = Span(date(2026, 11, 1), date(2027, 1, 1))


def test_a_post_stands_on_the_settings_own_day(desk: Desk) -> None:
    # 00:30 in London is 23:30 of the day before in UTC, until the clocks change that night
    summer = desk.save("Half past midnight", send_at=datetime(2026, 10, 24, 23, 30, tzinfo=UTC)).post_id
    winter = desk.save("And once more", send_at=datetime(2026, 10, 26, 0, 30, tzinfo=UTC)).post_id
    late = desk.save("Just before midnight", send_at=datetime(2026, 10, 25, 23, 59, tzinfo=UTC)).post_id
    assert placed(desk, AROUND) == {
        date(2026, 10, 25): [summer, late],
        date(2026, 10, 26): [winter],
    }


def test_only_the_newest_version_says_when(desk: Desk) -> None:
    first = desk.save(send_at=datetime(2026, 12, 1, 9, tzinfo=UTC))
    desk.save(post=first.post, send_at=datetime(2026, 12, 3, 9, tzinfo=UTC))
    assert placed(desk, MONTH_ON) == {date(2026, 12, 3): [first.post_id]}
    desk.save(post=first.post, send_at=None)
    assert placed(desk, MONTH_ON) == {} and without_a_day(desk.cast.organisation) == 1


def test_what_went_out_stands_where_it_went_out_and_never_moves(desk: Desk, network: Scripted) -> None:
    post = desk.approved(send_at=desk.now + timedelta(hours=1))
    desk.sweep(after=3700)
    went = Delivery.objects.get(post=post, state=DeliveryState.DONE)
    day = desk.cast.organisation.day(went.done_at)  # type: ignore[arg-type]
    around = Span(day - timedelta(days=40), day + timedelta(days=40))
    assert placed(desk, around) == {day: [post.pk]}
    # the same words reach a second page a week later
    second = open_account(
        desk.cast.nursery,
        Credentials("http://127.0.0.1:9", "did:plc:example", Secret("not-a-token")),
        desk.now,
        network=Channel.Network.BLUESKY,
        name="Bluesky",
    )
    went.pk, went.channel = uuid4(), second
    went.done_at = desk.now + timedelta(days=7)
    went.save(force_insert=True)
    assert placed(desk, around) == {day: [post.pk]}
    assert without_a_day(desk.cast.organisation) == 0


def test_what_was_withdrawn_and_replies_are_not_in_the_calendar(desk: Desk) -> None:
    kept = desk.save(send_at=datetime(2026, 12, 1, 9, tzinfo=UTC)).post
    gone = desk.save("Another", send_at=datetime(2026, 12, 1, 10, tzinfo=UTC)).post
    withdraw(actor=desk.cast.tom, post=gone, reason="Not any more", at=desk.now)
    reply = desk.save("A third", send_at=datetime(2026, 12, 1, 11, tzinfo=UTC)).post
    Post.objects.filter(pk=reply.pk).update(kind=Post.Kind.REPLY)
    assert placed(desk, MONTH_ON) == {date(2026, 12, 1): [kept.pk]}


def test_a_full_day_shows_its_first_posts_and_counts_the_rest(desk: Desk) -> None:
    for minute in range(10):
        desk.save(f"Post {minute}", send_at=datetime(2026, 12, 1, 9, minute, tzinfo=UTC))
    day = next(d for d in days_of(desk.cast.organisation, MONTH_ON, most=3) if d.posts)
    assert [post.title for post in day.posts] == ["Post 0", "Post 1", "Post 2"] and day.more == 7
    assert [row[2] for row in posts_on(desk.cast.organisation, Span(day.day, day.day + timedelta(1)))] == [
        f"Post {minute}" for minute in range(10)
    ]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a real PostgreSQL reads a small table whole")
def test_the_calendar_reads_by_time_and_never_the_posts_of_all_years(desk: Desk) -> None:
    """With 50,000 posts the other way round took minutes."""
    with CaptureQueriesContext(connection) as asked:
        days_of(desk.cast.organisation, AROUND, most=3)
    with connection.cursor() as cursor:
        plans = []
        for query in asked.captured_queries:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plans.append(" / ".join(str(row[3]) for row in cursor.fetchall()))
    out, planned = plans
    assert "(organisation_id=? AND done_at>? AND done_at<?)" in out
    assert "revision_send_at (send_at>? AND send_at<?)" in planned
    assert not any("(state=?" in plan for plan in plans)


@pytest.fixture
def tom(desk: Desk, settings: object) -> Client:
    settings.DEMO = True  # type: ignore[attr-defined]
    return signed_in(desk.cast.tom)


def page(client: Client, **asked: str) -> str:
    answer = client.get(reverse("publishing:calendar"), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_way_of_showing_it_says_what_and_when(desk: Desk, tom: Client) -> None:
    desk.save("Nativity dates", send_at=datetime(2027, 3, 28, 8, tzinfo=UTC))
    for show in Show:
        seen = page(tom, show=show, on="2027-03-28")
        assert "Nativity dates" in seen and "<b>09:00</b>" in seen and "Draft" in seen, show
    assert "Nativity dates" not in page(tom, show="month", on="2027-05-01")


def test_and_seven_more_lead_to_the_whole_day(desk: Desk, tom: Client) -> None:
    for minute in range(10):
        desk.save(f"Post number {minute}.", send_at=datetime(2027, 12, 1, 9, minute, tzinfo=UTC))
    month = page(tom, on="2027-12-01")
    assert "and 7 more" in month and "Post number 9." not in month
    assert "show=day&amp;on=2027-12-01" in month
    assert "Post number 9." in page(tom, show="day", on="2027-12-01")


def test_another_setting_sees_nothing_of_it(desk: Desk, tom: Client) -> None:
    desk.save("Nativity dates", send_at=datetime(2027, 3, 28, 8, tzinfo=UTC))
    assert "Nativity dates" not in page(signed_in(desk.cast.outsider), on="2027-03-28")


def test_what_makes_no_sense_shows_todays_month(tom: Client) -> None:
    assert 'aria-current="date"' in page(tom, show="century", on="tomorrow")


def test_to_write_for_a_day_opens_with_that_day(desk: Desk, tom: Client) -> None:
    new = reverse("publishing:new")
    assert f"{new}?day=2199-06-01" in page(tom, on="2199-06-01")
    opened = tom.get(new, {"day": "2199-06-01"}).content.decode()
    assert 'value="later" checked' in opened and 'value="2199-06-01"' in opened
    gone_by = tom.get(new, {"day": "2020-06-01"}).content.decode()
    assert 'value="now" checked' in gone_by and 'value="2020' not in gone_by
    assert f"{new}?day=" not in page(signed_in(desk.cast.gwen), on="2199-06-01"), "Gwen does not write"


def test_every_state_that_a_post_can_be_shown_in_has_its_look() -> None:
    assert set(PostState) - {PostState.WITHDRAWN, PostState.REJECTED} == LOOKS.keys()


def test_what_was_taken_down_stands_where_it_went_out_and_says_so(
    desk: Desk, network: Scripted, settings: Any
) -> None:
    settings.DEMO = True
    post = desk.approved()
    desk.sweep()
    Post.objects.filter(pk=post.pk).update(state=PostState.TAKEN_DOWN)
    client = signed_in(desk.cast.kofi)
    for show in ("month", "week", "list", "day"):
        page = client.get(reverse("publishing:calendar"), {"show": show})
        assert page.status_code == 200 and "Taken down" in page.content.decode(), show
