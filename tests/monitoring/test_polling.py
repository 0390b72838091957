"""Polling finds everything by itself, a reading that proves nothing says so, and each network is asked to ring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from stairgate.channels.models import Channel, Connection, HealthReading
from stairgate.channels.services import connect
from stairgate.monitoring import collect, subscribing
from stairgate.monitoring.models import Item, Sweep
from stairgate.monitoring.rules import OLD_AFTER, blind
from stairgate.monitoring.selectors import readings
from stairgate.networks.base import Account, RefusalKind, Refused, Trouble
from stairgate.networks.facebook import Facebook
from tests.cast import Cast
from tests.monitoring.hands import read
from tests.practice.fixtures import Practice
from tests.practice.listener import listening

NOW = timezone.now()


@pytest.fixture(autouse=True)
def demo(settings: Settings) -> None:
    """Where signing in needs no second step."""
    settings.DEMO = True


def inbox_of(cast: Cast, client: Client) -> str:
    client.force_login(cast.kofi, backend="django.contrib.auth.backends.ModelBackend")
    return client.get("/inbox/").content.decode()


# ── Polling ──


def test_polling_alone_finds_it(cast: Cast, practice: Practice, on_page: str) -> None:
    with listening(practice.given["verify_token"]) as listener:
        Facebook().subscribe(practice.account, listener.url)
        practice.fault("webhook_off")
        made = practice.comment(on_page, "Sam", "Lovely")
        practice.visitor_post("Jo", "Any places left?")
        assert listener.texts(1) == ["Any places left?"]  # and nothing rang for Sam
    read()
    assert set(Item.objects.values_list("text", flat=True)) == {"Lovely", "Any places left?"}
    practice.deed("edit-comment", comment=made, message="Lovely soup")
    read()
    assert Item.objects.get(external_id=made).text == "Lovely soup"


def test_an_account_is_polled_again_and_again(cast: Cast, practice: Practice, on_page: str) -> None:
    read()
    row = Sweep.objects.get()
    practice.comment(on_page, "Sam", "Lovely")
    assert collect.sweep(row.due_at - timedelta(seconds=1), "test") == 0
    assert collect.sweep(row.due_at, "test") == 1
    assert Item.objects.count() == 1


# ── What proves nothing ──


def test_an_empty_answer_is_no_proof_that_what_we_knew_is_gone(
    cast: Cast, practice: Practice, on_page: str
) -> None:
    practice.comment(on_page, "Sam", "Lovely")
    read()
    practice.fault("wrong_empty", f"GET /{on_page}/comments")
    read()
    item = Item.objects.get()
    assert item.gone_at is None and item.state == Item.State.OPEN


def unsure(fault: Callable[[Practice], None]) -> object:
    return pytest.param(fault, id=fault.__name__)


def token_has_expired(practice: Practice) -> None:
    practice.fault("expire_token", "GET /me")


def token_is_not_known_to_hold(practice: Practice) -> None:
    practice.fault("wrong_empty", "GET /debug_token")


def nobody_says_who_we_are(practice: Practice) -> None:
    practice.fault("wrong_empty", "GET /me")


def too_many_calls(practice: Practice) -> None:
    practice.fault("throttle", "GET /visitor_posts")


def it_breaks_off(practice: Practice) -> None:
    practice.fault("drop", "GET /visitor_posts")


@pytest.mark.parametrize(
    "fault",
    [
        unsure(one)
        for one in (
            token_has_expired,
            token_is_not_known_to_hold,
            nobody_says_who_we_are,
            too_many_calls,
            it_breaks_off,
        )
    ],
)
def test_an_account_that_cannot_be_read_is_never_nothing_to_moderate(
    cast: Cast, practice: Practice, on_page: str, client: Client, fault: Callable[[Practice], None]
) -> None:
    read()
    complete = Sweep.objects.get().complete_at
    assert "The inbox is empty" in inbox_of(cast, client)
    practice.comment(on_page, "Sam", "Unseen")
    fault(practice)
    read()
    row = Sweep.objects.get()
    assert row.complete_at == complete and row.problem and row.failures == 1
    page = inbox_of(cast, client)
    assert "we can’t read it now" in page and row.problem in page
    assert "The inbox is empty" not in page and "Nothing waits" not in page
    read()
    assert "Unseen" in inbox_of(cast, client)


@pytest.mark.parametrize("fault", ["expire_token", "wrong_empty"])
def test_who_is_shut_out_does_not_publish_either(cast: Cast, practice: Practice, fault: str) -> None:
    practice.fault(fault, "GET /me")
    read()
    reading = HealthReading.objects.filter(channel=cast.channel).first()
    assert reading is not None and not reading.ok


@pytest.mark.parametrize(
    ("problem", "complete", "words"),
    [
        ("", timedelta(), ""),
        ("", OLD_AFTER, ""),
        ("", OLD_AFTER + timedelta(seconds=1), "has stopped"),
        ("", None, "not been read yet"),
        ("Slow down.", timedelta(), "Slow down."),
        ("Slow down.", None, "Slow down."),
    ],
)
def test_what_is_old_or_troubled_or_never_read_proves_nothing(
    problem: str, complete: timedelta | None, words: str
) -> None:
    said = blind(problem, None if complete is None else NOW - complete, NOW)
    assert words in said and bool(said) is bool(words)


def test_an_account_that_is_closed_is_no_longer_missed(cast: Cast) -> None:
    Sweep.objects.create(channel=cast.channel, due_at=NOW, problem="Gone")
    assert [row.blind for row in readings(cast.organisation, NOW)] == ["Gone"]
    assert readings(cast.elsewhere, NOW) == []
    Channel.objects.filter(pk=cast.channel.pk).update(status=Channel.Status.CLOSED)
    assert readings(cast.organisation, NOW) == []


# ── Asking to be rung ──


class Bell:
    """Stands where a client asks its network to ring, and refuses as often as it is told to."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.asked: list[str] = []

    def subscribe(self, account: Account, callback_url: str) -> None:
        self.asked.append(callback_url)
        if self.refusals:
            raise self.refusals.pop(0)


