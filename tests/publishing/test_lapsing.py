"""An approval lapses as soon as its ground is gone, and its author learns why before the time of sending."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stairgate.channels.pausing import pause
from stairgate.channels.services import note_health
from stairgate.ledger.models import Entry
from stairgate.networks.base import Health
from stairgate.organisations.services import end_membership
from stairgate.people.models import Training
from stairgate.publishing import lapsing, services
from stairgate.publishing.models import Approval, Delivery, Post
from stairgate.publishing.states import DeliveryState, PostState
from stairgate.web.today import today_page
from tests.publishing.conftest import Desk, Scripted
from tests.publishing.test_approval import adopted

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(desk: Desk) -> Post:
    """Approved, to go out in six hours."""
    return desk.approved(send_at=desk.now + timedelta(hours=6))


def look(desk: Desk) -> int:
    return lapsing.sweep(desk.now + timedelta(minutes=1), "test")


def reason(post: Post) -> str:
    post.refresh_from_db()
    assert post.state == PostState.LAPSED
    assert Delivery.objects.get(post=post).state == DeliveryState.CANCELLED
    assert Approval.objects.get(post=post).voided_at is not None
    return post.state_reason


@pytest.mark.clause("C78")
def test_what_stands_is_left_alone(desk: Desk, post: Post) -> None:
    note_health(channel=desk.cast.channel, health=Health(ok=False, checked_at=desk.now, problems=("Hm.",)))
    assert look(desk) == 0
    post.refresh_from_db()
    assert post.state == PostState.APPROVED


@pytest.mark.clause("C78")
@pytest.mark.clause("C20")
def test_it_lapses_when_the_approver_is_not_fit_any_more(desk: Desk, post: Post) -> None:
    yesterday = desk.cast.organisation.day(desk.now) - timedelta(days=1)
    Training.objects.filter(person__user=desk.cast.priya).update(expires_on=yesterday)
    assert look(desk) == 1
    assert "Priya’s safeguarding training has run out." in reason(post)
    tasks = today_page(desk.cast.member(desk.cast.tom), desk.now).tasks
    assert any(
        "training has run out" in task.why and task.status_words == "Approval lapsed" for task in tasks
    )
    kinds = Entry.objects.order_by("-index").values_list("kind", flat=True)
    assert kinds[0] == "publishing.lapsed"


@pytest.mark.clause("C14")
def test_it_lapses_when_whoever_wrote_it_has_left(desk: Desk, post: Post) -> None:
    end_membership(actor=desk.cast.priya, membership=desk.cast.member(desk.cast.tom), at=desk.now)
    assert look(desk) == 1
    assert "Tom no longer works here" in reason(post)


@pytest.mark.clause("C78")
def test_it_lapses_when_the_policy_is_adopted_anew(desk: Desk, post: Post) -> None:
    adopted(desk)
    assert look(desk) == 1
    assert "The policy was adopted anew" in reason(post)


@pytest.mark.clause("C04")
def test_it_lapses_when_the_account_is_paused(desk: Desk, post: Post) -> None:
    pause(actor=desk.cast.priya, channel=desk.cast.channel, reason="Something is wrong", at=desk.now)
    assert look(desk) == 1
    assert "Something is wrong" in reason(post)


@pytest.mark.clause("C78")
def test_it_lapses_when_it_is_too_old(desk: Desk, post: Post) -> None:
    Approval.objects.update(expires_at=desk.now)
    assert look(desk) == 1
    assert "The approval is too old." in reason(post)


@pytest.mark.clause("C78")
def test_the_first_of_two_no_longer_counts_and_the_post_goes_on_waiting(desk: Desk) -> None:
    adopted(desk, approvers=2)
    revision = desk.submitted()
    services.approve(
        actor=desk.cast.kofi, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
    )
    end_membership(actor=desk.cast.priya, membership=desk.cast.member(desk.cast.kofi), at=desk.now)
    assert look(desk) == 1
    assert Approval.objects.get().void_reason == "Kofi may not approve any more."
    assert Post.objects.get().state == PostState.WITH_APPROVER
    assert look(desk) == 0


def test_one_look_at_many_posts_takes_as_many_queries_as_at_one(
    desk: Desk, post: Post, django_assert_max_num_queries: object
) -> None:
    for number in range(4):
        desk.approved(text=f"Soup day {number}", send_at=desk.now + timedelta(hours=6))
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert look(desk) == 0


def test_what_is_on_the_page_is_never_looked_at_again(desk: Desk, network: Scripted) -> None:
    post = desk.approved()
    desk.sweep()
    end_membership(actor=desk.cast.priya, membership=desk.cast.member(desk.cast.tom), at=desk.now)
    assert look(desk) == 0
    post.refresh_from_db()
    assert post.state == PostState.PUBLISHED
