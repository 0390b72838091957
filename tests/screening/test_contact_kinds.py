"""Every kind of contact detail however it is written, and the many things that only look like one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from stairgate.screening import (
    Action,
    Category,
    Context,
    Direction,
    Finding,
    OrganisationFacts,
    Screener,
    Severity,
    default_pack,
)
from stairgate.screening.contacts.scene import MOST_PLACES
from tests.screening.cast import stretch

TABLE = tomllib.loads((Path(__file__).parent / "contact_details.toml").read_text(encoding="utf-8"))
FOUND: dict[str, list[str]] = TABLE["found"]
INNOCENT: list[str] = TABLE["innocent"]
UNKNOWN = Screener(default_pack())  # a setting that has told us nothing of itself
KNOWN = Screener(
    default_pack(),
    OrganisationFacts(
        allowed_contacts=frozenset(
            {"office@willowlane.example", "@willowlane", "12 Willow Lane, Fenmoor, FE1 2ZZ", "01632 960999"}
        ),
        office_phone="01632 960999",
    ),
)
WRITTEN_ON_THE_PAGE = (Direction.OUTBOUND_POST, Direction.INBOUND_COMMENT)


def found(screener: Screener, text: str, direction: Direction = Direction.INBOUND_COMMENT) -> list[Finding]:
    """The contact details found in a text."""
    findings = screener.screen(text, direction=direction, context=Context()).findings
    return [finding for finding in findings if finding.rule.startswith("contact.")]


@pytest.mark.clause("C26")
@pytest.mark.clause("C79")
@pytest.mark.parametrize("direction", WRITTEN_ON_THE_PAGE)
@pytest.mark.parametrize("kind", list(FOUND))
def test_a_detail_is_found_however_it_is_written(kind: str, direction: Direction) -> None:
    assert [text for text in FOUND[kind] if not found(KNOWN, text, direction)] == []


@pytest.mark.parametrize("screener", [UNKNOWN, KNOWN])
def test_what_only_looks_like_a_detail_passes(screener: Screener) -> None:
    assert [text for text in INNOCENT if found(screener, text)] == []


def test_what_only_looks_like_a_detail_passes_in_a_post_too() -> None:
    posts = [text for text in INNOCENT if "@" not in text]  # an account named in a post is always looked at
    assert [text for text in posts if found(KNOWN, text, Direction.OUTBOUND_POST)] == []


@pytest.mark.parametrize("kind", list(FOUND))
def test_case_and_unseen_characters_hide_nothing(kind: str) -> None:
    for text in FOUND[kind]:
        rules = {finding.rule for finding in found(UNKNOWN, text)}
        for other in (text.upper(), text.lower(), "\u200b".join(text)):
            if other.casefold() == text.casefold() or "\u200b" in other:
                assert rules <= {finding.rule for finding in found(UNKNOWN, other)}, other


@pytest.mark.parametrize(
    ("text", "rule", "whole"),
    [
        ("so my mobile’s (07700) 900 142, thanks", "contact.mobile", "(07700) 900 142"),
        ("Sue 07700 900142!", "contact.mobile", "07700 900142"),
        ("Jan: (01632) 960 411.", "contact.phone", "(01632) 960 411"),
        ("Jan +44 (0)7700 900142 x", "contact.mobile", "+44 (0)7700 900142"),
        ("it is oh seven seven double oh, nine double oh one four two ok", "contact.mobile",
         "oh seven seven double oh, nine double oh one four two"),
        ("see <tom.p@home.example>, ta", "contact.email", "tom.p@home.example"),
        ("mail tom dot p at home dot example, ta", "contact.email", "tom dot p at home dot example"),
        ("Tom, Flat 3, 61 Cinder Street, QX7 2JL, shout", "contact.street",
         "Flat 3, 61 Cinder Street"),
        ("Tom is at 4 The Ropewalk QX2 8LL now", "contact.street", "4 The Ropewalk"),
        ("the snap is kez_plum92, add her", "contact.handle", "kez_plum92"),
        ("Corsa QX51 ZZB, move it", "contact.plate", "QX51 ZZB"),
        ("sort code 20-00-00 please", "contact.bank", "20-00-00"),
        ("her NHS number is 943 476 5919, ok", "contact.nhs-number", "943 476 5919"),
        ("NI QQ 12 34 56 C here", "contact.national-insurance", "QQ 12 34 56 C"),
        ("go to wa.me/447700900142, quick", "contact.link", "wa.me/447700900142"),
    ],
)  # fmt: skip
def test_the_whole_detail_is_pointed_at(text: str, rule: str, whole: str) -> None:
    assert whole in [stretch(text, finding) for finding in found(UNKNOWN, text) if finding.rule == rule]


@pytest.mark.clause("C79")
@pytest.mark.parametrize(
    "text",
    [
        "Ring us on 01632 960999, +44 1632 960999 or oh one six three two nine six oh nine nine nine",
        "Write to Office@WillowLane.example",
        "office at willowlane dot example",
        "Follow @willowlane",
        "We are at 12 Willow Lane, Fenmoor FE1 2ZZ",
        "12 willow lane, fe1 2zz",
        "Childline 0800 1111, Samaritans 116 123, help@nspcc.org.uk",
    ],
)
def test_the_settings_own_contacts_and_helplines_pass(text: str) -> None:
    assert found(KNOWN, text, Direction.OUTBOUND_POST) == []


@pytest.mark.clause("C79")
@pytest.mark.parametrize(
    "text",
    [
        "Ring the office on 01632 960118",
        "Write to reception@willowlane.example",
        "Follow @willow",
        "We are at 14 Willow Lane",
        "We are at 2 Willow Lane",
    ],
)
def test_what_is_almost_the_settings_own_is_held(text: str) -> None:
    assert found(KNOWN, text, Direction.OUTBOUND_POST)


@pytest.mark.parametrize(
    "text",
    [
        "Running late? Call our office on 01632 960155",
        "Ring the clubhouse on 01632 960701",
        "Apply to jobs@larkfield.example by Friday",
        "Find us at 12 Larkfield Lane",
        "Follow us on Instagram @larkfieldnursery",
    ],
)
def test_a_setting_that_named_no_contacts_may_still_speak_of_its_office(text: str) -> None:
    assert found(UNKNOWN, text, Direction.OUTBOUND_POST) == []


@pytest.mark.clause("C79")
@pytest.mark.parametrize(
    "text",
    [
        "Call Jo from the office on 07700 900155",
        "The office is shut, ring me at home on 01632 960155",
        "Apply to jo.larkfield@home.example",
        "Find me at 12 Larkfield Lane",
    ],
)
def test_a_persons_own_is_held_all_the_same(text: str) -> None:
    assert found(UNKNOWN, text, Direction.OUTBOUND_POST)


@pytest.mark.parametrize(
    "text",
    [
        "My new number's 07700 900977, could you change it on his file?",
        "Can you ring me on 07700 900233 about the lost cardigan?",
        "Could you send your prospectus to ali.b@postbox.example?",
    ],
)
def test_a_family_may_write_its_number_to_the_inbox(text: str) -> None:
    assert found(UNKNOWN, text, Direction.PRIVATE_MESSAGE) == []


@pytest.mark.clause("C26")
@pytest.mark.parametrize(
    "text",
    [
        "could you pass on my number to the lady with the twins, 07700 900254",
        "give his mum my email please, ali.b@postbox.example",
        "my NI number is QQ 12 34 56 C",
        "Sort code 00-00-00 account 12345678, put the refund straight in",
        "our new address is Flat 4, 61 Tanner Street",
    ],
)
def test_what_is_meant_for_others_is_looked_at_in_the_inbox(text: str) -> None:
    findings = found(UNKNOWN, text, Direction.PRIVATE_MESSAGE)
    assert findings
    assert {finding.severity for finding in findings} == {Severity.LOOK}


def test_an_account_named_by_a_friend_is_no_finding_in_a_comment() -> None:
    assert found(UNKNOWN, "@Jess you'd love this") == []
    assert found(UNKNOWN, "follow @jessplum")
    assert found(UNKNOWN, "@jess_plum92")


def test_a_text_with_too_many_numbers_is_held() -> None:
    screening = UNKNOWN.screen(
        "12 Low " * MOST_PLACES + "lane " * MOST_PLACES * 2, direction=Direction.INBOUND_COMMENT
    )
    assert screening.action is Action.HOLD
    assert "contact.too-many" in {finding.rule for finding in screening.findings}


def test_every_kind_speaks_under_its_own_rule_and_category() -> None:
    rules = [rule for rule in default_pack().rules.values() if rule.id.startswith("contact.")]
    assert {rule.category for rule in rules} == {Category.CONTACT_DETAILS}
    assert len({rule.title for rule in rules}) == len(rules)


def test_the_words_asked_at_once_are_those_the_finders_wait_for() -> None:
    lists = default_pack().lists
    waits = ("digit_trigger", "street_trigger", "app_trigger", "mail_trigger")
    assert lists["contact_trigger"] == frozenset().union(*(lists[name] for name in waits))
