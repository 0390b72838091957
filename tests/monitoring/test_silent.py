"""A doorbell that is only half connected is noticed by what it does not tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from stairgate.channels.models import Connection
from stairgate.monitoring import subscribing
from stairgate.monitoring.models import Sweep
from stairgate.monitoring.rules import is_silent
from stairgate.networks.facebook import Facebook
from tests.cast import Cast
from tests.monitoring.door import Door, note
from tests.monitoring.hands import read
from tests.practice.fixtures import Practice
from tests.practice.listener import listening

NOW = timezone.now()


def ago(minutes: int | None) -> datetime | None:
    return None if minutes is None else NOW - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("subscribed", "heard", "newest", "silent"),
    [
        (None, None, 60, False),  # nobody promised to ring
        (600, None, None, False),  # nothing was written
        (600, None, 60, True),
        (600, 300, 60, True),  # it worked once
        (600, 60, 60, False),
        (600, 63, 60, False),  # clocks differ
        (600, 66, 60, True),
        (600, 30, 60, False),
        (600, None, 9, False),  # it may still ring
        (600, None, 10, True),
        (60, None, 70, False),  # written before it was asked to ring
        (60, None, 62, False),
    ],
)
def test_who_promised_to_ring_and_did_not_is_silent(
    subscribed: int | None, heard: int | None, newest: int | None, silent: bool
) -> None:
    said = is_silent(subscribed_at=ago(subscribed), heard_at=ago(heard), newest_at=ago(newest), now=NOW)
    assert said is silent


@pytest.fixture
def inbox(cast: Cast, client: Client, settings: Settings) -> Callable[[], str]:
    settings.DEMO = True
    client.force_login(cast.kofi, backend="django.contrib.auth.backends.ModelBackend")
    return lambda: client.get("/inbox/").content.decode()


def test_half_a_subscription_is_seen_and_asked_for_again_until_it_rings(
    cast: Cast,
    practice: Practice,
    on_page: str,
    door: Door,
    settings: Settings,
    inbox: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The app rings for mentions only: Facebook says "success" to everything, and nothing comes."""
    asked: list[str] = []
    subscribe = Facebook.subscribe

    def counted(client: Facebook, account: object, url: str) -> None:
        asked.append(url)
        subscribe(client, account, url)  # type: ignore[arg-type]

    monkeypatch.setattr(Facebook, "subscribe", counted)
    with listening(practice.given["verify_token"]) as listener:
        settings.BASE_URL = listener.url
        read()
        assert subscribing.sweep(NOW, "test") == 1
        practice.fault("webhook_off", times=1)
        practice.comment(on_page, "Sam", "Lovely")
        read()
        assert "comments arrive late" not in inbox()  # it may still ring
        row = Sweep.objects.get()
        assert row.newest_at is not None and row.heard_at is None
        Sweep.objects.update(subscribed_at=row.newest_at - timedelta(hours=3))
        Connection.objects.update(connected_at=row.newest_at - timedelta(hours=4))
        Sweep.objects.update(newest_at=row.newest_at - timedelta(hours=1))
        assert "comments arrive late" in inbox()
        assert subscribing.sweep(NOW + timedelta(minutes=20), "test") == 1 and len(asked) == 2
        assert subscribing.sweep(NOW + timedelta(minutes=40), "test") == 0 and len(asked) == 2
        assert door.signed(note(practice.page, verb="add", post_id=on_page)).status_code == 200
        assert "comments arrive late" not in inbox()
        assert subscribing.sweep(NOW + timedelta(hours=9), "test") == 0 and len(asked) == 2


def test_a_repeat_of_what_was_heard_proves_no_doorbell(
    cast: Cast, practice: Practice, on_page: str, door: Door
) -> None:
    raw = note(practice.page, verb="add", post_id=on_page)
    door.signed(raw)
    first = Sweep.objects.get().heard_at
    door.signed(raw)
    assert first is not None and Sweep.objects.get().heard_at == first
