"""What is coming shuts an account before it is silent, and what shuts nothing is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from stairgate.channels import judging
from stairgate.channels.judging import judged
from stairgate.channels.selectors import channel_now
from stairgate.channels.services import connect, note_health, note_unread
from stairgate.networks.base import Health, RefusalKind
from tests.cast import willow_lane

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)


def health(**more: object) -> Health:
    return Health(**{"ok": True, "checked_at": NOW, **more})  # type: ignore[arg-type]


@pytest.mark.clause("C28")
@pytest.mark.parametrize(
    ("answer", "problems", "notes", "kind"),
    [
        (health(), (), (), None),
        (health(expires_at=NOW + timedelta(days=15)), (), (), None),
        (health(expires_at=NOW + timedelta(days=14)), (), (judging.ENDS_SOON_WORDS,), None),
        (health(expires_at=NOW + timedelta(days=1)), (judging.ENDS_NOW_WORDS,), (), RefusalKind.RECONNECT),
        (health(expires_at=NOW - timedelta(days=9)), (judging.ENDS_NOW_WORDS,), (), RefusalKind.RECONNECT),
        (health(budget_used=94), (), (), None),
        (health(budget_used=95), (judging.ALLOWANCE_WORDS,), (), RefusalKind.THROTTLED),
        (health(rings=True), (), (), None),
        (health(rings=False), (), (), None),
        (
            health(ok=False, problems=("Dead.",), kind=RefusalKind.PERMISSION, budget_used=100),
            ("Dead.", judging.ALLOWANCE_WORDS),
            (),
            RefusalKind.PERMISSION,
        ),
    ],
)
def test_what_is_coming_is_a_problem_in_time(
    answer: Health, problems: tuple[str, ...], notes: tuple[str, ...], kind: RefusalKind | None
) -> None:
    found = judged(answer)
    assert (found.problems, found.notes, found.kind, found.ok) == (problems, notes, kind, not problems)


@given(
    st.none() | st.integers(0, 200),
    st.none() | st.timedeltas(timedelta(days=-400), timedelta(days=400)),
    st.none() | st.booleans(),
    st.lists(st.text(min_size=1), max_size=2),
)
def test_judging_takes_no_trouble_away(
    used: int | None, left: timedelta | None, rings: bool | None, problems: list[str]
) -> None:
    ends = None if left is None else NOW + left
    answer = health(ok=not problems, problems=tuple(problems), budget_used=used, expires_at=ends, rings=rings)
    found = judged(answer)
    assert set(problems) <= set(found.problems) and found.ok is (found.problems == ())
    assert answer.ok or not found.ok


@pytest.mark.clause("C28")
def test_a_connection_about_to_break_shuts_the_account_while_it_can_be_mended(db: None) -> None:
    cast = willow_lane(timezone.now())
    now = timezone.now()
    assert channel_now(cast.channel, now).is_open
    soon = Health(ok=True, checked_at=now, expires_at=now + timedelta(hours=20))
    reading = note_health(channel=cast.channel, health=soon)
    assert not reading.ok
    (shut,) = channel_now(cast.channel, now).restrictions
    assert (shut.clause, judging.ENDS_NOW_WORDS in shut.says) == ("C28", True)


@pytest.mark.clause("C39")
def test_what_cannot_be_read_for_two_hours_shuts_the_account_until_it_can(db: None) -> None:
    cast = willow_lane(timezone.now())
    now = timezone.now()

    def shut(at: datetime) -> list[str]:
        cast.channel.refresh_from_db()
        return [found.clause for found in channel_now(cast.channel, at).restrictions]

    note_unread(channel=cast.channel, since=now)
    note_unread(channel=cast.channel, since=now + timedelta(minutes=90))  # still the same trouble
    assert shut(now + timedelta(minutes=119)) == []
    assert shut(now + timedelta(minutes=120)) == ["C39"]
    note_unread(channel=cast.channel, since=None)
    assert shut(now + timedelta(minutes=120)) == []


def test_connected_anew_an_account_waits_for_no_reading_of_the_time_before(db: None) -> None:
    from stairgate.channels.services import Credentials
    from stairgate.networks.base import Secret

    cast = willow_lane(timezone.now())
    note_unread(channel=cast.channel, since=timezone.now() - timedelta(days=2))
    row = cast.channel.connection
    same = Credentials(row.base_url, row.account_id, Secret("another"))
    connect(actor=cast.priya, channel=cast.channel, credentials=same, at=timezone.now())
    cast.channel.refresh_from_db()
    assert cast.channel.unread_since is None
