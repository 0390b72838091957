"""What may be put off, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.monitoring.handling.rules import (
    LONGEST_PUT_OFF,
    latest,
    may_be_put_off,
    note_problem,
    put_off_choices,
    put_off_problem,
)
from stairgate.monitoring.rules import UNREAD
from stairgate.screening import Severity

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 12, 1, 15, 0, tzinfo=LONDON)
WHY = "The manager is back tomorrow"
MOMENTS = st.datetimes(
    datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(LONDON), allow_imaginary=False
)


@pytest.mark.clause("C59")
@given(st.integers(0, UNREAD), st.booleans(), st.integers(-10, 100))
def test_what_may_harm_a_child_or_be_by_one_never_waits(risk: int, under_18: bool, hours: int) -> None:
    grave = risk >= Severity.HARM or under_18
    assert may_be_put_off(risk=risk, under_18=under_18) is not grave
    until = NOW + timedelta(hours=hours)
    problem = put_off_problem(risk=risk, under_18=under_18, until=until, first=None, why=WHY, now=NOW)
    assert (problem == "") is (not grave and 0 < hours <= 48)


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=3)), st.timedeltas(timedelta(), timedelta(days=3)))
def test_again_and_again_leads_no_further_than_two_days(
    first: datetime, after: timedelta, more: timedelta
) -> None:
    now = first + after
    problem = put_off_problem(risk=0, under_18=False, until=now + more, first=first, why=WHY, now=now)
    if not problem:
        assert now + more <= first + LONGEST_PUT_OFF


def test_it_needs_a_time_and_a_reason() -> None:
    given_ = {"risk": 0, "under_18": False, "first": None, "now": NOW}
    assert put_off_problem(**given_, until=None, why=WHY)  # type: ignore[arg-type]
    assert put_off_problem(**given_, until=NOW + timedelta(hours=1), why=" ")  # type: ignore[arg-type]


@given(MOMENTS, st.timedeltas(timedelta(hours=-1), timedelta(days=2)))
def test_every_choice_is_allowed(local: datetime, left: timedelta) -> None:
    last = local + left
    choices = put_off_choices(local, last)
    assert choices == sorted(set(choices))
    assert all(local < moment <= last for moment in choices)


def test_the_choices_of_an_afternoon_are_soon_later_and_two_mornings() -> None:
    found = put_off_choices(NOW, latest(first=None, now=NOW))
    assert [(one.day, one.hour) for one in found] == [(1, 16), (1, 19), (2, 8), (3, 8)]


def test_a_note_is_a_few_words() -> None:
    assert note_problem("Rang her mother") == ""
    assert note_problem("") and note_problem("x" * 1001)
