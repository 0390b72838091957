"""Many workers race for the same deliveries on a real PostgreSQL: each is attempted once, by one of them."""

from __future__ import annotations

import pytest

from stairgate.publishing.models import Attempt, Delivery
from stairgate.publishing.states import DeliveryState
from tests.practice.fixtures import Practice
from tests.publishing.conftest import Desk
from tests.worker.crew import Crew, until

RACERS, DELIVERIES = 4, 12

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.clause("C78")
def test_four_workers_give_each_delivery_exactly_one_attempt(
    desk: Desk, crew: Crew, practice: Practice
) -> None:
    texts = [f"Puddle day, the {number}th." for number in range(DELIVERIES)]
    for text in texts:
        desk.approved(text=text)
    racers = [crew.start("racer") for _ in range(RACERS)]
    until(lambda: all(crew.is_ready(racer) for racer in racers))
    (crew.folder / "go").touch()
    assert [racer.wait(120) for racer in racers] == [0] * RACERS
    assert [practice.public_page().count(text) for text in texts] == [1] * DELIVERIES
    assert Attempt.objects.count() == DELIVERIES
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DONE}
    assert len(set(Attempt.objects.values_list("worker", flat=True))) > 1, "nobody raced"
