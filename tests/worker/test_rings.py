"""Every deed that makes work due rings for it, once it is committed; on SQLite nothing rings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from stairgate.doorbell import Bell
from stairgate.monitoring import hooks, keeping
from stairgate.monitoring import services as deciding
from stairgate.monitoring.models import Decision, Item
from stairgate.networks.base import Done, Outcome, RefusalKind, Refused, Unknown
from stairgate.publishing import services
from stairgate.publishing.models import Post
from stairgate.screening import Severity
from tests.cast import Cast, willow_lane
from tests.publishing.conftest import Desk, Scripted

pytestmark = pytest.mark.django_db

Hear = Callable[[], AbstractContextManager[list[Bell]]]


@pytest.fixture
def hear(django_capture_on_commit_callbacks: Any) -> Hear:
    """Keep what rings when a deed is committed, without ringing it."""

    @contextmanager
    def listen() -> Iterator[list[Bell]]:
        heard: list[Bell] = []
        with django_capture_on_commit_callbacks() as callbacks:
            yield heard
        heard += [callback.args[0] for callback in callbacks]

    return listen


def rung(*bells: Bell) -> list[Bell]:
    return list(bells) if connection.vendor == "postgresql" else []


@pytest.fixture
def cast(db: None) -> Cast:
    return willow_lane(timezone.now())


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    scripted = Scripted()
    for module in ("publishing.delivery", "channels.services", "monitoring.keeping", "monitoring.services"):
        monkeypatch.setattr(f"stairgate.{module}.network_for", lambda channel: scripted)
    return scripted


@pytest.fixture
def desk(cast: Cast, network: Scripted) -> Desk:
    return Desk(cast, timezone.now())


def sent(desk: Desk, network: Scripted, outcome: Outcome) -> Post:
    network.answers = [outcome]
    post = desk.approved()
    desk.sweep()
    return post


def test_an_approval_rings_when_it_is_the_last_that_was_needed(desk: Desk, hear: Hear) -> None:
    with hear() as heard:
        desk.submitted()
    assert heard == []
    with hear() as heard:
        desk.approved()
    assert heard == rung(Bell.DELIVERIES)


def test_looking_again_and_sending_again_ring(desk: Desk, network: Scripted, hear: Hear) -> None:
    unknown = desk.delivery(sent(desk, network, Unknown("No answer.")))
    with hear() as heard:
        services.look_again(actor=desk.cast.priya, delivery=unknown, at=desk.now)
    assert heard == rung(Bell.DELIVERIES)
    refused = desk.delivery(sent(desk, network, Refused(RefusalKind.INVALID, "Not like this.")))
    with hear() as heard:
        services.send_again(actor=desk.cast.priya, delivery=refused, at=desk.now)
    assert heard == rung(Bell.DELIVERIES)


def test_reading_now_and_taking_down_ring(desk: Desk, network: Scripted, hear: Hear) -> None:
    post = sent(desk, network, Done("1_1", "http://page.example/1"))
    with hear() as heard:
        services.read_now(actor=desk.cast.priya, delivery=desk.delivery(post), at=desk.now)
    assert heard == rung(Bell.READ_BACKS)
    with hear() as heard:
        services.take_down(actor=desk.cast.priya, post=post, reason="A mistake", at=desk.now)
    assert heard == rung(Bell.TAKE_DOWNS)


def comment(cast: Cast, now: datetime) -> Item:
    return Item.objects.create(
        organisation=cast.organisation,
        channel=cast.channel,
        external_id="1_1",
        kind="comment",
        text="Lovely soup!",
        risk=Severity.HARM,
        written_at=now,
        first_seen_at=now,
    )


def test_what_was_decided_about_a_comment_rings(desk: Desk, hear: Hear) -> None:
    item = comment(desk.cast, desk.now)
    with hear() as heard:
        keeping.hide_harm(item, desk.now)
    assert heard == rung(Bell.ACTIONS)
    with hear() as heard:
        deciding.decide(
            actor=desk.cast.priya,
            item=item,
            version=item.version,
            kind=Decision.Kind.DELETE,
            reason="It names a child",
            at=desk.now,
        )
    assert heard == rung(Bell.ACTIONS)


def test_a_network_that_rings_is_passed_on(desk: Desk, hear: Hear) -> None:
    with hear() as heard:
        hooks.ring(desk.cast.channel, ["1_1"])
    assert heard == rung(Bell.COMMENTS)
