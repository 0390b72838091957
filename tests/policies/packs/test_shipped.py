"""The packs that come with Stairgate: whole, true to the clauses, and written so that anybody can read them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise

import pytest

from stairgate.clauses.table import clauses
from stairgate.policies.packs.checking import check
from stairgate.policies.packs.form import Pack, Section
from stairgate.policies.packs.loading import folder_of, pack, shipped_packs
from stairgate.policies.parameters import Parameters, Stricter, limit_of

_MEAN_WORDS, _MOST_WORDS = 14, 40


@pytest.fixture(params=shipped_packs())
def shipped(request: pytest.FixtureRequest) -> Pack:
    return pack(request.param)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences and the items of lists in a text."""
    plain = re.sub(r"^(?:[-*>]|\d+\.)\s+", "\n\n", text, flags=re.MULTILINE)
    for paragraph in re.split(r"\n\s*\n", plain.replace("*", "")):
        yield from (one for one in re.split(r"(?<=[.!?:;])\s+", " ".join(paragraph.split())) if one)


def prose(shipped: Pack) -> dict[str, str]:
    """Return what people read, by what it is called."""
    found: dict[str, str] = {}
    for words in shipped.words():
        found[words.what] = f"{found.get(words.what, '')}\n\n{words.text}"
    return found


def test_there_are_two() -> None:
    assert shipped_packs() == ("england-early-years", "england-school-or-club")
    with pytest.raises(KeyError):
        folder_of("../data")


def test_it_is_whole(shipped: Pack) -> None:
    assert list(check(shipped)) == []
    assert shipped == pack(shipped.id)


def test_every_clause_has_exactly_one_home(shipped: Pack) -> None:
    homes = Counter(clause for _, home in shipped.homes() for clause in home.clauses)
    assert homes == Counter(clause.id for clause in clauses())


def test_the_code_of_conduct_keeps_the_clauses_of_the_code(shipped: Pack) -> None:
    code = {clause.id for clause in clauses() if clause.section == "Code of conduct"}
    assert {clause for line in shipped.conduct for clause in line.clauses} == code


def test_every_number_is_offered_with_its_clause_and_within_its_limits(shipped: Pack) -> None:
    assert {named.id for named in shipped.parameters} == {field.name for field in fields(Parameters)}
    without = {named.id for named in shipped.parameters if not named.clause}
    assert without == {"quiet_from_hour", "quiet_until_hour"}
    Parameters.from_json(shipped.shipped().to_json())


def test_the_risks_that_nobody_can_take_away(shipped: Pack) -> None:
    fixed = {clause for risk in shipped.risks if risk.fixed for clause in risk.clauses}
    assert fixed == {"C06", "C07", "C08", "C15"}
    assert [risk.id for risk in shipped.risks if "cheated" in risk.title and risk.addition] == ["risk-scams"]


def test_the_house_rules_are_what_we_ask_of_followers(shipped: Pack) -> None:
    assert shipped.house_rules == shipped.list_for("followers") != ()
    assert any("Childline" in rule.text for rule in shipped.house_rules)


def test_what_no_clause_asks_for_says_so(shipped: Pack) -> None:
    added = {section.id for section in shipped.sections if section.addition}
    assert added >= {
        "another-way",
        "small-worries",
        "speaking-up-outside",
        "complaints",
        "records",
        "accessible",
    }
    assert all(record.addition for record in shipped.retention)


def test_nothing_is_said_twice(shipped: Pack) -> None:
    said = Counter(
        sentence
        for words in shipped.words()
        if not words.heading
        for sentence in sentences(words.text)
        if len(sentence) >= 40
    )
    assert [sentence for sentence, times in said.items() if times > 1] == []


def test_it_is_easy_to_read(shipped: Pack) -> None:
    lengths = {
        sentence: len(sentence.split()) for text in prose(shipped).values() for sentence in sentences(text)
    }
    assert sum(lengths.values()) / len(lengths) < _MEAN_WORDS
    assert [sentence for sentence, words in lengths.items() if words > _MOST_WORDS] == []


@pytest.mark.parametrize(
    "retired", ["CRB", "LSCB", "e-safety officer", "sexting", "child pornography", "thinkuknow", "gagging"]
)
def test_retired_words_are_not_used(shipped: Pack, retired: str) -> None:
    assert [words.what for words in shipped.words() if retired.lower() in words.text.lower()] == []


def test_no_contact_is_a_real_one_that_we_were_not_given(shipped: Pack) -> None:
    """Numbers and addresses go stale: only those of the reference are in a pack, the rest each setting looks up."""
    given = {contact.id: contact.contact for contact in shipped.directory if contact.contact}
    assert given == {
        "police": "999, or 101 when nobody is in danger now",
        "iwf": "iwf.org.uk",
        "childline": "0800 1111, childline.org.uk",
        "nspcc-learning": "learning.nspcc.org.uk",
        "childnet": "childnet.com",
        "samaritans": "samaritans.org",
    }


def test_the_second_stands_on_the_first() -> None:
    nursery, school = (pack(name) for name in shipped_packs())
    own = {section.id for section in school.sections} - {section.id for section in nursery.sections}
    assert own == {"young-followers"}
    assert {entry.place.file for _, entry in school.entries()} >= {
        "policy.md",
        "england-early-years/policy.md",
    }
    assert "ofsted" not in {contact.id for contact in school.directory}
    assert school.shipped().quiet_from_hour == 20 and nursery.shipped() == Parameters()


def test_sections_of_a_chapter_stand_together() -> None:
    school = pack("england-school-or-club")
    order = [section.chapter for section in school.sections]
    assert len(list(dict.fromkeys(order))) == 1 + sum(a != b for a, b in pairwise(order))
    assert isinstance(school.sections[-1], Section) and school.sections[-1].id == "young-followers"


@pytest.mark.parametrize(
    ("name", "floor", "stricter"),
    [
        ("check_every_days", 7, Stricter.LESS),
        ("page_administrators", 2, Stricter.MORE),
        ("review_every_days", 366, Stricter.LESS),
        ("keep_words_years", 3, Stricter.MORE),
        ("profanity_level", 3, Stricter.MORE),
        ("quiet_from_hour", None, Stricter.EITHER),
    ],
)
def test_which_way_a_number_is_tightened(name: str, floor: int | None, stricter: Stricter) -> None:
    limit = limit_of(name)
    assert limit is not None and (limit.floor, limit.stricter) == (floor, stricter)


def test_words_have_no_floor() -> None:
    assert limit_of("signpost_text") is None and limit_of("identifiable_children") is None