@pytest.fixture
def row(cast: Cast) -> Sweep:
    # these tests count from when they were collected, which may be long ago
    Connection.objects.filter(channel=cast.channel).update(connected_at=NOW)
    return Sweep.objects.create(channel=cast.channel, due_at=NOW)


def hang(monkeypatch: pytest.MonkeyPatch, *refusals: Exception) -> Bell:
    bell = Bell(*refusals)
    monkeypatch.setattr(Facebook, "subscribe", lambda _, account, url: bell.subscribe(account, url))
    return bell


def sweep(after: timedelta = timedelta()) -> int:
    return subscribing.sweep(NOW + after, "test")


def test_the_practice_network_shakes_hands_and_rings_at_our_own_address(
    row: Sweep, practice: Practice, on_page: str, settings: Settings
) -> None:
    with listening(practice.given["verify_token"]) as listener:
        settings.BASE_URL = listener.url
        assert sweep() == 1
        practice.comment(on_page, "Sam", "Lovely")
        assert listener.texts(1) == ["Lovely"]
    row.refresh_from_db()
    assert row.subscribed_url == f"{listener.url}/hooks/facebook/{row.channel_id}/"


def test_connected_anew_the_network_is_asked_to_ring_anew(
    row: Sweep, cast: Cast, practice: Practice, settings: Settings
) -> None:
    """The app was taken away on Facebook, and the bell with it: nothing there remembers that it had agreed."""
    began = timezone.now()
    with listening(practice.given["verify_token"]) as listener:
        settings.BASE_URL = listener.url
        assert subscribing.sweep(began, "test") == 1
        practice.deed("break", why="removed")
        practice.deed("reset")  # and let in again
        practice.visitor_post("Jo", "Unheard")
        later = began + timedelta(minutes=5)
        assert subscribing.sweep(later, "test") == 0
        connect(actor=cast.priya, channel=cast.channel, credentials=practice.credentials, at=later)
        assert subscribing.sweep(later + timedelta(seconds=1), "test") == 1, "and at once"
        practice.visitor_post("Jo", "Any places left?")
        assert listener.texts(1) == ["Any places left?"]
        assert subscribing.sweep(later + timedelta(hours=1), "test") == 0
    row.refresh_from_db()
    assert row.subscribed_at == later + timedelta(seconds=1)


def test_connected_anew_and_refused_it_is_not_believed_to_ring(
    row: Sweep, cast: Cast, practice: Practice, settings: Settings
) -> None:
    began = timezone.now()
    with listening(practice.given["verify_token"]) as listener:
        settings.BASE_URL = listener.url
        assert subscribing.sweep(began, "test") == 1
    later = began + timedelta(minutes=5)
    connect(actor=cast.priya, channel=cast.channel, credentials=practice.credentials, at=later)
    assert subscribing.sweep(later, "test") == 0  # nobody listens any more
    row.refresh_from_db()
    assert row.subscribed_url == "" and row.subscribed_at is None


def test_a_handshake_that_fails_is_no_subscription(row: Sweep, settings: Settings) -> None:
    with listening("another token") as listener:
        settings.BASE_URL = listener.url
        assert sweep() == 0
    row.refresh_from_db()
    assert row.subscribed_url == "" and row.subscribe_at is not None


def test_it_is_asked_until_it_agrees_and_then_no_more(row: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    no = Trouble(Refused(RefusalKind.UNREACHABLE, "not now"))
    bell = hang(monkeypatch, no, no)
    assert [sweep(timedelta(seconds=at)) for at in (0, 10, 20, 100, 700, 10_000)] == [0, 0, 0, 0, 1, 0]
    assert len(bell.asked) == 3


def test_a_new_address_is_told(row: Sweep, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    bell = hang(monkeypatch)
    sweep()
    settings.BASE_URL = "https://stairgate.example"
    sweep(timedelta(hours=1))
    assert [address.partition("/hooks")[0] for address in bell.asked][1:] == ["https://stairgate.example"]


def test_a_surprise_with_one_account_stops_no_other(row: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    bell = hang(monkeypatch, ValueError("surprise"))
    assert (sweep(), sweep(timedelta(minutes=20))) == (0, 1)
    assert len(bell.asked) == 2


@pytest.mark.parametrize(
    ("here", "there", "asked"),
    [
        ("http://localhost:8765", "http://127.0.0.1:9", True),
        ("https://stairgate.example", "https://graph.facebook.com", True),
        ("http://stairgate.example", "https://graph.facebook.com", False),
        ("http://localhost:8765", "https://graph.facebook.com", False),
    ],
)
def test_a_network_out_there_rings_only_at_a_safe_address(
    row: Sweep, monkeypatch: pytest.MonkeyPatch, settings: Settings, here: str, there: str, asked: bool
) -> None:
    bell = hang(monkeypatch)
    row.channel.connection.base_url = there
    row.channel.connection.save()
    settings.BASE_URL = here
    sweep()
    assert bool(bell.asked) is asked


def test_a_closed_account_asks_for_no_ring(row: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    bell = hang(monkeypatch)
    Channel.objects.filter(pk=row.channel_id).update(status=Channel.Status.CLOSED)
    sweep()
    assert bell.asked == []
