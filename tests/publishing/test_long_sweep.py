"""A sweep that takes long: each delivery is judged, and leased, at its own moment, not at the sweep's first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from stairgate.networks.base import Outcome, Passage, Staged
from stairgate.publishing.models import Attempt, Delivery
from stairgate.publishing.states import DeliveryState, PostState
from tests.publishing.conftest import Desk, Scripted

pytestmark = pytest.mark.django_db


class Slow(Scripted):
    """A network whose every answer takes its time; keeps how long each lease still was when it was asked."""

    def __init__(self, clock: time_machine.Traveller, takes: timedelta) -> None:
        super().__init__()
        self._clock, self._takes = clock, takes
        self.leases: list[timedelta] = []

    def publish(self, passage: Passage, staged: Staged) -> Outcome:
        until = Delivery.objects.get(pk=passage.delivery_id).lease_until
        assert until is not None
        self.leases.append(until - timezone.now())
        outcome = super().publish(passage, staged)
        self._clock.shift(self._takes)
        return outcome


@pytest.fixture
def clock(desk: Desk) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(desk.now, tick=False) as traveller:
        yield traveller


def three(desk: Desk) -> None:
    for number in range(3):
        desk.approved(text=f"Soup day {number}.")


@pytest.mark.clause("C78")
def test_every_lease_lasts_as_long_as_the_first(
    desk: Desk, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lease that began with the sweep would be over when the last one is sent: another worker would take it."""
    slow = Slow(clock, timedelta(seconds=100))
    monkeypatch.setattr("stairgate.publishing.delivery.network_for", lambda channel: slow)
    three(desk)
    desk.sweep()
    assert slow.leases == [timedelta(seconds=120)] * 3
    opened = list(Attempt.objects.order_by("opened_at").values_list("opened_at", flat=True))
    assert [at - desk.now for at in opened] == [timedelta(seconds=100 * number) for number in range(3)]


@pytest.mark.clause("C78")
def test_what_became_too_late_behind_a_slow_one_does_not_go_out(
    desk: Desk, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(clock, timedelta(minutes=31))
    monkeypatch.setattr("stairgate.publishing.delivery.network_for", lambda channel: slow)
    three(desk)
    desk.sweep()
    assert len(slow.published) == 1
    late = Delivery.objects.filter(state=DeliveryState.CANCELLED).select_related("post")
    assert len(late) == 2
    assert {row.post.state for row in late} == {PostState.LAPSED}
    assert all("Its time has passed" in row.reason for row in late)
