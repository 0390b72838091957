"""A pause and a gate in the same moment: the pause waits for the gate that is opening, and none opens after it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction

from stairgate.channels import pausing
from stairgate.channels.models import Pause
from stairgate.ledger.models import Entry
from stairgate.publishing import gate
from stairgate.publishing.models import Attempt, Delivery, Post
from stairgate.publishing.states import DeliveryState
from tests.ledger.flushing import allow_flush
from tests.publishing.conftest import Desk, Scripted

allow_flush()

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def many_writers(transactional_db: None) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("one writer holds the whole of SQLite")


class Held:
    """Stands in for a function that is called inside a transaction: holds the first call there until told."""

    def __init__(self, real: Callable[..., Any]) -> None:
        self._real = real
        self.reached, self.go = threading.Event(), threading.Event()

    def __call__(self, *given: Any, **named: Any) -> Any:
        made = self._real(*given, **named)
        if not self.reached.is_set():
            self.reached.set()
            assert self.go.wait(120)
        return made


def beside(pool: ThreadPoolExecutor, deed: Callable[[], object]) -> Future[object]:
    def alone() -> object:
        try:
            return deed()
        finally:
            connections.close_all()

    return pool.submit(alone)


def until_somebody_waits() -> None:
    """Wait until the database itself says that one of us waits for a lock of another."""
    end = time.monotonic() + 120
    waiting = "SELECT 1 FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"
    with connection.cursor() as cursor:
        while not cursor.execute(waiting).fetchone():
            assert time.monotonic() < end, "nobody waits"
            time.sleep(0.01)


def pause_all(desk: Desk) -> Pause:
    return pausing.pause_everything(
        actor=desk.cast.gwen, organisation=desk.cast.organisation, reason="Worrying", at=desk.now
    )


@pytest.mark.clause("C04")
@pytest.mark.clause("C78")
def test_a_pause_waits_for_the_gate_that_is_opening_and_none_opens_after_it(
    desk: Desk, network: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        desk.approved(text=f"Puddle day {number}.")
    opening = Held(gate._begin)
    monkeypatch.setattr(gate, "_begin", opening)
    with ThreadPoolExecutor(2) as pool:
        sweeping = beside(pool, desk.sweep)
        assert opening.reached.wait(120)
        pausing_ = beside(pool, lambda: pause_all(desk))
        until_somebody_waits()
        assert not pausing_.done() and not Pause.objects.exists()
        opening.go.set()
        pausing_.result(30)
        sweeping.result(30)
    desk.sweep(1)
    kinds = list(Entry.objects.order_by("index").values_list("kind", flat=True))
    paused = kinds.index("channels.paused")
    assert "publishing.gate_opened" in kinds[:paused]
    assert "publishing.gate_opened" not in kinds[paused:]
    assert "publishing.gate_shut" in kinds[paused:]
    opened = Attempt.objects.count()
    assert 1 <= opened < 6 and len(network.published) == opened
    assert not Delivery.objects.filter(state=DeliveryState.WAITING).exists()


@pytest.mark.clause("C04")
@pytest.mark.clause("C78")
def test_a_gate_waits_for_the_pause_that_is_being_made_and_stays_shut(
    desk: Desk, network: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = desk.approved()
    pressing = Held(pausing._record)
    monkeypatch.setattr(pausing, "_record", pressing)
    with ThreadPoolExecutor(2) as pool:
        pausing_ = beside(pool, lambda: pause_all(desk))
        assert pressing.reached.wait(120)
        sweeping = beside(pool, desk.sweep)
        until_somebody_waits()
        pressing.go.set()
        pausing_.result(30)
        sweeping.result(30)
    assert network.published == [] and not Attempt.objects.exists()
    assert desk.delivery(post).state == DeliveryState.CANCELLED


def test_a_post_that_somebody_holds_keeps_no_worker_from_the_next(desk: Desk, network: Scripted) -> None:
    """Else all workers would queue at the gate that one of them is opening, and be no faster than one."""
    held, free = desk.approved(text="Puddle day."), desk.approved(text="Soup day.")
    holding, go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Post.objects.select_for_update().get(pk=held.pk)
            holding.set()
            assert go.wait(120)

    with ThreadPoolExecutor(1) as pool:
        holder = beside(pool, hold)
        assert holding.wait(120)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")  # who waits for it fails
        desk.sweep()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
        assert desk.delivery(free).state == DeliveryState.DONE
        assert desk.delivery(held).state == DeliveryState.WAITING
        go.set()
        holder.result(30)
    desk.sweep(1)
    assert [sent.text for sent in network.published] == ["Soup day.", "Puddle day."]
