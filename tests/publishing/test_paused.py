"""A pause holds everything at the gate, and what it held never slips out later by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stairgate.channels import health
from stairgate.channels.models import HealthReading
from stairgate.channels.pausing import ask_to_open, confirm_opening, pause, pause_everything
from stairgate.monitoring import collect
from stairgate.monitoring.models import Sweep
from stairgate.networks.base import Fetched
from stairgate.publishing import services
from stairgate.publishing.models import Delivery, Post
from stairgate.publishing.states import DeliveryState, PostState
from tests.publishing.conftest import Desk, Scripted

pytestmark = pytest.mark.django_db


def pause_all(desk: Desk) -> None:
    desk.now += timedelta(seconds=1)
    pause_everything(
        actor=desk.cast.gwen, organisation=desk.cast.organisation, reason="Worrying", at=desk.now
    )


def open_all(desk: Desk) -> None:
    desk.now += timedelta(seconds=1)
    for held in desk.cast.organisation.pauses.filter(opened_at=None):
        ask_to_open(actor=desk.cast.priya, pause=held, reason="Looked into", at=desk.now)
        confirm_opening(actor=desk.cast.kofi, pause=held, at=desk.now)
    desk.now += timedelta(seconds=1)


@pytest.mark.clause("C04")
@pytest.mark.clause("C78")
def test_what_a_pause_stopped_never_goes_out_by_itself(desk: Desk, network: Scripted) -> None:
    post = desk.approved()
    pause_all(desk)
    desk.sweep()
    post.refresh_from_db()
    assert post.state == PostState.LAPSED and "paused by Gwen" in post.state_reason
    open_all(desk)
    desk.sweep(60)
    assert network.published == []
    services.submit(actor=desk.cast.tom, post=post, at=desk.now)
    revision = post.revisions.latest("number")
    services.approve(actor=desk.cast.priya, post=post, digest=revision.digest, confirmed=True, at=desk.now)
    desk.sweep(61)
    assert len(network.published) == 1


@pytest.mark.clause("C78")
def test_a_yes_from_before_a_pause_that_has_ended_does_not_count(desk: Desk, network: Scripted) -> None:
    post = desk.approved(send_at=desk.now + timedelta(hours=2))
    pause_all(desk)
    open_all(desk)
    desk.sweep(2 * 3600)
    post.refresh_from_db()
    assert network.published == []
    assert post.state == PostState.LAPSED and "needs a new yes" in post.state_reason
    assert Delivery.objects.get(post=post).state == DeliveryState.CANCELLED


def test_a_pause_of_another_setting_or_before_the_yes_stops_nothing(desk: Desk, network: Scripted) -> None:
    pause_all(desk)
    open_all(desk)
    pause_everything(actor=desk.cast.outsider, organisation=desk.cast.elsewhere, reason="Ours", at=desk.now)
    post = desk.approved()
    desk.sweep(1)
    assert Post.objects.get(pk=post.pk).state == PostState.PUBLISHED


@pytest.mark.clause("C78")
def test_nothing_is_approved_while_it_is_paused(desk: Desk) -> None:
    revision = desk.submitted()
    pause(actor=desk.cast.gwen, channel=desk.cast.channel, reason="Worrying", at=desk.now)
    with pytest.raises(services.Refusal):
        services.approve(
            actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
        )


def test_reading_and_proving_go_on_while_it_is_paused(
    desk: Desk, network: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause_all(desk)
    monkeypatch.setattr(network, "fetch", lambda account, **asked: Fetched((), cursor=""), raising=False)
    monkeypatch.setattr(collect, "network_for", lambda channel: network)
    collect.sweep(desk.now, "test")
    assert Sweep.objects.get(channel=desk.cast.channel).complete_at
    HealthReading.objects.update(at=desk.now - timedelta(days=2))
    assert health.sweep(desk.now, "test") == 1
