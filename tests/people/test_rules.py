"""The register says who is fit for a duty on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.people.rules import Barrier, Facts, Holding, eligibility, fit_until, review_after, running_out

DAY = date(2026, 11, 24)
FIT = Facts(
    first_name="Priya",
    on_register=True,
    started_on=DAY - timedelta(days=400),
    enhanced_check=True,
    barred_list_checked=True,
    check_review_on=DAY,
    training_expires_on=DAY,
    signed_current_policy=True,
)


def barriers(**changes: object) -> list[Barrier]:
    return [reason.barrier for reason in eligibility(replace(FIT, **changes), DAY)]  # type: ignore[arg-type]


def test_somebody_with_everything_in_date_is_fit_on_the_last_day() -> None:
    assert barriers() == []


@pytest.mark.clause("C14")
@pytest.mark.clause("C17")
@pytest.mark.clause("C88")
def test_without_a_signature_nobody_is_fit() -> None:
    assert barriers(signed_current_policy=False) == [Barrier.NOT_SIGNED]


@pytest.mark.clause("C19")
@pytest.mark.parametrize(
    ("changes", "barrier"),
    [
        ({"enhanced_check": False}, Barrier.CHECK_MISSING),
        ({"barred_list_checked": False}, Barrier.CHECK_MISSING),
        ({"check_review_on": None}, Barrier.CHECK_REVIEW_DUE),
        ({"check_review_on": DAY - timedelta(days=1)}, Barrier.CHECK_REVIEW_DUE),
    ],
)
def test_without_a_check_in_date_nobody_is_fit(changes: dict[str, object], barrier: Barrier) -> None:
    assert barriers(**changes) == [barrier]


@pytest.mark.clause("C20")
def test_without_training_in_date_nobody_is_fit() -> None:
    assert barriers(training_expires_on=None) == [Barrier.TRAINING_MISSING]
    assert barriers(training_expires_on=DAY - timedelta(days=1)) == [Barrier.TRAINING_EXPIRED]


@pytest.mark.clause("C12")
def test_nobody_off_the_register_or_gone_is_fit() -> None:
    assert barriers(on_register=False) == [Barrier.NOT_ON_REGISTER]
    assert barriers(ended_on=DAY - timedelta(days=1)) == [Barrier.LEFT]
    assert barriers(ended_on=DAY) == []
    assert barriers(started_on=DAY + timedelta(days=1)) == [Barrier.LEFT]


@given(st.integers(-400, 400), st.integers(-400, 400), st.booleans())
def test_time_alone_only_ever_takes_fitness_away(review: int, training: int, signed: bool) -> None:
    facts = replace(
        FIT,
        check_review_on=DAY + timedelta(days=review),
        training_expires_on=DAY + timedelta(days=training),
        signed_current_policy=signed,
    )
    today, later = eligibility(facts, DAY), eligibility(facts, DAY + timedelta(days=1))
    assert len(later) >= len(today)


def test_each_reason_names_the_person_and_a_clause() -> None:
    for reason in eligibility(Facts(first_name="Leah", on_register=True), DAY):
        assert "Leah" in reason.says and reason.clause.startswith("C")


@pytest.mark.clause("C19")
@pytest.mark.clause("C20")
@pytest.mark.parametrize(
    ("days", "warning"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, 0)]
)
def test_what_runs_out_is_said_at_each_step(days: int, warning: int | None) -> None:
    far = DAY + timedelta(days=400)
    for field, holding in (
        ("check_review_on", Holding.CHECK),
        ("training_expires_on", Holding.SAFEGUARDING),
        ("online_safety_expires_on", Holding.ONLINE_SAFETY),
    ):
        facts = replace(FIT, check_review_on=far, training_expires_on=far, online_safety_expires_on=far)
        found = running_out(replace(facts, **{field: DAY + timedelta(days=days)}), DAY)  # type: ignore[arg-type]
        assert [(e.holding, e.warning) for e in found] == (
            [(holding, warning)] if warning is not None else []
        )


def test_the_soonest_is_said_first_and_a_lesser_check_runs_out_for_nobody() -> None:
    facts = replace(FIT, check_review_on=DAY + timedelta(days=9), training_expires_on=DAY + timedelta(days=3))
    assert [e.holding for e in running_out(facts, DAY)] == [Holding.SAFEGUARDING, Holding.CHECK]
    lesser = replace(facts, enhanced_check=False)
    assert [e.holding for e in running_out(lesser, DAY)] == [Holding.SAFEGUARDING]


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_the_last_fit_day_is_the_last_day_the_rule_says_yes(review: int, training: int, end: int) -> None:
    facts = replace(
        FIT,
        check_review_on=DAY + timedelta(days=review),
        training_expires_on=DAY + timedelta(days=training),
        ended_on=DAY + timedelta(days=end),
    )
    last = fit_until(facts, DAY)
    if last is None:
        assert not eligibility(facts, DAY + timedelta(days=90))
    else:
        assert not eligibility(facts, last) and eligibility(facts, last + timedelta(days=1))


def test_years_are_counted_by_the_calendar() -> None:
    assert review_after(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert review_after(date(2026, 11, 24), 3) == date(2029, 11, 24)
