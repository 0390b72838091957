"""The team's voice: no private messages, no personal accounts, nobody's own signature."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Category, Context, Direction, Severity
from tests.screening.cast import SCREENER, coming_in, going_out, only, ruled, stretch


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
        ("What a day. Auntie Kath xx", "Auntie Kath"),
        ("Proud of all of them. Coach Gaz ❤️", "Coach Gaz"),
        ("Back on Monday. All our love, your Danni xx", "your Danni"),
        ("See you soon 🥰 Beth x", "See you soon 🥰 Beth"),
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
def test_first_person_is_looked_at_before_a_post_goes_out(text: str) -> None:
    screening = going_out(text)
    assert [finding.rule for finding in screening.findings] == ["voice.first-person"]
    assert screening.action is Action.LOOK


NOT_THE_WRITER = [
    '"I did it all by myself!" said a climber at the very top',
    "We sang I'm a Little Teapot until our spouts hurt",
    "I spy with my little eye... can you guess what is in our tray?",
    "A parent wrote to say I cannot thank you enough",
    "I is for igloo, ice and itchy jumpers",
    "My Feelings Book is our story of the week",
    "Who am I? Guess the baby pictures on our noticeboard",
    "\u201cMy teddy is called Bum,\u201d announced a two-year-old",
    "Goodbye is short and true. \"I'm going to work. I'll be back after tea.\"",
    "Our favourite book: Guess How Much I Love You",
]


@pytest.mark.parametrize("text", NOT_THE_WRITER)
def test_the_words_of_others_are_not_the_writers_own(text: str) -> None:
    assert only(going_out(text), "voice.") == []


TOO_CLOSE = [
    "Thanks hun, you're a star, see you at the pub Friday xx",
    "Goodnight lovely mummies, sleep tight xxx",
    "You know you're the favourite mum, don't tell the others",
    "Just add Danni on insta for the rest of the pictures",
    "Free to babysit most weekends, just ask",
    "Any worries at all, whatsapp Becky, she's always on her phone",
    "This little man is our special boy, shouldn't have favourites but there we are",
    "Running late? Don't go through the office, ping it to me",
    "Sleep tight little munchkins, miss you all already",
    "That was a lovely evening, our little secret",
    "See you Monday 😘",
]


@pytest.mark.clause("C58")
@pytest.mark.clause("C81")
@pytest.mark.parametrize("text", TOO_CLOSE)
def test_what_sounds_too_close_is_looked_at(text: str) -> None:
    screening = going_out(text)
    assert screening.action is not Action.PASS
    assert any(finding.category is Category.STAFF_BOUNDARY for finding in screening.findings)


WARM_ENOUGH = [
    "Lots of love from the Rainbows team xx",
    "We love you to bring in bits from home: shells, corks, old keys",
    "Our favourite songs this week were about ducks",
    "Mother's Day cards are made, kisses included",
    "Babysitting courses for teenagers start in June",
    "Well done everyone, you are all superstars",
    "There is always somebody to talk to, day or night",
    "Please ring the office or pop in",
    "Drop us a message and we'll reply within a day",
    "Our special little garden gnome has been stolen again",
    "We never share staff phone numbers; please use the main line",
]


@pytest.mark.parametrize("text", WARM_ENOUGH)
def test_a_warm_team_is_left_alone(text: str) -> None:
    assert going_out(text).action is Action.PASS


PRIVATE_TIES = [
    "Add me on Facebook hun, Sarah from Acorns x",
    "Chloe from the baby room babysits for us most weekends, she just texts me when she's free",
    "my son's key worker and me message all day long, she tells me about the other families",
    "Hi it's Danielle from the toddler room, here's my personal number so we can chat outside work",
    "Tom's such a good friend to us, he's our coach and he comes round for tea, don't tell the boss",
    "Miss Emma stays over at ours on Fridays, the kids adore her, our secret",
]


@pytest.mark.clause("C58")
@pytest.mark.parametrize("text", PRIVATE_TIES)
def test_private_ties_between_staff_and_families_are_looked_at(text: str) -> None:
    assert any(finding.category is Category.STAFF_BOUNDARY for finding in ruled(text).findings)


ORDINARY_TIES = [
    "Thank you Leanne for staying late on Friday, you're a star",
    "Can you message me about a place please",
    "Could the office ring me when she wakes up?",
    "Bethan asked my brother for the password and wouldn't budge",
    "Who's the lady with the guitar? Does she do birthday parties?",
    "Emma and Kofi are brilliant, my son adores them",
    "I saw Beth in town and she remembered his name",
    "Do any of the parents fancy meeting up after drop off?",
]


@pytest.mark.parametrize("text", ORDINARY_TIES)
def test_thanks_and_questions_are_no_private_ties(text: str) -> None:
    assert not any(finding.category is Category.STAFF_BOUNDARY for finding in coming_in(text).findings)


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
