"""A setting's own words and exceptions: found however they are written, and never in the way of a warning sign."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stairgate.screening import (
    EXCEPTABLE,
    NEVER_EXCEPTED,
    Action,
    Category,
    Direction,
    OrganisationFacts,
    OwnWord,
    Screener,
    Screening,
    Severity,
    default_pack,
)
from tests.screening.cast import FACTS, stretch

OWN = (
    OwnWord("Bramblewick", Severity.HOLD, "The old nursery: a dispute"),
    OwnWord("red door", Severity.LOOK, "It says where the side gate is"),
    OwnWord("zap", Severity.LOOK, "A nickname"),
    OwnWord("Straßenfest", Severity.LOOK, "Called off"),
)


def screen(
    text: str,
    *,
    own: tuple[OwnWord, ...] = (),
    exceptions: tuple[str, ...] = (),
    direction: Direction = Direction.INBOUND_COMMENT,
) -> Screening:
    facts = replace(FACTS, own_words=own, exceptions=frozenset(exceptions))
    return Screener(default_pack(), facts).screen(text, direction=direction)


def own(text: str) -> list[tuple[str, Severity]]:
    found = screen(text, own=OWN).findings
    return [(stretch(text, one), one.severity) for one in found if one.rule == "own.word"]


@pytest.mark.clause("C31", "C39")
@pytest.mark.parametrize(
    "written",
    [
        *(
            "bramblewick",
            "BRAMBLEWICK",
            "Brámblewick",
            "bram\u200bblewick",
            "ｂｒａｍｂｌｅｗｉｃｋ",
            "brаmblewick",
        ),
        *("br4mblewick", "b.r.a.m.b.l.e.w.i.c.k", "b r a m b l e w i c k", "bramblewiiiick", "bramble wick"),
        "Bramblewick's",
    ],
)
def test_a_word_is_found_however_it_is_written(written: str) -> None:
    (found,) = own(f"We came from {written} last year")
    assert found[1] is Severity.HOLD and found[0].rstrip("'s") in written


@pytest.mark.parametrize("text", ["by the red door", "the RED\n door", "Red, door", "réd dóor"])
def test_a_phrase_is_a_row_of_words(text: str) -> None:
    assert [severity for _, severity in own(text)] == [Severity.LOOK]


@pytest.mark.parametrize(
    "text", ["a red front door", "redder doors", "zapped", "a z", "z4p", "brambles", "", "@#$%!", "#&$%*!"]
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert own(text) == []


def test_a_folded_letter_that_becomes_two_still_points_at_what_was_written() -> None:
    assert own("Zum STRASSENFEST!") == [("STRASSENFEST", Severity.LOOK)]
    assert own("Zum Straßenfest!") == [("Straßenfest", Severity.LOOK)]


@pytest.mark.clause("C31")
def test_it_says_why_and_in_whose_name() -> None:
    (found,) = screen("Ask at Bramblewick", own=OWN).findings
    assert (found.category, found.clause, found.title) == (
        *(Category.PROFANITY, "C31"),
        "A word your setting added",
    )
    assert found.reason.endswith("Why: “The old nursery: a dispute”.")


def test_whose_it_is_makes_no_difference() -> None:
    assert screen("That is Tom's gran's", own=(OwnWord("gran's", Severity.LOOK, "why"),)).findings
    assert screen("His gran", own=(OwnWord("gran's", Severity.LOOK, "why"),)).findings


def test_of_two_that_mean_the_same_the_graver_counts() -> None:
    twice = (OwnWord("zap", Severity.HOLD, "a"), OwnWord("ZAP", Severity.LOOK, "b"))
    assert screen("zap", own=twice).action is Action.HOLD
    assert screen("zap", own=twice[::-1]).action is Action.HOLD


@pytest.mark.parametrize("words", ["", "  ", "!!", "\u200b"])
def test_a_word_without_letters_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="no word"):
        OwnWord(words, Severity.LOOK, "why")


@pytest.mark.parametrize("severity", [Severity.NOTE, Severity.HARM])
def test_a_word_is_for_a_look_or_a_hold(severity: Severity) -> None:
    with pytest.raises(ValueError, match="look"):
        OwnWord("word", severity, "why")


def test_an_exception_lets_the_words_inside_it_be() -> None:
    assert screen("What shit").action is not Action.PASS
    assert screen("We read Shit Happens tonight", exceptions=("shit happens",)).findings == ()
    assert screen("We read “SHIT, happens”!", exceptions=("shit happens",)).findings == ()


@pytest.mark.parametrize(
    ("exception", "left"), [("07700 900142", 0), ("900142", 1), ("ring", 1), ("ring on 07700 900142", 0)]
)
def test_an_exception_for_a_number_is_about_the_number(exception: str, left: int) -> None:
    text = "Ring on 07700 900142"
    found = screen(text, exceptions=(exception,), direction=Direction.OUTBOUND_POST).findings
    assert len(found) == left


def test_an_exception_is_no_more_than_its_own_words() -> None:
    (found,) = screen("shit happens, and it is shit", exceptions=("shit happens",)).findings
    assert found.start == 24
    assert screen("sh1t happens", exceptions=("shit happens",)).findings


def test_an_exception_holds_for_an_own_word_too() -> None:
    assert screen("Old Bramblewick Road", own=OWN, exceptions=("Bramblewick Road",)).findings == ()


@pytest.mark.clause("C07")
def test_a_warning_sign_is_never_excepted() -> None:
    assert {*NEVER_EXCEPTED, *EXCEPTABLE, Category.TOO_LONG} == set(Category)
    for category in ("grooming", "disclosure", "self_harm", "threat", "hate", "scam", "extremism"):
        assert Category(category) in NEVER_EXCEPTED
    text = "I will hurt you"
    before = screen(text)
    assert before.findings and before.findings[0].category in NEVER_EXCEPTED
    assert screen(text, exceptions=(text,)) == before


def test_without_any_nothing_is_different() -> None:
    text = "Text Tom on 07700 900142, you bastard"
    assert screen(text) == Screener(default_pack(), FACTS).screen(text, direction=Direction.INBOUND_COMMENT)
    assert OrganisationFacts() == OrganisationFacts(own_words=(), exceptions=frozenset())
