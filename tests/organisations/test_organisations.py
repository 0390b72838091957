"""Settings, roles over time, and the one door to a record."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from stairgate.organisations import access
from stairgate.organisations.models import ChildName, Membership, Organisation, RoleHeld, User
from stairgate.organisations.rules import ACCOUNT_DUTIES, Duty, Role, duties_of, in_force
from stairgate.organisations.selectors import holders, screening_facts
from stairgate.organisations.services import AlreadyFounded, found_setting, register_child_names
from stairgate.publishing.models import Post
from tests.cast import CHILDREN, Cast, willow_lane

DAY = date(2026, 11, 24)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return willow_lane(now)


def test_only_page_administrators_approve() -> None:
    assert [role for role in Role if Duty.APPROVE in duties_of([role])] == [Role.PAGE_ADMINISTRATOR]
    assert not duties_of([Role.STAFF]) & ACCOUNT_DUTIES
    assert duties_of(["nonsense"]) == frozenset()


@given(st.integers(-500, 500), st.one_of(st.none(), st.integers(-500, 500)))
def test_a_role_is_held_from_its_first_to_its_last_day(start: int, end: int | None) -> None:
    starts_on = DAY + timedelta(days=start)
    ends_on = None if end is None else DAY + timedelta(days=end)
    assert in_force(starts_on, ends_on, DAY) is (start <= 0 and (end is None or end >= 0))


def test_the_day_is_the_settings_own() -> None:
    organisation = Organisation(timezone="Europe/London")
    assert organisation.day(datetime.fromisoformat("2026-07-01T23:30:00+00:00")) == date(2026, 7, 2)


def test_another_settings_record_is_not_there(cast: Cast, now: datetime) -> None:
    post = Post.objects.create(
        organisation=cast.organisation, author=cast.tom, created_at=now, updated_at=now
    )
    posts: QuerySet[Post] = Post.objects.all()
    assert access.get(cast.member(cast.tom), posts, post.pk) == post
    with pytest.raises(Http404):
        access.get(cast.member(cast.outsider), posts, post.pk)
    with pytest.raises(access.NotAllowed):
        access.actor_in(cast.outsider, cast.organisation.id)


def test_a_person_switched_off_has_no_membership(cast: Cast) -> None:
    User.objects.filter(pk=cast.tom.pk).update(is_active=False)
    assert access.membership_of(User.objects.get(pk=cast.tom.pk)) is None


@pytest.mark.django_db
def test_a_setting_is_founded_once(now: datetime) -> None:
    founder = User.objects.create_user("priya@willowlane.example", "a long password", first_name="Priya")
    words = {
        "name": "Willow Lane Nursery",
        "kind": "nursery",
        "timezone": "Europe/London",
        "office_phone": "01632 960118",
        "office_email": "office@willowlane.example",
        "job_title": "Nursery manager",
    }
    member = found_setting(founder=founder, at=now, **words)  # type: ignore[arg-type]
    assert Role.MANAGER in member.roles_on(member.organisation.day(now))
    with pytest.raises(AlreadyFounded):
        found_setting(founder=founder, at=now, **words)  # type: ignore[arg-type]


@pytest.mark.clause("C36")
def test_childrens_names_are_kept_only_as_hashes(cast: Cast, now: datetime) -> None:
    rows = list(ChildName.objects.values())
    digests = {bytes(row["digest"]) for row in rows}
    assert len(rows) == len(digests) >= len(CHILDREN) and {len(digest) for digest in digests} == {32}
    assert all(row.keys() == {"id", "organisation_id", "digest", "added_at"} for row in rows)
    for name in CHILDREN:  # nor the plain hash, which anyone could make of every name there is
        assert not digests & {hashlib.sha256(form.encode()).digest() for form in (name, name.lower())}
    again = register_child_names(actor=cast.priya, organisation=cast.organisation, names=["ottilie"], at=now)
    assert again == 0
    long_ago = cast.organisation.day(now) - timedelta(days=9)
    Membership.objects.filter(user=cast.helen).update(ended_on=long_ago)  # and is still known by name
    facts = screening_facts(cast.organisation)
    assert facts.group_names == {"Acorns", "Seedlings", "Saplings"}
    assert facts.staff_names == {"Priya", "Kofi", "Tom", "Gwen", "Leah", "Helen"}
    assert all(name in facts.names for name in CHILDREN)


@pytest.mark.parametrize("ended", [-1, 0, 1, None])
@pytest.mark.parametrize("started", [-1, 0, 1])
def test_who_holds_a_role_is_the_same_asked_of_the_rows_or_of_the_rule(
    cast: Cast, now: datetime, started: int, ended: int | None
) -> None:
    day = cast.organisation.day(now)
    starts_on = day + timedelta(days=started)
    ends_on = None if ended is None else day + timedelta(days=ended)
    for dates, rows in (
        ({"starts_on": starts_on, "ends_on": ends_on}, RoleHeld.objects.filter(membership__user=cast.gwen)),
        ({"started_on": starts_on, "ended_on": ends_on}, Membership.objects.filter(user=cast.gwen)),
    ):
        with transaction.atomic():
            rows.update(**dates)
            asked = [member.first_name for member in holders(cast.organisation, [Role.DSL], day)]
            assert asked == ["Gwen"] * in_force(starts_on, ends_on, day)
            assert (Role.DSL in cast.member(cast.gwen).roles_on(day)) is in_force(starts_on, ends_on, day)
            transaction.set_rollback(True)


def test_nobody_who_is_switched_off_holds_a_role(cast: Cast, now: datetime) -> None:
    User.objects.filter(pk=cast.gwen.pk).update(is_active=False)
    assert not holders(cast.organisation, [Role.DSL], cast.organisation.day(now))
