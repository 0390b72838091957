"""What must hold for any text at all."""

from __future__ import annotations

import functools
import json
import random

import pytest
from bench.screening.invariants import CASES, NEEDS_CAPITALS, breaches_of_form, lost, with_unseen
from bench.screening.messages import Message, read_half
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
from stairgate.screening.engine import LONGEST_TEXT, MOST_FINDINGS, MOST_WORDS
from stairgate.screening.folding import Folded, fold
from stairgate.screening.reading import Reading
from tests.screening.cast import SCREENER, going_out, only

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
        assert text[finding.start : finding.end].strip() or finding.rule == "text.too-long"
        assert finding.title
        assert finding.reason
    assert len(screening.findings) <= MOST_FINDINGS
    assert not list(breaches_of_form(text, screening))


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
    text = "garden " * LONGEST_TEXT
    (finding,) = only(going_out(text), "text.")
    assert (finding.rule, finding.start, finding.end) == ("text.too-long", LONGEST_TEXT, len(text))
    assert finding.severity is Severity.HOLD


def test_where_there_are_too_many_words_to_read_the_text_is_held() -> None:
    (finding,) = only(going_out("so do " * (MOST_WORDS // 2) + "tell"), "text.")
    assert (finding.start, finding.severity) == (3 * MOST_WORDS, Severity.HOLD)


@pytest.mark.parametrize(
    "decoys",
    [
        " ".join(f"@tag{n}" for n in range(400)),
        " ".join(f"sh{n}p" for n in range(700)),
        "Mark Rose " * 400,
        "the Rowan tree. " * 400,
        "a b c " * 700,
        "dick van dyke " * 300,
        "AB1 2CD, " * 300,
    ],
)
@pytest.mark.parametrize("hidden", ["f u c k", "07700 900142", "sh1t", "Ottilie is 4", "@tom_at_home"])
def test_decoys_never_hide_what_would_have_been_held(decoys: str, hidden: str) -> None:
    gravest = max(finding.severity for finding in going_out(hidden).findings)
    assert max(finding.severity for finding in going_out(f"{decoys}\n{hidden}").findings) >= gravest


@functools.cache
def told() -> list[Message]:
    """The messages of the set in which something is found."""
    return [message for message in read_half("develop") if screened(message.text, message).findings]


def screened(text: str, message: Message) -> Screening:
    context = Context(has_picture=bool(message.context.get("has_picture")))
    return SCREENER.screen(text, direction=Direction(message.direction), context=context)


def test_unseen_characters_hide_nothing() -> None:
    for message in told():
        changed = with_unseen(message.text, random.Random(message.id))
        after = screened(changed, message)
        assert not lost(screened(message.text, message), after), changed
        assert not list(breaches_of_form(changed, after)), changed


@pytest.mark.parametrize("case", CASES)
def test_capitals_and_small_letters_hide_nothing(case: str) -> None:
    for message in told():
        after = screened(CASES[case](message.text), message)
        gone = lost(screened(message.text, message), after)
        assert not [one for one in gone if not one.rule.startswith(NEEDS_CAPITALS)], message.text


@given(text=TEXTS, direction=st.sampled_from(Direction), seed=st.integers(0, 2**32))
@settings(deadline=None, max_examples=200)
def test_unseen_characters_hide_nothing_in_any_text(text: str, direction: Direction, seed: int) -> None:
    changed = with_unseen(text, random.Random(seed))
    before, after = (SCREENER.screen(one, direction=direction) for one in (text, changed))
    assert not lost(before, after)


def test_a_handle_inside_an_invitation_is_told_beside_it() -> None:
    rules = {finding.rule.split(".")[0] for finding in going_out("add me on snapchat kofi__x").findings}
    assert {"boundary", "contact"} <= rules


@pytest.mark.parametrize(
    "text", ["\ud800" * 40, "\x00" * 999, "\udfff f u c k", "\ud83d\ude00" * 9, "a" * 1_000_000]
)
@pytest.mark.parametrize("direction", list(Direction))
def test_broken_and_huge_text_is_screened(text: str, direction: Direction) -> None:
    screening = SCREENER.screen(text, direction=direction)
    assert not list(breaches_of_form(text, screening))


@pytest.mark.parametrize(
    "text",
    [
        "f👩🏽‍🏫ck you shit👩🏽‍🏫",
        "👩‍👩‍👧shit👩‍👩‍👧",
        "shit\u0301\u0302 x",
        "Ottilie\u200d's",
        "fu\u0336c\u0336k\u0336",
    ],
)
def test_no_sign_is_cut_in_two(text: str) -> None:
    screening = going_out(text)
    assert screening.findings
    assert not list(breaches_of_form(text, screening))


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
