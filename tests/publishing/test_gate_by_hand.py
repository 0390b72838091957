"""The gate, opened for a person: it asks by itself what the service in front of it asks too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stairgate.ledger.services import LedgerError
from stairgate.organisations.access import NotAllowed
from stairgate.publishing.gate import Closed, Opened, OpenedByHand, open_by_hand, open_gate
from stairgate.publishing.models import Delivery
from stairgate.publishing.states import DeliveryState
from tests.accounts import open_group
from tests.publishing.conftest import Desk, fill_the_ledger
from tests.publishing.test_by_hand import put

pytestmark = [pytest.mark.django_db, pytest.mark.clause("C78")]


@pytest.fixture
def row(desk: Desk) -> Delivery:
    """A post for the group that waits for a hand."""
    post = put(desk, open_group(desk.cast.nursery, desk.now))
    desk.sweep()
    found = Delivery.objects.get(post=post)
    assert found.state == DeliveryState.MANUAL
    return found


def test_it_opens_for_so_many_seconds(desk: Desk, row: Delivery) -> None:
    opened = open_by_hand(delivery_id=row.pk, by=desk.cast.kofi, now=desk.now, seconds=7)
    row.refresh_from_db()
    assert isinstance(opened, OpenedByHand) and row.lease_until == desk.now + timedelta(seconds=7)


def test_it_opens_for_nobody_who_may_not_write(desk: Desk, row: Delivery) -> None:
    with pytest.raises(NotAllowed):
        open_by_hand(delivery_id=row.pk, by=desk.cast.leah, now=desk.now, seconds=120)
    row.refresh_from_db()
    assert row.state == DeliveryState.MANUAL and not row.attempts.filter(by=desk.cast.leah).exists()


def test_what_waits_for_no_hand_is_not_opened_by_hand(desk: Desk) -> None:
    waiting = Delivery.objects.get(post=desk.approved())
    opened = open_by_hand(delivery_id=waiting.pk, by=desk.cast.kofi, now=desk.now, seconds=120)
    assert opened == Closed(()) and isinstance(
        open_gate(delivery_id=waiting.pk, worker="w", now=desk.now), Opened
    )


def test_what_waits_for_a_hand_is_not_opened_for_the_worker(desk: Desk, row: Delivery) -> None:
    assert open_gate(delivery_id=row.pk, worker="w", now=row.due_at + timedelta(seconds=1)) == Closed(())
    row.refresh_from_db()
    assert row.state == DeliveryState.MANUAL


def test_an_opening_that_cannot_be_written_down_opens_nothing(
    desk: Desk, row: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_the_ledger(monkeypatch)
    with pytest.raises(LedgerError):
        open_by_hand(delivery_id=row.pk, by=desk.cast.kofi, now=desk.now, seconds=120)
    row.refresh_from_db()
    assert row.state == DeliveryState.MANUAL and not row.attempts.filter(by=desk.cast.kofi).exists()
