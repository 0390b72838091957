"""Two people, or a person and the worker, at one comment in the same moment: nobody waits for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from stairgate.ledger.services import record as really_record
from stairgate.ledger.services import verify_log
from stairgate.monitoring import services
from stairgate.monitoring.models import Decision, Item
from stairgate.organisations.models import User
from stairgate.publishing.services import Refusal
from stairgate.screening import Direction, Screener, default_pack, to_json
from tests.cast import Cast, willow_lane
from tests.ledger.flushing import allow_flush

allow_flush()


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(transactional_db: None, now: datetime) -> Cast:
    if connection.vendor == "sqlite":
        pytest.skip("one writer holds the whole of SQLite: there is no order of locks to get wrong")
    return willow_lane(now)


def comment(cast: Cast, now: datetime, name: str) -> Item:
    return Item.objects.create(
        organisation=cast.organisation,
        channel=cast.channel,
        external_id=name,
        kind="comment",
        text="Lovely soup!",
        screening=to_json(
            Screener(default_pack()).screen("Lovely soup!", direction=Direction.INBOUND_COMMENT)
        ),
        written_at=now,
        first_seen_at=now,
    )


def at_once(deeds: Iterable[Callable[[], object]]) -> None:
    """Do all of it side by side. Raises what any of them raised."""

    def alone(deed: Callable[[], object]) -> None:
        try:
            deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(alone, deed) for deed in deeds]:
            done.result(30)


def after_the_first_entry(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Hold the first who wrote to the ledger for a moment, with the ledger locked; return when that is."""
    written = threading.Event()

    def record(**entry: object) -> object:
        made = really_record(**entry)  # type: ignore[arg-type]
        if not written.is_set():
            written.set()
            time.sleep(1)
        return made

    writers = ("publishing.services.common", "monitoring.services", "monitoring.checking.receipts")
    for module in writers:
        monkeypatch.setattr(f"stairgate.{module}.record", record)
    return written


def decide(actor: User, item: Item, at: datetime) -> Decision:
    return services.decide(
        actor=actor,
        item=item,
        version=item.version,
        kind=Decision.Kind.NO_ACTION,
        reason="Looked at it",
        at=at,
    )


def test_a_reply_and_a_decision_about_the_same_comment(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = comment(cast, now, "1_1")
    written = after_the_first_entry(monkeypatch)

    def decide_then() -> None:
        assert written.wait(120)
        with pytest.raises(Refusal, match="somebody else decided"):
            decide(cast.gwen, item, now)

    at_once(
        [
            lambda: services.reply(actor=cast.priya, item=item, version=item.version, text="Thanks!", at=now),
            decide_then,
        ]
    )
    assert item.decisions.count() == 1 and verify_log(cast.organisation.id) == []


def test_clearing_the_quiet_ones_while_somebody_decides_about_one(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [comment(cast, now - timedelta(minutes=n), f"1_{n}") for n in range(3)]
    written = after_the_first_entry(monkeypatch)

    def decide_then() -> None:
        assert written.wait(120)
        for item in items:
            with pytest.raises(Refusal, match="somebody else decided"):
                decide(cast.gwen, item, now)

    at_once(
        [
            lambda: services.clear_quiet(
                actor=cast.priya,
                read={item.pk: item.version for item in items},
                organisation=cast.organisation,
                at=now,
            ),
            decide_then,
        ]
    )
    assert Decision.objects.count() == 3 and verify_log(cast.organisation.id) == []
