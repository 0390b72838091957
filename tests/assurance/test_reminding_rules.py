"""What a reminder says and how long it waits, from plain values."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from stairgate.assurance.reminding.rules import (
    WORDS,
    Kind,
    digest_due,
    digest_text,
    snooze_until,
    step_of,
    try_again_after,
    urgent_text,
)
from stairgate.config.home import HomeTrouble
from stairgate.config.mail import mail_settings
from stairgate.organisations.working_days import Nation

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("days", "step"),
    [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0), (-400, 0)],
)
def test_what_comes_round_is_told_at_90_30_and_7_days_and_when_it_is_over(
    days: int, step: int | None
) -> None:
    assert step_of(DAY + timedelta(days=days), DAY) == step


@pytest.mark.parametrize(
    ("kind", "due", "made", "last"),
    [
        (Kind.HARM, 0, 0, None),
        (Kind.RESTRICTED, 30, 0, None),
        (Kind.RUNS_OUT, 0, 0, 7),
        (Kind.RUNS_OUT, -5, -5, 2),
        (Kind.RUNS_OUT, -7, -90, None),
        (Kind.RUNS_OUT, -7, -6, 1),
        (Kind.RUNS_OUT, 90, 0, 28),
        (Kind.SELF_CHECK, -27, -27, 1),
        (Kind.SELF_CHECK, -28, -28, None),
    ],
)
def test_what_a_law_or_the_policy_sets_a_day_for_is_put_off_for_a_week_and_no_further(
    kind: Kind, due: int, made: int, last: int | None
) -> None:
    found = snooze_until(
        kind, due_on=DAY + timedelta(days=due), made_on=DAY + timedelta(days=made), today=DAY
    )
    assert found == (None if last is None else DAY + timedelta(days=last))


@pytest.mark.parametrize(
    ("moment", "nation", "due"),
    [
        ("2026-11-24 07:29", Nation.ENGLAND, False),
        ("2026-11-24 07:30", Nation.ENGLAND, True),
        ("2026-11-24 18:00", Nation.ENGLAND, False),
        ("2026-11-28 09:00", Nation.ENGLAND, False),  # a Saturday
        ("2026-12-25 09:00", Nation.ENGLAND, False),
        ("2026-11-30 09:00", Nation.SCOTLAND, False),  # St Andrew's Day
        ("2026-11-30 09:00", Nation.ENGLAND, True),
    ],
)
def test_the_e_mail_of_the_day_is_due_on_working_mornings(moment: str, nation: Nation, due: bool) -> None:
    assert digest_due(datetime.fromisoformat(moment), nation) is due


def test_a_failed_e_mail_waits_longer_each_time_and_an_hour_at_most() -> None:
    waits = [try_again_after(attempt).total_seconds() / 60 for attempt in (1, 2, 3, 7, 30)]
    assert waits == [1, 2, 4, 60, 60]


def test_every_kind_has_words_and_an_e_mail_counts_and_names_only_its_reader() -> None:
    assert set(WORDS) == set(Kind)
    text = digest_text("Priya", [(Kind.COMMENTS, 3), (Kind.RUNS_OUT, 1)], "https://gate.example/reminders/")
    assert "4 things wait for you" in text
    assert "  - 3 comments wait for a decision\n  - 1 person’s check or training runs out" in text
    assert "One thing waits" in digest_text("Tom", [(Kind.SELF_CHECK, 1)], "x")
    said = urgent_text("Gwen", Kind.HARM, "x")
    assert "cannot wait until the morning: something in the inbox may put a child at risk." in said


@pytest.mark.parametrize(
    ("address", "way", "port"),
    [
        ("", "off", 0),
        ("smtp://us%40x:se%3Acret@mail.example", "smtp", 587),
        ("smtps://mail.example:1465", "smtps", 1465),
        ("smtp+plain://localhost", "smtp+plain", 25),
    ],
)
def test_the_environment_says_how_e_mail_leaves(address: str, way: str, port: int) -> None:
    found = mail_settings({"STAIRGATE_MAIL_URL": address}, demo=False, host="gate.example")
    assert (found.way, found.port, found.sender) == (way, port, "stairgate@gate.example")
    if found.user:
        assert (found.user, found.password) == ("us@x", "se:cret") and "cret" not in repr(found)
    assert mail_settings({"STAIRGATE_MAIL_URL": address}, demo=True, host="h").way == "outbox"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STAIRGATE_MAIL_URL", "smtp+plain://mail.example"),
        ("STAIRGATE_MAIL_URL", "https://mail.example"),
        ("STAIRGATE_MAIL_URL", "smtp://"),
        ("STAIRGATE_MAIL_URL", "smtp://mail.example:port"),
        ("STAIRGATE_MAIL_FROM", "nobody"),
    ],
)
def test_what_cannot_be_meant_is_refused(name: str, value: str) -> None:
    with pytest.raises(HomeTrouble, match=name):
        mail_settings({name: value}, demo=False, host="gate.example")
