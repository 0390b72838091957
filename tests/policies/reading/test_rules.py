"""What reading, understanding and signing take, in bulk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.cli.demo_policy import document
from stairgate.policies.packs.document import Document
from stairgate.policies.packs.form import Question
from stairgate.policies.packs.loading import pack, shipped_packs
from stairgate.policies.reading.rules import (
    PROOF_LASTS,
    Means,
    Proof,
    Step,
    confirmations,
    digest_of,
    ends_of,
    mark,
    parts_of,
    proof_holds,
    question_from,
    question_to,
    same_name,
    step_of,
)

NOW = datetime(2026, 11, 30, 17, tzinfo=UTC)
QUESTIONS = pack("england-early-years").questions
RIGHT = {
    one.id: str(next(number for number, answer in enumerate(one.answers) if answer.right))
    for one in QUESTIONS
}


@given(st.booleans(), st.booleans(), st.booleans())
def test_no_step_is_skipped(opened: bool, read: bool, passed: bool) -> None:
    step = step_of(opened=opened, read_to_the_end=read, passed=passed, signed=False)
    assert (step == Step.SIGN) == (opened and read and passed)
    assert opened or step == Step.OPEN


@pytest.mark.clause("C51")
@given(st.dictionaries(st.sampled_from(sorted(RIGHT)), st.sampled_from(["0", "1", "2", "3", "", "-1", "x"])))
def test_only_right_answers_to_every_question_pass(given_: dict[str, str]) -> None:
    marked = mark(QUESTIONS, given_)
    assert marked.passed == (given_ == RIGHT)
    assert sorted((*marked.open, *marked.wrong, *marked.right)) == sorted(RIGHT)


@pytest.mark.parametrize("name", shipped_packs())
def test_questions_survive_being_bound_to_a_version(name: str) -> None:
    def plain(one: Question) -> tuple[object, ...]:
        return (one.id, one.text, one.explanation, one.answers)

    asked = pack(name).questions
    assert asked and [plain(question_from(question_to(one))) for one in asked] == [
        plain(one) for one in asked
    ]
    assert not any("{{" in f"{one.text}{one.explanation}{one.answers}" for one in asked)


@pytest.mark.clause("C111")
@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Leah O’Example", True),
        ("  leah   o'example ", True),
        ("Leah", False),
        ("Leah O’Example and Priya", False),
        ("", False),
        ("Le\u0430h O’Example", False),  # a Cyrillic a
    ],
)
def test_the_typed_name_is_the_one_on_the_register(typed: str, same: bool) -> None:
    assert same_name(typed, "Leah O’Example") is same


@pytest.mark.clause("C109")
@pytest.mark.parametrize(
    ("age", "since_passed", "holds"),
    [
        (timedelta(), timedelta(minutes=1), True),
        (PROOF_LASTS - timedelta(seconds=1), timedelta(hours=1), True),
        (PROOF_LASTS, timedelta(hours=1), False),
        (timedelta(minutes=2), timedelta(minutes=1), False),  # given before the questions were answered
        (timedelta(minutes=-1), timedelta(minutes=1), False),  # of the future
    ],
)
def test_a_proof_is_fresh_or_it_is_none(age: timedelta, since_passed: timedelta, holds: bool) -> None:
    proof = Proof(NOW - age, Means.PASSWORD)
    assert proof_holds(proof, passed_at=NOW - since_passed, now=NOW, demo=False) is holds


def test_without_a_proof_only_the_demo_signs() -> None:
    demo = Proof(NOW, Means.DEMO)
    assert not proof_holds(None, passed_at=NOW, now=NOW, demo=True)
    assert not proof_holds(demo, passed_at=NOW, now=NOW, demo=False)
    assert proof_holds(demo, passed_at=NOW, now=NOW, demo=True)


@pytest.mark.clause("C14")
@pytest.mark.clause("C17")
@pytest.mark.clause("C45")
@pytest.mark.clause("C68")
@pytest.mark.clause("C71")
@pytest.mark.clause("C74")
@pytest.mark.clause("C75")
@pytest.mark.clause("C77")
@pytest.mark.clause("C80")
@pytest.mark.clause("C108")
def test_each_thing_is_confirmed_by_itself() -> None:
    lines = confirmations(lead=["Gwen"], deputies=["Marcus", "Aisha"])
    assert len({line.key for line in lines}) == len(lines) == 11
    by_clause = {clause: line.key for line in lines for clause in line.clauses if clause != "C108"}
    assert [line.key for line in lines if "C108" in line.clauses] == ["read", "understood"]
    wanted = {
        "C14": "use",
        "C17": "code",
        "C45": "care",
        "C71": "code",
        "C68": "families",
        "C74": "families",
        "C75": "share",
        "C77": "show",
        "C80": "families",
    }
    assert wanted.items() <= by_clause.items()


@pytest.mark.clause("C52")
def test_the_lead_is_confirmed_by_name_and_another_lead_is_another_line() -> None:
    with_two = confirmations(lead=["Gwen"], deputies=["Marcus", "Aisha"])
    assert "lead is Gwen, and Marcus and Aisha stand in." in next(
        one.words for one in with_two if one.key == "lead"
    )
    assert digest_of(with_two) != digest_of(confirmations(lead=["Marcus"], deputies=[]))
    assert "to be asked for" in str(confirmations(lead=[], deputies=[]))


@pytest.mark.clause("C75")
def test_sharing_is_a_choice_of_the_policy_and_the_safe_one_is_the_default() -> None:
    assert not any(pack(name).shipped().share_from_own_accounts for name in shipped_packs())
    plain, chosen = (confirmations(lead=["Gwen"], deputies=[], sharing=sharing) for sharing in (False, True))
    said = [next(line.words for line in lines if line.key == "share") for lines in (plain, chosen)]
    assert said[0] == "On my own accounts I share nothing of ours." and "as it stands" in said[1]
    assert digest_of(plain) != digest_of(chosen)


def test_short_chapters_are_read_together_and_none_is_cut() -> None:
    words = document().text
    parts = parts_of(words)
    assert len(parts) == 5 and max(part.words for part in parts) < 1_800
    assert [chapter for part in parts for chapter in part.chapters] == list(Document.of(words).chapters)


def test_what_was_read_is_known_by_all_the_words_up_to_there() -> None:
    words = document().text
    first, last = words.index("## What everyone"), words.index("## How long we keep things")
    other = ends_of(words[:last] + "## Something else\n\nNew.\n\n" + words[last:])
    assert other[:-1] == ends_of(words)[:-1] and other[-1] != ends_of(words)[-1]
    early = ends_of(words[:first] + "One more word.\n\n" + words[first:])
    assert early[0] == ends_of(words)[0] and not set(early[1:]) & set(ends_of(words))


@given(st.text(max_size=300))
def test_the_parts_together_are_every_word(text: str) -> None:
    words = f"# T\n\n## One\n\nFirst.\n\n## Two\n\n{text}"
    shown = "".join(part.text for part in parts_of(words))
    assert set("".join(text.split())) <= set(shown)
