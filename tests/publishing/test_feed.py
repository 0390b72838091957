"""The calendar on a phone: a secret address, and a file that says as little as it can."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from stairgate.ledger.models import Entry
from stairgate.organisations.rules import Role
from stairgate.organisations.services import end_membership, join
from stairgate.publishing.feed import MOST, render, summary_of
from stairgate.publishing.models import CalendarFeed, Post
from stairgate.publishing.selectors.calendar import Placed
from stairgate.publishing.services import drop_feed, make_feed, reader_of
from stairgate.publishing.states import PostState
from stairgate.publishing.views.feed import MOST_AN_HOUR
from tests.cast import CHILDREN
from tests.publishing.conftest import Desk
from tests.publishing.test_pages import signed_in

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
SAFE = frozenset({PostState.APPROVED, PostState.SENDING, PostState.PUBLISHED, PostState.UNKNOWN})


@pytest.fixture
def token(desk: Desk) -> str:
    return make_feed(actor=desk.cast.tom, organisation=desk.cast.organisation, at=desk.now)


def read(token: str) -> tuple[int, str]:
    answer = Client().get(reverse("publishing:feed", args=[token]))
    return answer.status_code, answer.content.decode()


@given(state=st.sampled_from(PostState), title=st.text(max_size=40), clean=st.booleans())
def test_a_title_is_told_only_when_somebody_approved_it_and_nothing_was_found(
    state: PostState, title: str, clean: bool
) -> None:
    said = summary_of(Placed(NOW, uuid4(), title, state), lambda _: clean)
    may_be_told = bool(title) and clean and state in SAFE
    assert said == f"{state.label}: {title if may_be_told else 'a post'}"


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.timezones()), st.text(max_size=80)
)
def test_a_phone_reads_back_the_very_moment_in_utc(at: datetime, title: str) -> None:
    post = Placed(at, uuid4(), title, PostState.APPROVED)
    body = render(
        [post], name="Willow Lane", now=NOW, is_clean=lambda _: True, link=lambda pk: f"https://x/{pk}"
    )
    (event,) = Calendar.from_ical(body).walk("VEVENT")
    assert event.decoded("dtstart") == at.astimezone(UTC).replace(microsecond=0)
    assert all(line.endswith(b"Z") for line in body.splitlines() if line.startswith((b"DTSTART", b"DTEND")))


def test_the_feed_shows_what_the_calendar_shows(desk: Desk, token: str) -> None:
    approved = desk.approved(text="Nativity dates", send_at=desk.now + timedelta(hours=3))
    desk.save("A draft about puddles", send_at=desk.now + timedelta(days=2))
    status, body = read(token)
    events = {str(event["uid"]): str(event["summary"]) for event in Calendar.from_ical(body).walk("VEVENT")}
    assert status == 200 and len(events) == 2
    assert events[f"{approved.pk}@stairgate"] == "Approved: Nativity dates"
    assert "Draft: a post" in events.values() and "puddles" not in body
    assert reverse("publishing:review", args=[approved.pk]) in body


@pytest.mark.clause("C36")
def test_a_childs_name_never_leaves_with_the_calendar(desk: Desk, token: str) -> None:
    post = desk.approved(send_at=desk.now + timedelta(hours=3))
    title = f"{CHILDREN[0]} found a carrot"
    Post.objects.filter(pk=post.pk).update(title=title)
    assert CHILDREN[0] not in read(token)[1]
    Post.objects.filter(pk=post.pk).update(title="We found a carrot")
    assert "We found a carrot" in read(token)[1]


def test_only_the_digest_of_the_secret_is_kept(desk: Desk, token: str) -> None:
    kept = CalendarFeed.objects.get()
    assert token not in str(vars(kept)) and len(token) >= 43
    entries = Entry.objects.filter(kind="publishing.feed_made")
    assert entries.count() == 1 and token not in str(entries.values().get())


def test_made_anew_the_old_address_stops(desk: Desk, token: str) -> None:
    new = make_feed(actor=desk.cast.tom, organisation=desk.cast.organisation, at=desk.now)
    assert (read(token)[0], read(new)[0]) == (404, 200)


def test_switched_off_wrong_and_cut_short_there_is_nothing(desk: Desk, token: str) -> None:
    assert [read(wrong)[0] for wrong in ("x", token[:-1], token + "A", "%00", token.lower())] == [404] * 5
    assert drop_feed(actor=desk.cast.tom, organisation=desk.cast.organisation, at=desk.now)
    assert read(token)[0] == 404
    assert not drop_feed(actor=desk.cast.tom, organisation=desk.cast.organisation, at=desk.now)
    assert Entry.objects.filter(kind="publishing.feed_dropped").count() == 1


@pytest.mark.clause("C25")
def test_a_leavers_address_stops_on_the_day_they_leave(desk: Desk, token: str) -> None:
    assert reader_of(token) is not None
    end_membership(actor=desk.cast.priya, membership=desk.cast.member(desk.cast.tom), at=desk.now)
    assert read(token)[0] == 404


def test_an_address_does_not_move_to_another_setting_with_its_person(desk: Desk, token: str) -> None:
    cast = desk.cast
    end_membership(actor=cast.priya, membership=cast.member(cast.tom), at=desk.now)
    join(
        actor=cast.outsider,
        organisation=cast.elsewhere,
        user=cast.tom,
        job_title="Practitioner",
        roles=(Role.AUTHOR,),
        at=desk.now,
    )
    assert read(token)[0] == 404


def test_whoever_may_not_sign_in_any_more_reads_nothing(desk: Desk, token: str) -> None:
    desk.cast.tom.is_active = False
    desk.cast.tom.save()
    assert read(token)[0] == 404


def test_another_settings_address_shows_its_own_posts_only(desk: Desk) -> None:
    desk.approved(text="Nativity dates", send_at=desk.now + timedelta(hours=3))
    token = make_feed(actor=desk.cast.outsider, organisation=desk.cast.elsewhere, at=desk.now)
    status, body = read(token)
    assert status == 200 and "VEVENT" not in body and "Willow" not in body


def test_it_is_kept_by_nobody_on_the_way_and_is_only_read(token: str) -> None:
    where = reverse("publishing:feed", args=[token])
    answer = Client().get(where)
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert Client().post(where).status_code == 405


def test_a_phone_that_asks_too_often_is_told_to_wait(token: str) -> None:
    with time_machine.travel(timezone.now().replace(minute=10), tick=False) as clock:
        client, where = Client(), reverse("publishing:feed", args=[token])
        statuses = [client.get(where).status_code for _ in range(MOST_AN_HOUR + 1)]
        assert statuses == [200] * MOST_AN_HOUR + [429]
        assert client.get(where)["Retry-After"]
        clock.shift(3600)
        assert client.get(where).status_code == 200


def test_the_feed_never_grows_beyond_its_bound(
    desk: Desk, token: str, django_assert_max_num_queries: object
) -> None:
    for minute in range(3):
        desk.save(f"Post {minute}", send_at=desk.now + timedelta(minutes=minute))
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert read(token)[1].count("BEGIN:VEVENT") == 3 <= MOST


def test_the_page_shows_the_secret_once(desk: Desk, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    tom = signed_in(desk.cast.tom)
    made = tom.post(reverse("publishing:feed_make"))
    page = made.content.decode()
    start = page.index(f"{django_settings.BASE_URL}/posts/calendar/feed/")
    address = page[start : page.index('"', start)]
    assert "no-store" in made["Cache-Control"]
    assert Client().get(address.removeprefix(django_settings.BASE_URL)).status_code == 200
    again = tom.get(reverse("publishing:phone")).content.decode()
    assert address not in again and "You have an address" in again
    tom.post(reverse("publishing:feed_drop"))
    assert "You have no address yet" in tom.get(reverse("publishing:phone")).content.decode()
