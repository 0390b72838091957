"""The steps for what looks illegal: what comes next, what is missing, and what a number may look like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.monitoring.serious.rules import (
    Done,
    How,
    Step,
    To,
    answered,
    current,
    hide_problem,
    missing,
    reference_problem,
    report_problem,
    reported_to,
    why_not_hide,
    words_problem,
)

ALL = [Done(Step.REPORTED, to, How.NOT) for to in To]
FIRST = [Done(Step.STOPPED), Done(Step.DANGER, how=How.NO), Done(Step.WORDS), Done(Step.TOLD)]
STEPS = st.builds(
    Done,
    st.sampled_from(list(Step)),
    st.sampled_from(["", *To.values]),
    st.sampled_from(["", *How.values]),
)


@pytest.mark.clause("C43")
@given(st.lists(STEPS))
def test_nothing_is_hidden_before_its_address_was_reported(done: list[Done]) -> None:
    reported = any(one.step == Step.REPORTED and one.how == How.REPORTED for one in done)
    assert (why_not_hide(done) == "") is reported


@pytest.mark.clause("C43")
@given(st.lists(STEPS))
def test_it_is_finished_only_with_every_step_and_an_answer_about_each_report(done: list[Done]) -> None:
    there = {one.step for one in done}
    whole = {Step.DANGER, Step.WORDS, Step.TOLD, Step.SUPPORT} <= there and answered(done) >= set(To.values)
    hidden = Step.HIDDEN in there or not reported_to(done)
    assert (missing(done) == ()) is (whole and hidden)


@given(st.lists(STEPS), st.lists(STEPS))
def test_what_is_added_never_takes_a_step_back(done: list[Done], more: list[Done]) -> None:
    assert reported_to(done) <= reported_to(done + more)
    if not reported_to(more):
        assert set(missing(done + more)) <= set(missing(done)) or answered(more)


@given(st.lists(STEPS))
def test_the_next_step_is_finishing_only_when_nothing_is_missing(done: list[Done]) -> None:
    assert (current(done) == Step.CLOSED) is (missing(done) == ())


def test_the_steps_come_in_the_order_of_the_guidance() -> None:
    done: list[Done] = [Done(Step.STOPPED)]
    asked = []
    for _ in range(6):
        step = current(done)
        asked.append(step)
        done += (
            [Done(Step.REPORTED, to, How.REPORTED) for to in To] if step == Step.REPORTED else [Done(step)]
        )
    assert asked == [Step.DANGER, Step.WORDS, Step.TOLD, Step.REPORTED, Step.HIDDEN, Step.SUPPORT]
    assert current(done) == Step.CLOSED


def test_what_was_reported_to_nobody_needs_no_hiding() -> None:
    assert missing([*FIRST, *ALL, Done(Step.SUPPORT)]) == ()
    assert missing([*FIRST, *ALL, Done(Step.REPORTED, To.IWF, How.REPORTED), Done(Step.SUPPORT)]) == (
        "hide it, or say why it stays",
    )


@pytest.mark.clause("C43")
@pytest.mark.parametrize("reference", ["CAD 1234/01-12", "IWF#998877", "7", "URN:2026.12_4"])
def test_a_reference_number_is_taken(reference: str) -> None:
    assert reference_problem(reference) == ""


@pytest.mark.clause("C43")
@pytest.mark.parametrize("reference", ["", "none", "A boy, about 5, without", "x" * 60 + "1", "7<b>", "7é"])
def test_a_description_is_no_reference_number(reference: str) -> None:
    assert reference_problem(reference)


@pytest.mark.parametrize(
    ("to", "reference", "because", "fine"),
    [
        ("iwf", "12", "", True),
        ("iwf", "", "The page can’t be seen by anybody", True),
        ("iwf", "", "", False),
        ("iwf", "12", "because", False),
        ("iwf", "", "no", False),
        ("iwf", "", "x" * 201, False),
        ("press", "12", "", False),
    ],
)
def test_a_report_has_a_number_or_a_reason(to: str, reference: str, because: str, fine: bool) -> None:
    assert (report_problem(to, reference, because) == "") is fine


@pytest.mark.parametrize(
    ("how", "reference", "fine"),
    [
        *(("asked", "", True), ("by_hand", "", True), ("gone", "", True), ("police", "CAD 7", True)),
        *(("police", "", False), ("", "", False), ("no", "", False)),
    ],
)
def test_to_leave_it_the_police_have_to_ask_for_that(how: str, reference: str, fine: bool) -> None:
    assert (hide_problem(how, reference) == "") is fine


def test_a_few_words_are_a_few() -> None:
    assert words_problem("Priya, today") == ""
    assert words_problem("no") and words_problem("x" * 201)
