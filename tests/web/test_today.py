"""Today: the first few posts of each kind, in order, though all are read at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from stairgate.channels.services import note_health
from stairgate.monitoring.models import Sweep
from stairgate.networks.base import Health
from stairgate.organisations.access import membership_of
from stairgate.organisations.models import User
from stairgate.organisations.services import found_setting
from stairgate.policies.services import adopt
from stairgate.publishing.models import Delivery, Post, UrgentVersion
from stairgate.publishing.selectors.lists import gone_astray, with_astray
from stairgate.publishing.selectors.urgent import not_approved_ahead
from stairgate.publishing.services import approve_urgent, keep_urgent_starters
from stairgate.publishing.states import PostState
from stairgate.web.today import today_page
from tests.cast import Cast, willow_lane
from tests.signing import signed


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return willow_lane(now)


#: two look after the pages and two have to: nobody is to spare (C18)
ONE_MORE = "Prepare one more page administrator"


def put(cast: Cast, author: User, state: PostState, now: datetime, count: int) -> list[str]:
    """Put posts in a state, each a minute older than the one before; return their titles, newest first."""
    titles = [f"{author.first_name}, {state.label}, {number}" for number in range(count)]
    for number, title in enumerate(titles):
        at = now - timedelta(minutes=number)
        Post.objects.create(
            organisation=cast.organisation,
            author=author,
            state=state,
            title=title,
            created_at=at,
            updated_at=at,
        )
    return titles


def titles(cast: Cast, who: User, now: datetime) -> list[str]:
    return [task.title for task in today_page(cast.member(who), now).tasks]


def test_a_manager_sees_trouble_then_what_waits_longest_then_their_own(cast: Cast, now: datetime) -> None:
    held = put(cast, cast.tom, PostState.HELD, now, 6)
    waiting = put(cast, cast.tom, PostState.WITH_APPROVER, now, 7)
    own = put(cast, cast.priya, PostState.DRAFT, now, 6)
    put(cast, cast.priya, PostState.WITH_APPROVER, now - timedelta(days=1), 1)
    put(cast, cast.tom, PostState.DRAFT, now, 1)
    assert titles(cast, cast.priya, now) == [*held[:5], *waiting[:1:-1], *own[:5], ONE_MORE]


def test_a_lapsed_post_of_ones_own_is_there_once_and_to_be_carried_on(cast: Cast, now: datetime) -> None:
    lapsed = put(cast, cast.priya, PostState.LAPSED, now, 1)
    assert titles(cast, cast.priya, now) == [*lapsed, ONE_MORE]
    assert today_page(cast.member(cast.priya), now).tasks[0].button == "Carry on writing"


def test_an_account_that_cannot_be_read_is_said(cast: Cast, now: datetime) -> None:
    Sweep.objects.create(channel=cast.channel, due_at=now, problem="The page did not answer.")
    assert titles(cast, cast.gwen, now) == ["Facebook page: we can’t read it now"]
    assert titles(cast, cast.tom, now) == []


def test_a_new_setting_is_told_what_is_missing_and_that_nothing_is_promised(db: None, now: datetime) -> None:
    ana = User.objects.create_user("ana@fernbank.example", "a long enough password", first_name="Ana")
    found_setting(
        founder=ana,
        name="Fernbank",
        kind="nursery",
        timezone="Europe/London",
        office_phone="01632 960121",
        office_email="office@fernbank.example",
        job_title="Manager",
        at=now,
    )
    me = membership_of(ana)
    assert me is not None
    page = today_page(me, now)
    lacks = ["No safeguarding lead is named", "Adopt your social media policy", "No page is connected"]
    lacks.append("Add your safeguarding and child protection policy")
    assert [task.title for task in page.tasks] == lacks
    assert (page.live.met, page.live.not_yet) == (0, page.live.total)


def test_an_author_sees_only_their_own(cast: Cast, now: datetime) -> None:
    put(cast, cast.priya, PostState.HELD, now, 1)
    put(cast, cast.kofi, PostState.WITH_APPROVER, now, 1)
    lapsed = put(cast, cast.tom, PostState.LAPSED, now, 1)
    assert titles(cast, cast.tom, now) == lapsed
    assert titles(cast, cast.gwen, now) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a real PostgreSQL reads a small table whole")
def test_what_is_amiss_is_found_without_going_through_every_post(cast: Cast) -> None:
    """With one finding among 1,000 posts the other way round took seconds."""
    found = gone_astray(cast.organisation)[:5].explain()
    assert "publishing_post USING INDEX sqlite_autoindex_publishing_post_1 (id=?)" in found
    assert "difference_once" in found
    shown = with_astray(Post.objects.filter(pk__in=[uuid4()])).explain()
    by_fate = next(index.name for index in Delivery._meta.indexes if index.fields[0] == "state")
    assert by_fate not in found and by_fate not in shown


@pytest.mark.clause("C78")
def test_whoever_may_approve_is_asked_to_approve_urgent_posts_ahead(cast: Cast, now: datetime) -> None:
    keep_urgent_starters(actor=cast.tom, organisation=cast.organisation, at=now)
    words = "urgent posts are not approved ahead"
    assert f"4 {words}" in titles(cast, cast.priya, now)
    assert not any(words in title for title in titles(cast, cast.tom, now))
    for version in UrgentVersion.objects.all():
        approve_urgent(
            actor=cast.priya, template=version.template, digest=version.digest, confirmed=True, at=now
        )
    assert not any(words in title for title in titles(cast, cast.kofi, now))
    later = now + timedelta(days=400)
    assert not_approved_ahead(cast.member(cast.kofi), cast.policy, later).count() == 4
    adopted = adopt(
        actor=cast.priya,
        organisation=cast.organisation,
        title="Policy",
        text="New words.",
        parameters=cast.policy.parameters,
        at=now,
    )
    assert not_approved_ahead(cast.member(cast.kofi), adopted, now).count() == 4


def test_a_second_yes_ahead_is_asked_for_only_of_somebody_else(cast: Cast, now: datetime) -> None:
    two = adopt(
        actor=cast.priya,
        organisation=cast.organisation,
        title="Policy",
        text="Two of us.",
        parameters=replace(cast.policy.parameters, approvers=2),
        at=now,
    )
    signed(cast.tom, two, now)
    signed(cast.priya, two, now)
    keep_urgent_starters(actor=cast.tom, organisation=cast.organisation, at=now)
    for version in UrgentVersion.objects.all():
        approve_urgent(
            actor=cast.priya, template=version.template, digest=version.digest, confirmed=True, at=now
        )
    assert not_approved_ahead(cast.member(cast.priya), two, now).count() == 0
    assert not_approved_ahead(cast.member(cast.kofi), two, now).count() == 4


@pytest.mark.clause("C28")
def test_a_permission_that_runs_out_soon_is_a_task_before_it_shuts_anything(
    cast: Cast, now: datetime
) -> None:
    at = now + timedelta(seconds=1)
    soon = Health(ok=True, checked_at=at, expires_at=at + timedelta(days=9))
    note_health(channel=cast.channel, health=soon)
    assert "Facebook page: its connection needs somebody" in titles(cast, cast.priya, now)
    later = at + timedelta(seconds=1)
    note_health(
        channel=cast.channel,
        health=Health(ok=True, checked_at=later, expires_at=later + timedelta(days=90)),
    )
    assert titles(cast, cast.priya, now) == [ONE_MORE]
