"""Who seeks a child, or a way to one; and the families, birds and biscuits that ask the same words."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Author, Category, Severity
from tests.screening.cast import gravest, ruled

CATEGORY = Category.GROOMING
FOUND = [
    "Which door do the toddlers go home by?",
    "shh this is just between me and you ok",
    "what're her days hun? might bump into her",
    "I've saved all the ones of her in the tutu",
    "What car does his mum drive? Think I scraped it",
    "what's the surname of the girl who won the egg hunt",
    "he's got gorgeous eyes that lad, who takes him home?",
    "Whose is the beautiful little redhead third from left?",
    "which swimming baths do you take them to and what day?",
    "what time do you bring the children out into the garden",
    "Are you single? The one with the dark hair in the video",
    "Is the little man with the glasses in Acorns or Saplings",
    "U seem really grown up for 11, do you have your own phone?",
    "hello pretty ladies, who is working saturday, i bring pizza",
    "I look at this page every night just to see her little face",
    "The bonny one with plaits, is her dad still away on the rigs?",
    "who does the nursery run for that little boy in the blue coat",
    "Hiya do any of your staff babysit? whats the young one called",
    "awww who's the little one with the pigtails, what's she called?",
    "who's that adorable boy in the dinosaur top and is he in on Fridays",
    "I'm happy to play Santa for you, been told I don't need a dbs for that",
    "hi u look lonely in ur pic. im 13 too. wanna vid chat when ur mum is asleep",
    "Anyone know the family of the lad in the green bobble hat? Want to get in touch",
    "I know your daughter from the bus. She's lovely. Is she home alone after school?",
    "Do they still take the kids to the swings on Thursdays? I like watching them play",
    "You can tell me anything, I won't judge. What time does your mum get in from work?",
    "I noticed you only have one lady on the back field in the afternoons, is that normal",
    "Could I volunteer to help at changing times? No DBS I'm afraid but very good with babies",
]
LEFT_ALONE = [
    "Phone's full of pictures of mud",
    "Sunday school picnic, bring a rug",
    "Mattress sale at the scouts hall Saturday",
    "I can drop the tables off in my van on Thursday",
    "What time does stay and play start on Thursday?",
    "can't go on holiday that week, can we swap days?",
    "I've sent you a private message about our invoice",
    "Follow us on Instagram for more allotment pictures",
    "Which day is library day? Ours needs his card back",
    "shoot me a message when you've got a date for the trip",
    "Anger is a hard feeling. Today we shook our sillies out",
    "Shh it's a secret, no peeking until Friday's big reveal",
    "Anyone got spare baby bath to borrow for the water tray?",
    "Swimming photos are in the locked album for families only",
    "We said goodbye to our butterflies today and everybody waved",
    "Mum's boyfriend is collecting, he's on the list, name of Dean",
    "Who's got the best wellies? The one in the frog pair has my vote",
    "Can I come in and watch his assembly or is it just the children?",
    "my nephew's eleven and shy, does the holiday club take over tens?",
    "The girls are in on Tuesday instead of Monday this week if that's ok",
    "I'm happy to pick up the cake from the bakery for you if you're stuck",
    "The health visitor's in on Tuesday for two year checks, mums welcome to stay",
    "Our childminder's lovely but retiring. Any babysitters out there with a DBS?",
    "Where does the walking bus leave from? We'd like Dan to join it in September",
    "If a child tells you something worrying, listen and tell Gwen. That was today's inset",
    "She's seven and she got her brothers up and dressed on Mother's Day so I could lie in",
    "Which days do you have space for a two year old from January?",
    "My little boy starts Monday, what time is drop-off and which gate do we use?",
    "Which days is she in, my daughter wants to know when her friend is there",
    "what's the guinea pig called and how old is he?",
    "Grandad is collecting on Friday if that's ok",
    "We watch them go past our window every morning, makes the residents' day. Love from all at Elm Court",
]


def told(text: str, author: Author = Author.STRANGER) -> Severity | None:
    return gravest(CATEGORY, ruled(text, author))


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", FOUND)
def test_seeking_a_child_out_is_brought_to_a_person(text: str) -> None:
    assert told(text) in (Severity.LOOK, Severity.HOLD, Severity.HARM)
    assert ruled(text).action is not Action.PASS


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", LEFT_ALONE)
def test_the_same_words_meant_well_are_left_alone(text: str) -> None:
    assert told(text) is None


@pytest.mark.parametrize("text", FOUND[:8])
def test_case_and_unseen_characters_hide_nothing(text: str) -> None:
    assert told(text.upper()) is not None
    assert told("\u200b".join(text)) is not None


@pytest.mark.clause("C07")
def test_a_known_family_is_looked_at_and_a_stranger_is_held() -> None:
    text = "Which days is the one in the red coat in?"
    assert told(text) is Severity.HARM
    assert told(text, Author.KNOWN) is Severity.LOOK


@pytest.mark.clause("C07")
def test_one_sign_alone_is_a_tuesday() -> None:
    for text in (
        "What time do you close?",
        "She is gorgeous",
        "I live opposite",
        "I can come on Friday",
        "No parents today",
    ):
        assert told(text) is None


@pytest.mark.clause("C07")
def test_signs_add_up_over_two_sentences() -> None:
    text = "I have a nice car and no kids of my own. Happy to collect your girls and keep them at mine till seven, free"
    assert told(text) in (Severity.HOLD, Severity.HARM)
