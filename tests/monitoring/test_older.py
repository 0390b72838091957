"""Nothing is missed: not under posts far down the page, not after a week away, and not when we are told to slow down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from stairgate.channels.models import Channel
from stairgate.ledger.selectors import history
from stairgate.monitoring import collect, keeping, older
from stairgate.monitoring.models import Item, Sighting, Sweep, Walk
from stairgate.monitoring.rules import LONGEST_PAUSE, behind, pause_after
from stairgate.monitoring.selectors import readings
from stairgate.networks.base import Fetched, Network, ReadsOlder, RefusalKind, Refused, Trouble
from stairgate.networks.facebook import Facebook, collecting
from stairgate.networks.registry import get as network_named
from tests.cast import Cast
from tests.monitoring.hands import go_through, kinds, push_down, read
from tests.networks.test_facebook import post as publish
from tests.practice.fixtures import Practice


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "A_STEP", 2)


def down_the_page(practice: Practice, monkeypatch: pytest.MonkeyPatch, posts: int = 5) -> list[str]:
    """Return posts that no reading takes in by itself."""
    made = [publish(Facebook(), practice, f"From before Stairgate, {number}") for number in range(posts)]
    push_down(practice, monkeypatch)
    return made


def texts() -> list[str]:
    return sorted(Item.objects.values_list("text", flat=True))


# ── Everything, once ──


def test_everything_on_the_page_is_gone_through_step_by_step(
    cast: Cast, practice: Practice, monkeypatch: pytest.MonkeyPatch, small_steps: None
) -> None:
    wanted = []
    for number, made in enumerate(down_the_page(practice, monkeypatch)):
        practice.comment(made, "Sam", f"Lovely {number}")
        visited = practice.visitor_post("Jo", f"Any places in {number}?")
        practice.comment(visited, "Max", f"Me too {number}")
        wanted += [f"Lovely {number}", f"Any places in {number}?", f"Me too {number}"]
    practice.visitor_post("Ann", "The newest")
    read()
    assert len(texts()) < len(wanted)
    go_through()
    go_through()
    assert texts() == sorted([*wanted, "The newest"])
    assert Sighting.objects.count() == Item.objects.count() == kinds(cast).count("monitoring.collected")
    walk = Walk.objects.get()
    assert walk.cursor == "" and walk.through_at is not None and walk.due_at > timezone.now()


def test_whoever_is_killed_goes_on_where_they_were(
    cast: Cast, practice: Practice, monkeypatch: pytest.MonkeyPatch, small_steps: None
) -> None:
    for number, made in enumerate(down_the_page(practice, monkeypatch)):
        practice.comment(made, "Sam", f"Lovely {number}")
    keep = keeping.keep

    def die(*given: object) -> int:
        monkeypatch.setattr(keeping, "keep", keep)
        raise KeyboardInterrupt

    monkeypatch.setattr(older, "_TURN_SECONDS", 0.0)  # one step a turn
    older.sweep(timezone.now(), "test")
    begun = Walk.objects.get()
    assert begun.cursor and begun.began_at and begun.through_at is None
    monkeypatch.setattr(keeping, "keep", die)
    with pytest.raises(KeyboardInterrupt):
        go_through()
    killed = Walk.objects.get()
    assert killed.cursor == begun.cursor and killed.due_at > timezone.now()  # the lease runs out by itself
    assert older.sweep(timezone.now(), "another") == 0
    while Walk.objects.get().through_at is None:
        go_through()
    assert texts() == [f"Lovely {number}" for number in range(5)]
    assert Walk.objects.get().through_at == begun.began_at


def test_a_step_of_which_something_was_not_kept_is_taken_again(
    cast: Cast, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    (made,) = down_the_page(practice, monkeypatch, 1)
    practice.comment(made, "Sam", "Lovely")
    with monkeypatch.context() as broken:
        broken.setattr(keeping, "_first", lambda *given: 1 / 0)
        older.sweep(timezone.now(), "test")
    walk = Walk.objects.get()
    assert walk.through_at is None and walk.failures == 1 and "could not be kept" in walk.problem
    assert walk.due_at > timezone.now()
    go_through()
    assert texts() == ["Lovely"] and Walk.objects.get().problem == ""


@pytest.mark.parametrize("kind", ["drop", "server_error_before", "throttle", "expire_token"])
def test_a_step_that_breaks_off_is_taken_again(
    cast: Cast, practice: Practice, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    (made,) = down_the_page(practice, monkeypatch, 1)
    practice.comment(made, "Sam", "Lovely")
    practice.fault(kind, "GET /visitor_posts")
    older.sweep(timezone.now(), "test")
    walk = Walk.objects.get()
    assert walk.through_at is None and walk.problem and walk.due_at > timezone.now()
    go_through()
    assert texts() == ["Lovely"] and Walk.objects.get().through_at is not None


def test_a_surprise_with_one_account_stops_no_other(
    cast: Cast, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprise(*given: object, **more: object) -> Fetched:
        raise ValueError

    monkeypatch.setattr(Facebook, "older", surprise)
    assert older.sweep(timezone.now(), "test") == 1
    assert "ValueError" in Walk.objects.get().problem


# ── After a week ──


@pytest.mark.clause("C39")
def test_after_a_week_away_what_was_written_anywhere_is_found_and_nothing_twice(
    cast: Cast, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = down_the_page(practice, monkeypatch)
    practice.comment(made[0], "Sam", "Before")
    go_through()
    go_through()
    week = timezone.now() - timedelta(days=7)
    Walk.objects.update(through_at=week)
    Sweep.objects.update(complete_at=week)
    practice.comment(made[3], "Max", "Meanwhile")  # Facebook rang for 36 hours and gave up
    go_through()
    assert texts() == ["Before", "Meanwhile"]
    assert Sighting.objects.count() == 2
    assert [entry.kind for entry in history(cast.organisation.pk)].count("monitoring.collected") == 2


def test_only_posts_where_something_happened_are_asked_for_their_comments(
    cast: Cast, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = down_the_page(practice, monkeypatch)
    go_through()
    monkeypatch.setattr(collecting, "SLACK", timedelta())
    Walk.objects.update(through_at=timezone.now() + timedelta(seconds=2))
    before = len(practice.log())
    go_through()
    asked = [row["path"] for row in practice.log()[before:]]
    assert not [path for path in asked if path.endswith("/comments")]
    assert sum(path.endswith("_posts") for path in asked) == 2 and made


def test_a_closed_account_is_left_alone(cast: Cast, practice: Practice) -> None:
    Channel.objects.filter(pk=cast.channel.pk).update(status=Channel.Status.CLOSED)
    assert older.sweep(timezone.now(), "test") == 0 and not Walk.objects.exists()


def test_a_network_that_cannot_be_gone_through_is_left_alone() -> None:
    assert isinstance(network_named("facebook"), ReadsOlder)
    for name in ("bluesky", "assisted"):
        network: Network = network_named(name)
        assert not isinstance(network, ReadsOlder)


@pytest.mark.parametrize("cursor", ["nonsense", "[]", '["feed", ""]', '["visitor_posts", 7]', "null"])
def test_a_cursor_of_somebody_else_is_refused(practice: Practice, cursor: str) -> None:
    with pytest.raises(Trouble):
        Facebook().older(practice.account, since=None, cursor=cursor)


# ── Slowing down ──


@pytest.mark.parametrize(
    ("used", "minutes"), [(None, 1), (0, 1), (89, 1), (90, 5), (99, 5), (100, 15), (250, 15)]
)
def test_from_nine_tenths_of_the_allowance_we_ask_less(used: int | None, minutes: int) -> None:
    assert pause_after(used, timedelta(minutes=1)) == timedelta(minutes=minutes)
    assert pause_after(used, timedelta(hours=1)) == timedelta(hours=1)  # never more often than was wanted


def test_a_reading_that_finds_the_allowance_nearly_used_is_followed_by_rest(
    cast: Cast, practice: Practice, on_page: str
) -> None:
    practice.deed("usage", percent=90)
    read()
    row = Sweep.objects.get()
    assert row.not_before is not None and row.due_at == row.not_before
    assert timedelta(minutes=4) < row.due_at - timezone.now() <= timedelta(minutes=5)
    assert row.problem == "" and row.complete_at is not None  # it is whole all the same
    practice.deed("usage", percent=3)
    read()
    assert Sweep.objects.get().not_before is None


def test_going_through_what_is_older_waits_first(
    cast: Cast, practice: Practice, monkeypatch: pytest.MonkeyPatch, small_steps: None
) -> None:
    down_the_page(practice, monkeypatch)
    practice.deed("usage", percent=95)
    older.sweep(timezone.now(), "test")
    walk = Walk.objects.get()
    assert walk.cursor and walk.due_at - timezone.now() > LONGEST_PAUSE - timedelta(minutes=1)
    practice.deed("usage", percent=3)


def test_when_told_to_wait_it_waits_that_long(
    cast: Cast, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def later(*given: object, **more: object) -> Fetched:
        raise Trouble(Refused(RefusalKind.THROTTLED, "Slow down.", retry_after=7200))

    monkeypatch.setattr(Facebook, "older", later)
    older.sweep(timezone.now(), "test")
    assert Walk.objects.get().due_at - timezone.now() > timedelta(minutes=119)


# ── Said when it is behind ──


@pytest.mark.parametrize(
    ("met", "through", "said"),
    [(0, None, False), (24, None, False), (25, None, True), (100, 1, False), (100, 25, True)],
)
def test_it_is_said_when_older_posts_were_long_not_gone_through(
    met: int, through: int | None, said: bool
) -> None:
    now = timezone.now()
    when = None if through is None else now - timedelta(hours=through)
    assert bool(behind(now - timedelta(hours=met), when, now)) is said


def test_an_account_that_is_behind_is_never_nothing_to_moderate(cast: Cast, practice: Practice) -> None:
    read()
    go_through()
    assert [row.blind for row in readings(cast.organisation, timezone.now())] == [""]
    Walk.objects.update(through_at=timezone.now() - timedelta(days=2))
    assert "Older posts" in readings(cast.organisation, timezone.now())[0].blind
    collect.sweep(timezone.now(), "test")
