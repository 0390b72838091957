"""The words of an urgent template and its gaps: typed values only, whatever somebody sends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.publishing.slots import (
    DAYS_AHEAD,
    BadValue,
    Slot,
    SlotKind,
    Wording,
    every_way,
    filled,
    from_json,
    names_in,
    problems_of,
    said_of,
    to_json,
)
from stairgate.publishing.starters import urgent_starters

TODAY = date(2026, 11, 25)
DAY, TIME = Slot("day", SlotKind.DAY), Slot("at", SlotKind.TIME)
NUMBER = Slot("minutes", SlotKind.NUMBER, 10, 90)
CHOICE = Slot("reason", SlotKind.CHOICE, choices=("snow", "ice on the road"))
WORDS = Wording(
    "other",
    "All",
    "On {day} at {at}, {minutes} minutes, {reason}. {day}!",
    "News",
    (DAY, TIME, NUMBER, CHOICE),
)
VALUES = {"day": "2026-11-26", "at": "06:30", "minutes": "45", "reason": "snow"}


def test_every_gap_is_filled_in_words() -> None:
    said = "On Thursday 26 November at 06:30, 45 minutes, snow. Thursday 26 November!"
    assert filled(WORDS, VALUES, TODAY) == said
    assert problems_of(WORDS) == () and names_in(WORDS.text) == ("day", "at", "minutes", "reason")


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    ("slot", "value"),
    [
        (DAY, "2026-11-24"),  # gone by
        (DAY, (TODAY + timedelta(days=DAYS_AHEAD + 1)).isoformat()),
        (DAY, "20261126"),
        (DAY, "Thursday"),
        (TIME, ""),
        (TIME, "6:30"),
        (TIME, "06:30\n"),
        (NUMBER, "45\n"),
        (DAY, ""),
        (NUMBER, ""),
        (TIME, "06:30:00"),
        (TIME, "24:00"),
        (TIME, "Ring Tom"),
        (NUMBER, "9"),
        (NUMBER, "91"),
        (NUMBER, "045"),
        (NUMBER, "٤٥"),
        (NUMBER, "45.0"),
        (NUMBER, " 45"),
        (CHOICE, "Ottilie"),
        (CHOICE, "Snow"),
        (CHOICE, ""),
    ],
)
def test_what_is_not_of_its_kind_is_refused(slot: Slot, value: str) -> None:
    with pytest.raises(BadValue):
        said_of(slot, value, TODAY)


@pytest.mark.clause("C78")
@given(value=st.text(), slot=st.sampled_from((DAY, TIME, NUMBER, CHOICE)))
def test_nothing_typed_freely_gets_into_the_words(value: str, slot: Slot) -> None:
    try:
        said = said_of(slot, value, TODAY)
    except BadValue:
        return
    assert 0 < len(said) <= 40 and (slot.kind != SlotKind.CHOICE or said in CHOICE.choices)


@pytest.mark.parametrize("day", [TODAY, TODAY + timedelta(days=DAYS_AHEAD)])
def test_a_day_lies_on_the_day_of_sending_or_a_month_after(day: date) -> None:
    assert said_of(DAY, day.isoformat(), TODAY)


@pytest.mark.parametrize("values", [{}, VALUES | {"more": "x"}, {"day": "2026-11-26"}])
def test_each_gap_takes_one_value_and_there_is_no_other(values: dict[str, str]) -> None:
    with pytest.raises(BadValue, match="Fill in every gap"):
        filled(WORDS, values, TODAY)


def test_a_value_is_never_read_as_a_gap() -> None:
    words = Wording(
        "other",
        "x",
        "{a}{b}",
        "News",
        (Slot("a", SlotKind.CHOICE, choices=("1", "2")), replace(TIME, name="b")),
    )
    forged = replace(words, slots=(replace(words.slots[0], choices=("{b}", "2")), words.slots[1]))
    assert "one line" in problems_of(forged)[0]
    assert filled(forged, {"a": "{b}", "b": "06:30"}, TODAY) == "{b}06:30"


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    "change",
    [
        {"text": WORDS.text + " "},
        {"title": "Al"},
        {"kind": "snow"},
        {"purpose": "Other"},
        {"slots": (TIME, DAY, NUMBER, CHOICE)},
        {"slots": (DAY, TIME, replace(NUMBER, high=91), CHOICE)},
        {"slots": (DAY, TIME, replace(NUMBER, low=9), CHOICE)},
        {"slots": (DAY, TIME, NUMBER, replace(CHOICE, choices=("snow", "ice")))},
        {"slots": (DAY, replace(DAY, name="at"), NUMBER, CHOICE)},
    ],
)
def test_any_change_gives_another_digest(change: dict[str, object]) -> None:
    assert replace(WORDS, **change).digest != WORDS.digest  # type: ignore[arg-type]


def test_gaps_are_stored_and_read_back() -> None:
    assert from_json(to_json(WORDS.slots)) == WORDS.slots


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"text": " "}, "Write what it says"),
        ({"text": "x" * 2001, "slots": ()}, "too long"),
        ({"text": "At {At}", "slots": ()}, "small letters"),
        ({"text": "{", "slots": ()}, "small letters"),
        ({"slots": (DAY, TIME, NUMBER)}, "for each gap"),
        ({"text": "Plain."}, "for each gap"),
        ({"slots": (DAY, TIME, replace(NUMBER, low=90, high=90), CHOICE)}, "lowest and the highest"),
        ({"slots": (DAY, TIME, replace(NUMBER, high=1000), CHOICE)}, "lowest and the highest"),
        ({"slots": (DAY, TIME, replace(NUMBER, low=-1), CHOICE)}, "lowest and the highest"),
        ({"slots": (DAY, TIME, NUMBER, replace(CHOICE, choices=("one",)))}, "different choices"),
        ({"slots": (DAY, TIME, NUMBER, replace(CHOICE, choices=("a", "a")))}, "different choices"),
        ({"slots": (DAY, TIME, NUMBER, replace(CHOICE, choices=("a", "b\nc")))}, "one line"),
        ({"slots": (DAY, TIME, NUMBER, replace(CHOICE, choices=("a", "b" * 121)))}, "one line"),
        ({"slots": (DAY, TIME, NUMBER, replace(CHOICE, choices=("a", " b")))}, "one line"),
    ],
)
def test_what_is_wrong_with_a_template_is_said(change: dict[str, object], says: str) -> None:
    assert any(says in problem for problem in problems_of(replace(WORDS, **change)))  # type: ignore[arg-type]


def test_more_ways_than_anybody_reads_are_refused() -> None:
    slots = tuple(Slot(name, SlotKind.CHOICE, choices=tuple("abcdef")) for name in ("x", "y", "z"))
    words = Wording("other", "x", "{x}{y}{z}", "News", slots)
    assert "too many ways" in problems_of(words)[0]
    assert problems_of(replace(words, text="{x}{y}", slots=slots[:2])) == ()
    seven = tuple(replace(TIME, name=f"t_{letter}") for letter in "abcdefg")
    many = replace(words, text="".join(f"{{{slot.name}}}" for slot in seven), slots=seven)
    assert "6 gaps" in problems_of(many)[0]


def test_every_way_holds_every_choice_and_both_ends() -> None:
    ways = list(every_way(WORDS, TODAY))
    assert ways[0] == "On … at …, … minutes, …. …!" and len(ways) == 1 + 2**4
    for said in ("snow", "ice on the road", "10 minutes", "90 minutes", "25 November", "26 December"):
        assert any(said in way for way in ways), said


def test_the_starters_are_whole() -> None:
    starters = urgent_starters("News")
    assert [words.kind for words in starters] == ["closure", "snow", "illness", "late_coach"]
    for words in starters:
        assert problems_of(words) == ()
        assert all(len(way) <= 300 for way in every_way(words, TODAY)), "Bluesky takes 300 letters"
