"""When a check is due, who does it, and what it must answer: decided from plain values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.channels.rules import check_deadline
from stairgate.monitoring.checking.rules import (
    BY_ID,
    GAP_TOLD,
    HEADINGS,
    HORIZON,
    LONGEST_NOTE,
    SAMPLE_MOST,
    TOLD_THE_LEAD,
    Answer,
    Away,
    Given,
    Seen,
    Stage,
    Step,
    answer_problem,
    covered_until,
    headings_of,
    is_nil,
    on_duty,
    sample_size,
    stage,
    unfinished,
)
from stairgate.policies.packs.loading import pack, shipped_packs

LONDON = ZoneInfo("Europe/London")
KOFI, PRIYA, GWEN = (UUID(int=number) for number in (1, 2, 3))
TODAY = date(2026, 11, 24)
ALL = {heading.id: Given(Answer.NONE) for heading in HEADINGS}


# when


@pytest.mark.clause("C38")
@pytest.mark.parametrize(
    ("checked", "days", "on", "until"),
    [
        # an ordinary week
        ((2026, 11, 18, 17, 2), 7, (2026, 11, 25), (2026, 11, 26, 0, 0)),
        # each day, where the policy is stricter
        ((2026, 11, 18, 17, 2), 1, (2026, 11, 19), (2026, 11, 20, 0, 0)),
        # over Christmas and both its bank holidays: nothing moves
        ((2026, 12, 21, 9, 0), 7, (2026, 12, 28), (2026, 12, 29, 0, 0)),
        # summer time begins on 29 March: that week is an hour short
        ((2026, 3, 25, 12, 0), 7, (2026, 4, 1), (2026, 4, 1, 23, 0)),
        # and ends on 25 October: that one is an hour long
        ((2026, 10, 21, 12, 0), 7, (2026, 10, 28), (2026, 10, 29, 0, 0)),
        # done at 23:59 on a summer's evening it still counts for that day, which is not the day of UTC
        ((2026, 7, 1, 22, 59), 7, (2026, 7, 8), (2026, 7, 8, 23, 0)),
        # and a minute past midnight for the next
        ((2026, 7, 1, 23, 1), 7, (2026, 7, 9), (2026, 7, 9, 23, 0)),
    ],
)
def test_a_check_is_due_by_the_end_of_a_day_of_the_settings_own_clock(
    checked: tuple[int, ...], days: int, on: tuple[int, ...], until: tuple[int, ...]
) -> None:
    due = check_deadline(datetime(*checked, tzinfo=UTC), days, LONDON)  # type: ignore[misc,arg-type]
    assert due.on == date(*on)
    assert due.until == datetime(*until, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.clause("C38")
def test_it_is_told_escalated_and_late_to_the_second() -> None:
    due = check_deadline(datetime(2026, 11, 18, 17, 2, tzinfo=UTC), 7, LONDON)

    def at(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> Stage:
        return stage(due, datetime(2026, 11, day, hour, minute, second, tzinfo=UTC), LONDON)

    assert at(22, 23, 59, 59) == Stage.FAR and at(23) == Stage.TOLD
    assert at(24, 23, 59, 59) == Stage.TOLD and at(25) == Stage.TODAY
    assert at(25, 11, 59, 59) == Stage.TODAY and at(25, 12) == Stage.ESCALATED
    assert at(25, 23, 59, 59) == Stage.ESCALATED and at(26) == Stage.LATE


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)), st.integers(1, 7))
def test_from_one_check_to_the_next_are_never_more_days_than_the_policy_says(
    checked: datetime, days: int
) -> None:
    due = check_deadline(checked, days, LONDON)
    assert due.until > checked
    assert due.until - checked <= timedelta(days=days + 1, hours=1)
    assert stage(due, due.until, LONDON) == Stage.LATE
    assert stage(due, due.until - timedelta(seconds=1), LONDON) == Stage.ESCALATED
    assert stage(due, checked, LONDON) != Stage.LATE


# who


@pytest.mark.clause("C37")
def test_whoever_is_first_and_there_does_it() -> None:
    away = [Away(KOFI, TODAY, TODAY + timedelta(days=4)), Away(PRIYA, TODAY, TODAY)]
    assert on_duty([KOFI, PRIYA, GWEN], (), TODAY) == KOFI
    assert on_duty([KOFI, PRIYA, GWEN], away, TODAY) == GWEN
    assert on_duty([KOFI, PRIYA, GWEN], away, TODAY + timedelta(days=1)) == PRIYA
    assert on_duty([KOFI, PRIYA, GWEN], away, TODAY + timedelta(days=5)) == KOFI
    assert on_duty([KOFI, PRIYA], away, TODAY) is None


@pytest.mark.clause("C37")
@pytest.mark.parametrize(
    ("rota", "away", "until"),
    [
        ([], [], None),
        ([KOFI], [], None),
        ([KOFI, KOFI], [], None),
        ([KOFI, PRIYA], [], HORIZON),
        # one is away for the holidays, and the other is there
        ([KOFI, PRIYA], [Away(KOFI, date(2026, 12, 21), date(2027, 1, 4))], HORIZON),
        # both are: the day before the gap is the last one covered
        (
            [KOFI, PRIYA],
            [
                Away(KOFI, date(2026, 12, 21), date(2027, 1, 4)),
                Away(PRIYA, date(2026, 12, 25), date(2026, 12, 25)),
            ],
            date(2026, 12, 24) - TODAY,
        ),
        # nobody is there today
        ([KOFI, PRIYA], [Away(KOFI, TODAY, TODAY), Away(PRIYA, TODAY, TODAY)], None),
        # a gap past the horizon is not looked for
        ([KOFI, PRIYA], [Away(who, date(2027, 6, 1), date(2027, 6, 2)) for who in (KOFI, PRIYA)], HORIZON),
    ],
)
def test_how_far_a_rota_reaches(rota: list[UUID], away: list[Away], until: timedelta | None) -> None:
    assert covered_until(rota, away, TODAY) == (None if until is None else TODAY + until)
    assert GAP_TOLD < HORIZON


@given(
    st.lists(
        st.tuples(st.sampled_from([KOFI, PRIYA, GWEN]), st.integers(-9, 70), st.integers(0, 20)), max_size=8
    )
)
def test_every_day_that_a_rota_says_it_covers_has_somebody(spans: list[tuple[UUID, int, int]]) -> None:
    away = [
        Away(who, TODAY + timedelta(days=first), TODAY + timedelta(days=first + more))
        for who, first, more in spans
    ]
    rota = [KOFI, PRIYA, GWEN]
    until = covered_until(rota, away, TODAY)
    if until is None:
        assert on_duty(rota, away, TODAY) is None
        return
    for ahead in range((until - TODAY).days + 1):
        assert on_duty(rota, away, TODAY + timedelta(days=ahead)) is not None
    assert until == TODAY + HORIZON or on_duty(rota, away, until + timedelta(days=1)) is None


# what


@pytest.mark.clause("C39", "C75", "C32", "C80")
def test_every_heading_of_the_policys_own_list_is_asked_and_more() -> None:
    for name in shipped_packs():
        listed = next((one for one in pack(name).checklists if one.id == "list-page-check"), None)
        if listed is not None:
            assert {item.id for item in listed.items} <= BY_ID.keys()
    assert {
        "improper",
        "language",
        "safeguarding",
        "messages",
        "tags",
        "hidden",
        "visitors-pictures",
        "staff",
    } <= (BY_ID.keys())
    assert all(headings_of(step) for step in Step) and len(BY_ID) == len(HEADINGS)
    assert all(heading.asks.endswith("?") for heading in HEADINGS)


@pytest.mark.clause("C39", "C40")
@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        (None, "Answer this too"),
        (Given(Answer.NONE), ""),
        (Given(Answer.FOUND), "Say in a sentence"),
        (Given(Answer.FOUND, "  short   "), "Say in a sentence"),
        (Given(Answer.FOUND, "A swear word, hidden and noted."), ""),
        (Given(Answer.NONE, "x" * (LONGEST_NOTE + 1)), "too long"),
    ],
)
def test_an_answer_is_explicit_and_says_what_was_done(given: Given | None, wrong: str) -> None:
    found = answer_problem(BY_ID["language"], given)
    assert (wrong in found) if wrong else found == ""


@pytest.mark.clause("C39", "C41")
@pytest.mark.parametrize("name", ["safeguarding", "staff"])
def test_what_may_be_about_one_of_us_is_told_the_lead_and_never_written_here(name: str) -> None:
    heading = BY_ID[name]
    assert "Tell the safeguarding lead first" in answer_problem(heading, Given(Answer.FOUND))
    assert answer_problem(heading, Given(Answer.FOUND, TOLD_THE_LEAD)) == ""
    for answer in Answer:
        words = Given(answer, "Gwen was alone with a child in the shed.")
        assert "Write nothing about it here" in answer_problem(heading, words)


@pytest.mark.clause("C39", "C40")
@given(st.sets(st.sampled_from(sorted(ALL)), min_size=1))
def test_a_check_with_any_heading_open_is_not_signed(left_out: set[str]) -> None:
    given = {name: one for name, one in ALL.items() if name not in left_out}
    assert unfinished(given, Seen(accounts=1)) != ()
    assert unfinished(ALL, Seen(accounts=1)) == ()


@pytest.mark.clause("C39", "C40", "C84", "C34")
@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (Seen(accounts=0), "no account"),
        (Seen(accounts=1, undecided=1), "1 thing waits in the inbox"),
        (Seen(accounts=1, undecided=2), "2 things wait in the inbox"),
        (Seen(accounts=1, moved=1), "“All as agreed” is not so"),
        (Seen(accounts=1, strangers=1), "“Only those” is not so"),
    ],
)
def test_nor_over_what_we_know_ourselves(seen: Seen, says: str) -> None:
    (problem,) = unfinished(ALL, seen)
    assert says in problem
    found = Given(Answer.FOUND, "Known, and being mended.")
    if seen.moved or seen.strangers:
        assert unfinished(ALL | {"settings-glance": found, "who-has-access": found}, seen) == ()


@pytest.mark.parametrize("what", ["moved", "strangers", "acted", "unread"])
def test_a_quiet_week_is_one_in_which_nothing_was_found_anywhere(what: str) -> None:
    assert is_nil(ALL.values(), Seen(accounts=1))
    assert not is_nil(ALL.values(), Seen(accounts=1, **{what: 1}))
    assert not is_nil([*ALL.values(), Given(Answer.FOUND, "Answered anew later.")], Seen(accounts=1))


@given(st.integers(0, 10_000))
def test_one_in_four_is_looked_at_again_one_at_least_and_five_at_most(judged_safe: int) -> None:
    size = sample_size(judged_safe)
    assert 0 <= size <= min(judged_safe, SAMPLE_MOST)
    assert (size == 0) == (judged_safe == 0)
    assert size >= min(judged_safe / 4, SAMPLE_MOST)
