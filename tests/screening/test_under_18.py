"""Somebody who says that they are under 18 is noticed; numbers that are no ages are left alone."""

from __future__ import annotations

import pytest

from stairgate.screening import Category, Severity
from tests.screening.cast import coming_in, going_out, only

SAY_SO = [
    "I am 12",
    "im 12",
    "Hi i'm 12 and I love your page",
    "I’m only 9 but can I come too",
    "I'm eleven, can I help with the babies?",
    "I am 17 and looking for work experience",
    "im in year 5 at the school next door",
    "I'm in yr 9",
    "I am in year six",
    "I'm 13yo",
    "I'm 12 years old",
    "I am under 16, is that ok?",
    "I'm a pupil at your school",
    "I'm 12 and I live 10 minutes away",
    "I am nearly 10!",
    "my age is 14",
]
INNOCENT = [
    "I'm 12 weeks pregnant and would love to look around",
    "I am 10 minutes late, sorry",
    "I'm only 5 minutes away",
    "I am 16 stone and the slide held",
    "I'm 15 miles from you",
    "I'm 10 years into this job and never saw a nicer nursery",
    "My daughter is 12",
    "My son is in year 5 and still talks about you",
    "I'm in year 2 of my degree in early years",
    "I'm in year 5's classroom on Fridays, helping with reading",
    "When I was 12 I went here",
    "I am 34",
    "I'm 18 today!",
    "Room for 12 please",
    "We are 6 of the families from Acorns",
    "I'm a parent of a pupil in year 3",
]


@pytest.mark.clause("C59")
@pytest.mark.parametrize("text", SAY_SO)
def test_somebody_who_says_so_is_noticed(text: str) -> None:
    (finding,) = only(coming_in(text), "under-18")
    assert (finding.category, finding.severity, finding.clause) == (
        Category.UNDER_18_AUTHOR,
        Severity.HOLD,
        "C59",
    )


@pytest.mark.clause("C59")
@pytest.mark.parametrize("text", INNOCENT)
def test_numbers_that_are_no_ages_are_left_alone(text: str) -> None:
    assert only(coming_in(text), "under-18") == []


def test_what_the_setting_writes_itself_is_not_asked_for_its_age() -> None:
    assert only(going_out("I am 12"), "under-18") == []
