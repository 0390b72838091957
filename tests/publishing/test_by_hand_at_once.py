"""Four people press "Begin" in the same moment: one of them sees the words."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection, connections
from django.utils import timezone

from stairgate.ledger.services import verify_log
from stairgate.organisations.models import User
from stairgate.publishing import services
from stairgate.publishing.models import Delivery
from stairgate.publishing.services import by_hand as hands
from stairgate.publishing.states import DeliveryState
from tests.accounts import open_group
from tests.cast import Cast, willow_lane
from tests.ledger.flushing import allow_flush
from tests.publishing.conftest import Desk
from tests.publishing.test_by_hand import fresh, put

allow_flush()

TIMES = 4


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(transactional_db: None, now: datetime) -> Cast:
    return willow_lane(now)


@pytest.mark.clause("C78")
def test_whoever_presses_begin_at_once_only_one_has_begun(cast: Cast, now: datetime) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("one writer holds the whole of SQLite")
    desk = Desk(cast, now)
    post = put(desk, open_group(cast.nursery, now))
    desk.sweep()
    row = fresh(desk.delivery(post), DeliveryState.MANUAL)
    together = threading.Barrier(TIMES)

    def press(person: User) -> str:
        try:
            mine = Delivery.objects.select_related("organisation").get(pk=row.pk)
            together.wait(120)
            hands.begin(actor=person, delivery=mine, at=now)
        except services.Refusal as refusal:
            return str(refusal)
        finally:
            connections.close_all()
        return "begun"

    with ThreadPoolExecutor(TIMES) as pool:
        said = list(pool.map(press, [cast.tom, cast.kofi, cast.tom, cast.priya]))
    assert said.count("begun") == 1
    assert sum("Somebody else may have begun" in words for words in said) == TIMES - 1
    assert row.attempts.filter(by__isnull=False).count() == 1
    assert verify_log(cast.organisation.pk) == []
