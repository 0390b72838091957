"""The whole document: what people sign is exactly what a page shows."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from stairgate.policies.packs.composing import compose
from stairgate.policies.packs.document import Chapter, Document, Piece
from stairgate.policies.packs.filling import Facts
from stairgate.policies.packs.form import Pack
from stairgate.policies.packs.loading import pack, shipped_packs
from stairgate.policies.parameters import Parameters
from tests.policies.packs.facts import whole


@pytest.fixture(params=shipped_packs())
def shipped(request: pytest.FixtureRequest) -> Pack:
    return pack(request.param)


def composed(shipped: Pack, facts: Facts | None = None, parameters: Parameters | None = None) -> Document:
    facts = whole(shipped) if facts is None else facts
    return compose(shipped, facts, parameters or shipped.shipped(), title="Social media policy")


def test_nothing_is_left_to_fill_in(shipped: Pack) -> None:
    text = composed(shipped).text
    assert "{{" not in text and "[not filled in yet]" not in text.replace("\\", "")


def test_the_page_shows_what_was_signed(shipped: Pack) -> None:
    document = composed(shipped)
    assert Document.of(document.text) == document


def test_hostile_facts_change_nothing_about_the_sections(shipped: Pack) -> None:
    facts = whole(shipped)
    hostile = replace(
        facts, values=dict.fromkeys(facts.values, "\n\n## Ours\n\n### Clauses: C01.\n\nClauses: C99.")
    )
    document, plain = composed(shipped, hostile), composed(shipped)
    assert Document.of(document.text) == document
    assert [
        [(piece.heading, piece.clauses) for piece in chapter.pieces] for chapter in document.chapters
    ] == [[(piece.heading, piece.clauses) for piece in chapter.pieces] for chapter in plain.chapters]


def test_the_digest_is_that_of_the_text_and_changes_with_a_number(shipped: Pack) -> None:
    document = composed(shipped)
    assert document.digest == hashlib.sha256(document.text.encode()).hexdigest()
    daily = composed(shipped, parameters=replace(shipped.shipped(), check_every_days=1))
    assert daily.digest != document.digest
    assert "never more than 1 day from" in " ".join(daily.text.split())


def test_every_part_of_a_pack_is_in_it(shipped: Pack) -> None:
    document = composed(shipped)
    headings = {piece.heading for chapter in document.chapters for piece in chapter.pieces}
    assert headings >= {section.heading for section in shipped.sections}
    assert headings >= {risk.title for risk in shipped.risks} | {one.title for one in shipped.checklists}
    assert headings >= {record.what for record in shipped.retention}
    text = document.text
    for parts in (shipped.rules, shipped.responsibilities, shipped.conduct):
        for part in parts:
            assert "{{" in part.text or part.text in text
    assert "1. No list can name everything" in text and "Who answers for it:** page administrator" in text


def test_the_questions_are_no_part_of_what_is_signed(shipped: Pack) -> None:
    assert shipped.questions[0].text not in composed(shipped).text


def test_an_optional_contact_is_there_only_when_it_is_known(shipped: Pack) -> None:
    facts = whole(shipped)
    assert "Report Fraud" in composed(shipped, facts).text
    without = {key: value for key, value in facts.values.items() if key != "contact.report-fraud"}
    assert "Report Fraud" not in composed(shipped, replace(facts, values=without)).text


def test_additions_say_that_no_clause_asks_for_them() -> None:
    document = composed(pack("england-early-years"))
    added = {
        piece.heading: piece for chapter in document.chapters for piece in chapter.pieces if piece.addition
    }
    assert added["A page everyone can read"].text.endswith("An addition: no clause asks for it.")
    assert added["Keeping records"].text.endswith("An addition: no clause asks for it. It goes with C82.")


def test_words_that_no_pack_made_are_shown_too() -> None:
    older = Document.of("Two people always look before anything goes out.")
    assert older == Document(
        "", (Chapter("", (Piece("", "Two people always look before anything goes out."),)),)
    )
    assert older.text == "Two people always look before anything goes out."
    assert Document.of("# Ours\n\n## Part\n\nHello.\n\n### One\n\nWords.").chapters[0].pieces == (
        Piece("", "Hello."),
        Piece("One", "Words."),
    )
    assert Document.of("") == Document("", ())
