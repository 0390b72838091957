"""An urgent post that was taken down, paused or lapsed: its template lets nothing more of it out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stairgate.channels.models import Channel
from stairgate.channels.pausing import ask_to_open, confirm_opening, pause
from stairgate.networks.base import RefusalKind, Refused
from stairgate.publishing import delivery, services
from stairgate.publishing.gate import Closed, Opened, open_gate
from stairgate.publishing.gate_facts import writers_of
from stairgate.publishing.models import Approval, Delivery, Post, UrgentTemplate, UrgentVersion
from stairgate.publishing.selectors.lists import waiting_for
from stairgate.publishing.selectors.review import review_page, with_policy
from stairgate.publishing.states import DeliveryState, PostState
from tests.publishing.conftest import Desk, Scripted
from tests.publishing.test_gate_conditions import shut_words
from tests.publishing.test_two_pages import second
from tests.publishing.urgent_desk import Urgent

__all__ = ["second"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def urgent(desk: Desk) -> Urgent:
    return Urgent(desk)


@pytest.mark.clause("C78")
def test_taken_down_it_never_goes_out_on_a_page_that_did_not_have_it_yet(
    urgent: Urgent, desk: Desk, network: Scripted, second: Channel
) -> None:
    """No approval of its own can be voided, so the take-down itself stands in its way."""
    urgent.approve()
    post = urgent.send(channels=[desk.cast.channel.pk, second.pk])
    there, other = (Delivery.objects.get(post=post, channel=c) for c in (desk.cast.channel, second))
    delivery.send(there.pk, worker="test", now=desk.now)
    opened = open_gate(delivery_id=other.pk, worker="test", now=desk.now)
    assert isinstance(opened, Opened)
    services.take_down(actor=desk.cast.priya, post=post, reason="It is wrong", at=desk.now)
    throttled = Refused(RefusalKind.THROTTLED, "Too many", retry_after=1)
    delivery.settle(attempt_id=opened.attempt, outcome=throttled, now=desk.now)
    delivery.send(other.pk, worker="test", now=desk.now + timedelta(seconds=30))
    other.refresh_from_db()
    assert (len(network.published), other.state) == (1, DeliveryState.CANCELLED)
    assert "taken down" in other.reason


@pytest.mark.clause("C78", "C84")
def test_what_a_pause_stopped_is_not_let_out_by_its_template_once_its_own_approval_lapsed(
    urgent: Urgent, desk: Desk
) -> None:
    row = urgent.sent()
    held = pause(actor=desk.cast.gwen, channel=desk.cast.channel, reason="Wait", at=desk.now)
    ask_to_open(actor=desk.cast.priya, pause=held, reason="Fine", at=desk.now)
    confirm_opening(actor=desk.cast.kofi, pause=held, at=desk.now)
    shut_words(desk, row)
    later = desk.now + timedelta(seconds=1)
    services.submit(actor=desk.cast.kofi, post=row.post, at=later)
    services.approve(
        actor=desk.cast.priya, post=row.post, digest=row.revision.digest, confirmed=True, at=later
    )
    Approval.objects.update(expires_at=later)
    again = Delivery.objects.get(post=row.post, state="waiting")
    assert isinstance(open_gate(delivery_id=again.pk, worker="t", now=later + timedelta(seconds=9)), Closed)


@pytest.mark.clause("C78")
def test_who_wrote_the_template_never_approves_what_says_its_words(urgent: Urgent, desk: Desk) -> None:
    row = urgent.sent()
    UrgentTemplate.objects.update(retired_at=desk.now)
    shut_words(desk, row)
    assert desk.cast.tom.pk in writers_of(row.post)


@pytest.mark.clause("C78")
def test_nor_is_whoever_wrote_the_template_asked_to(urgent: Urgent, desk: Desk) -> None:
    row = urgent.sent()
    UrgentTemplate.objects.update(retired_at=desk.now)
    shut_words(desk, row)
    UrgentVersion.objects.update(created_by=desk.cast.priya)
    Post.objects.update(state=PostState.WITH_APPROVER)
    priya = desk.cast.member(desk.cast.priya)
    page = review_page(with_policy(Post.objects.all()).get(), priya, desk.now)
    assert page is not None and page.writers == writers_of(row.post) >= {desk.cast.priya.pk}
    assert not waiting_for(priya, desk.now).exists()
