"""The team's voice: no private messages, no personal accounts, nobody's own signature."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Category, Context, Direction, Severity
from tests.screening.cast import SCREENER, going_out, only, stretch


@pytest.mark.clause("C58")
@pytest.mark.parametrize(
    "text",
    [
        "Any questions, message me",
        "Just text me tonight",
        "DM me for a place",
        "I'll text you the details",
        "I will message you later",
        "Add me on Facebook",
        "Find me on insta: tomhughes",
        "Follow me on TikTok",
        "My DMs are open",
        "Drop me a message",
        "See my own Instagram for more",
        "Send me an email",
    ],
)
def test_private_contact_with_one_person_is_held(text: str) -> None:
    screening = going_out(text)
    assert screening.action is Action.HOLD
    assert any(finding.category is Category.STAFF_BOUNDARY for finding in screening.findings)


@pytest.mark.clause("C29")
@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("What a day. Love Tom x", "Love Tom"),
        ("What a day!\nlots of love, Priya xx", "lots of love, Priya"),
        ("Thank you all — Tom", "Tom"),
        ("See you soon - TH", "TH"),
        ("Have a good weekend\nTom", "Tom"),
        ("Best wishes, Leah", "Best wishes, Leah"),
        ("Sleep well! Kind regards Kofi", "Kind regards Kofi"),
        ("Enjoy! Cheers, Sam", "Cheers, Sam"),
        ("Thank you, Tom", "Thank you, Tom"),
        ("Sending lots of love from Tom", "Sending lots of love from Tom"),
    ],
)
def test_a_personal_sign_off_is_looked_at(text: str, signed: str) -> None:
    (finding,) = only(going_out(text), "voice.signed")
    assert finding.severity is Severity.LOOK
    assert stretch(text, finding) == signed


@pytest.mark.parametrize(
    "text",
    [
        "Have a lovely weekend, love from all the Acorns",
        "Thank you from everyone at Willow Lane",
        "Best wishes, the Willow Lane team",
        "We all love Tom",
        "What a show. Thank you Percy",
        "Kind regards, Willow Lane Nursery",
        "Well done - Acorns",
        "The children made a stay-and-play Den",
        "Happy Christmas from us all x",
        "We read about Percy",
    ],
)
def test_the_team_may_sign(text: str) -> None:
    assert only(going_out(text), "voice.signed") == []


@pytest.mark.clause("C29")
@pytest.mark.parametrize("text", ["I loved today", "It made my day", "I’m so proud of them"])
def test_first_person_is_noted_and_never_stops_a_post(text: str) -> None:
    screening = going_out(text)
    assert [finding.rule for finding in screening.findings] == ["voice.first-person"]
    assert screening.action is Action.PASS


@pytest.mark.parametrize(
    "text", ["Ring us any time", "Message the office", "Tell us what you think", "Contact the nursery"]
)
def test_asking_people_to_contact_the_setting_passes(text: str) -> None:
    assert going_out(text).findings == ()


@pytest.mark.clause("C07")
def test_family_matters_are_held() -> None:
    assert going_out("Her social worker came to see how the children are").action is Action.HOLD


@pytest.mark.clause("C29")
def test_first_person_in_a_reply_is_looked_at() -> None:
    screening = SCREENER.screen(
        "I loved it", direction=Direction.OUTBOUND_POST, context=Context(is_reply=True)
    )
    assert screening.action is Action.LOOK
