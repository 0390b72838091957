"""Who is unhappy, politely or not; and the praise, the weather and the lost mittens."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Author, Category, Severity
from tests.screening.cast import gravest, ruled

CATEGORY = Category.COMPLAINT_ABOUT_STAFF
FOUND = [
    "poor show",
    "You need to sort your staff out",
    "Coach only plays his mates' kids",
    "Your Tom was very short with my mother",
    "why weren't we told he'd banged his head",
    "Handed me the wrong child's bag and shrugged",
    "three emails and still no answer from Denise",
    "Your staff were vaping by the pram shed again",
    "You sent her home in a nappy that was dripping",
    "two weeks notice for a fee rise, are you serious",
    "I want to speak to the manager, this can't carry on",
    "Tilly's room leader hasn't once looked me in the eye",
    "I shall be taking this further and contacting Ofsted",
    "Left sat in a dirty nappy, bright red bottom. Disgusted",
    "My son was crying his eyes out and nobody went near him",
    "New lady in Robins has a face like thunder every morning",
    "He's come home with somebody else's medication in his bag",
    "absolutely no communication from anyone since Denise left",
    "Can someone explain why my child came home with no shoes on",
    "Rang four times today and nobody picked up. Not good enough",
    "They gave her milk again, she's ALLERGIC, it's on every form",
    "When I asked why, I was told 'that's just how it is'. Lovely.",
    "she was still sat in her coat at 4pm, sweating, nobody bothered",
    "You promised us one to one and he's had a different face every day",
    "My daughter's been bitten four times by the same child and all I get is a shrug",
    "Had to find out from the local paper that you've lost your deputy and two room leaders",
]
LEFT_ALONE = [
    "rude not to have a second slice",
    "The manager was so kind when I was upset",
    "Nobody told me there'd be ponies! Amazing",
    "Anyone selling a buggy board? Cash waiting",
    "The new gate code is working now, thank you",
    "wrong child! I waved madly at somebody else's",
    "disappointed the strawberries are over already",
    "nobody will notice if I eat the last mince pie",
    "You could smell the bacon from the gate, unfair",
    "I can never get through to anyone at the council",
    "Level crossing's down again, late for pick up, sorry",
    "Please remember to shut the gate behind you at pick up",
    "Bitten again! Toddlers eh. Thanks for filling in the form",
    "made to wait in the rain for an ice cream and it was worth it",
    "Manager of the month in our house is whoever gets the socks on",
    "Sorry to bother you, could his bottles be a touch warmer please?",
    "If I wake up before nine tomorrow I'll be furious. Happy half term",
    "Two blind mice left, one has lost its whiskers, has anyone seen it",
    "She was furious I picked her up early. That's a good sign isn't it",
    "We're so sorry to lose Jan, she kept us all going for twenty years",
    "Thank you all for the cards after we lost Mum. She'd have loved them",
    "Left her crying this morning and felt awful, then you rang. Thank you",
    "Is there anyone on the gate at the moment? I'm outside with his inhaler",
    "We practised our lockdown drill as a sleeping bunnies game and nobody was scared",
    "Please tell us your child's name, date of birth and which days you need on the form",
    "So sorry to hear that Margaret passed away, she was a wonderful cook to all the children",
    "Never had a complaint in four years, best nursery in town",
    "The weather was shocking but the kids didn't care",
    "The referee was a disgrace but our lot were magic",
    "Sorry to be a pain but could lunch be a bit later on Fridays?",
]


def told(text: str, author: Author = Author.STRANGER) -> Severity | None:
    return gravest(CATEGORY, ruled(text, author))


@pytest.mark.clause("C08")
@pytest.mark.parametrize("text", FOUND)
def test_a_complaint_is_brought_to_a_person(text: str) -> None:
    assert told(text) in (Severity.LOOK, Severity.HOLD, Severity.HARM)
    assert ruled(text).action is not Action.PASS


@pytest.mark.clause("C08")
@pytest.mark.parametrize("text", LEFT_ALONE)
def test_the_same_words_meant_well_are_left_alone(text: str) -> None:
    assert told(text) is None


@pytest.mark.parametrize("text", FOUND[:8])
def test_case_and_unseen_characters_hide_nothing(text: str) -> None:
    assert told(text.upper()) is not None
    assert told("\u200b".join(text)) is not None


@pytest.mark.clause("C08")
@pytest.mark.parametrize(
    "text", ["This is unacceptable", "I want to make a complaint", "Still waiting for a reply"]
)
def test_a_complaint_is_looked_at_and_never_hidden(text: str) -> None:
    assert told(text) is Severity.LOOK
    assert ruled(text).action is Action.LOOK


@pytest.mark.clause("C08")
def test_praise_takes_a_complaint_back() -> None:
    assert told("Never let us down once, we can't fault them") is None
