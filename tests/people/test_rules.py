"""The register says who is fit for a duty on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.people.rules import Barrier, Facts, eligibility

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
