"""What must hold for any text at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stairgate.screening import (
    Author,
    Category,
    Context,
    Direction,
    Finding,
    Screening,
    Severity,
    from_json,
    to_json,
)
from stairgate.screening.engine import LONGEST_TEXT, MOST_FINDINGS
from stairgate.screening.folding import Folded, fold
from stairgate.screening.reading import Reading
from tests.screening.cast import SCREENER, going_out

PIECES = st.sampled_from(
    [
        "Ottilie",
        "07700 900142",
        "tom@home.example",
        "we're off to the park",
        "on Thursday",
        "fück",
        "f.u.c.k",
        "message me",
        "which days is she in",
        "SW1A 1AA",
        "12 High Street",
        "ﬁ",
        "ß",
        "İ",
        "\u200b",
        "\u0301",
        "👩‍👩‍👧",
        "½",
        "…",
        "\n",
        ". ",
        "@",
        "+44",
        "x",
        "oh seven seven",
        "— Tom",
        "ﷺ",
        "𝖋",
        "\ud800",
        "\x00",
        "’s",
        "http://",
    ]
)
TEXTS = st.one_of(
    st.text(st.characters(codec=None), max_size=200),
    st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=25).map(" ".join),
    st.lists(PIECES, max_size=25).map("".join),
)
CONTEXTS = st.builds(
    Context, has_picture=st.booleans(), is_reply=st.booleans(), author=st.sampled_from(Author)
)


@given(text=TEXTS, direction=st.sampled_from(Direction), context=CONTEXTS)
@settings(deadline=None, max_examples=400)
def test_any_text_is_screened_and_every_span_lies_inside_it(
    text: str, direction: Direction, context: Context
) -> None:
    screening = SCREENER.screen(text, direction=direction, context=context)
    for finding in screening.findings:
        assert 0 <= finding.start < finding.end <= len(text)
        assert text[finding.start : finding.end].strip()
        assert finding.title
        assert finding.reason
    assert len(screening.findings) <= MOST_FINDINGS
    starts = [finding.start for finding in screening.findings]
    assert starts == sorted(starts)


@given(text=TEXTS, direction=st.sampled_from(Direction), context=CONTEXTS)
@settings(deadline=None, max_examples=100)
def test_a_screening_survives_json(text: str, direction: Direction, context: Context) -> None:
    screening = SCREENER.screen(text, direction=direction, context=context)
    assert from_json(json.loads(json.dumps(to_json(screening)))) == screening


@given(text=TEXTS)
def test_every_folded_character_comes_from_where_the_map_says(text: str) -> None:
    folded = Folded(text)
    assert len(folded.origins) == len(folded.text) + 1
    assert list(folded.origins) == sorted(folded.origins)
    for position, character in enumerate(folded.text):
        assert character in fold(text[folded.origins[position]])


@given(text=TEXTS, data=st.data())
def test_the_original_stretch_folds_back_to_the_folded_one(text: str, data: st.DataObject) -> None:
    folded = Folded(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    first, last = folded.span(start, end)
    assert 0 <= first <= last <= len(text)
    assert folded.text[start:end] in fold(text[first:last])


@given(text=TEXTS)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(text=TEXTS)
def test_sentences_cover_every_word_once(text: str) -> None:
    reading = Reading(text, {})
    seen = [
        index for number in dict.fromkeys(reading.sentence_of) for index in reading.words_of_sentence(number)
    ]
    assert seen == list(range(len(reading.words)))


@given(before=st.text("abc .,\n", max_size=40), after=st.text("abc .,\n", max_size=40))
@settings(deadline=None)
def test_a_number_is_found_whatever_stands_around_it(before: str, after: str) -> None:
    text = f"{before} 07700 900142 {after}"
    assert any(finding.rule == "contact.mobile" for finding in going_out(text).findings)


def test_what_is_too_long_to_read_is_held() -> None:
    text = "a " * LONGEST_TEXT
    (finding,) = going_out(text).findings
    assert (finding.rule, finding.start, finding.end) == ("text.too-long", LONGEST_TEXT, len(text))
    assert finding.severity is Severity.HOLD


@pytest.mark.parametrize("broken", [{}, {"findings": [], "action": "perhaps", "version": "1"}])
def test_json_that_is_no_screening_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError)):
        from_json(broken)


def test_equal_texts_give_equal_screenings() -> None:
    first, second = going_out("Ottilie, 07700 900142"), going_out("Ottilie, 07700 900142")
    assert isinstance(first, Screening)
    assert first == second
    assert all(isinstance(finding, Finding) for finding in first.findings)


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ("first_person", Category.STAFF_BOUNDARY),
        ("complaint", Category.COMPLAINT_ABOUT_STAFF),
        ("under_18", Category.UNDER_18_AUTHOR),
    ],
)
def test_screenings_kept_under_a_former_name_of_a_category_are_still_read(former: str, now: Category) -> None:
    kept = to_json(going_out("Love from Tom"))
    kept["findings"] = [{**kept["findings"][0], "category": former}]
    assert from_json(kept).findings[0].category is now
