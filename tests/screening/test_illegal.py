"""Pictures nobody should have, drugs and weapons for sale, and the weeds, cola and butter knives that sound alike."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Author, Category, Severity
from tests.screening.cast import gravest, ruled

CATEGORY = Category.ILLEGAL_CONTENT
FOUND = [
    "send nudes",
    "cp links dm me",
    "selling a knife, no ID needed",
    "got shrooms and ket this weekend",
    "DM for the uncensored ones, young",
    "Any weed for sale round by the school?",
    "Someone hid a camera in the staff toilet",
    "can get you clean passports and a shooter",
    "selling videos of the kids in the bath, dm",
    "got pills, coke, can drop near nursery. hmu",
    "he asked my 12 year old for a naked picture",
    "I buy used baby swimwear photos, good money",
    "who's got the video of that mum from the PTA",
    "My ex has put intimate pictures of me online",
    "Selling a BB gun that's been converted, cash",
    "you got any more of the kids with nothing on?",
    "someone's put my daughter's face on a porn pic",
    "Anyone sorting prescription tabs, diazies or pregabs?",
    "she sent him a topless pic and now he's showing everyone",
    "18 grams of the good green, can meet by the playing fields",
    "got a nice little blade, legal to carry if you're careful, DM",
    "He's threatening to share my private photos with the whole PTA",
    "There's a bloke sells vapes and jellies out his boot at pick up",
    "my phone's full of stuff from the leisure centre showers, swap?",
    "someone has made a fake nude of a year 9 girl and it's going round",
    "Vapes and bud, cheap, message me, drop off outside the school gates",
    "My mate's brother has stuff on his computer of kids, what should I do",
    "got loads of the little gymnasts if you know where to look, swaps only",
    "he filmed us together and says he'll send it to my work unless I go back",
    "is anyone else worried that a man was filming the children in the toilets",
    "A lad in Year 8 has been asking the girls for pictures with their tops off",
    "got the graduation ones from the changing tent, proper close ups, who's buying",
    "There's an app that takes the clothes off, lads in y10 are using it on the girls",
    "Medical grade, no script, mums discount, tabs and patches, collect by the clinic",
]
LEFT_ALONE = [
    "Dying to see the photos!",
    "Bath toys wanted for water play",
    "Phone's full of pictures of mud",
    "Coke and chips for tea, don't judge",
    "He's the double of his dad in that photo",
    "I'm done, that photo has finished me off",
    "The speed of that lad on his balance bike",
    "we made potions with weeds from the garden",
    "Bath time in the doll's house corner today",
    "Anyone selling a buggy board? Cash waiting",
    "crack open the biscuits, we got Outstanding",
    "Selling two scout shirts age 8 and a woggle",
    "overdose of cuteness in the nativity photos",
    "Weed killing on Saturday, please bring gloves",
    "Follow us on Instagram for more allotment pictures",
    "Graduation photos are ready to order from the office",
    "We made a knife crime awareness banner with the juniors",
    "Anyone got spare baby bath to borrow for the water tray?",
    "Swimming photos are in the locked album for families only",
    "Naked flame safety talk from the fire crew, loved the helmets",
    "Could I have a copy of the photo of my two from sports day please",
    "Photographer booked for the 9th, order forms in bags, no obligation",
    "Could you send more pictures of the allotment, my dad's an old digger",
    "Tall girl with the beads was our Ama, thank you for the lovely picture",
    "Do you have any pictures of the old nursery building before it was done up?",
    "Free family photo day here on Saturday 9th, all parents welcome, book at the office",
    "knives and forks practice at lunch today",
    "Bath, book, bed. In that order. Wish me luck",
    "Selling a pram and a bag of clothes, message me",
]


def told(text: str, author: Author = Author.STRANGER) -> Severity | None:
    return gravest(CATEGORY, ruled(text, author))


@pytest.mark.clause("C43")
@pytest.mark.parametrize("text", FOUND)
def test_what_is_against_the_law_is_brought_to_a_person(text: str) -> None:
    assert told(text) in (Severity.LOOK, Severity.HOLD, Severity.HARM)
    assert ruled(text).action is not Action.PASS


@pytest.mark.clause("C43")
@pytest.mark.parametrize("text", LEFT_ALONE)
def test_the_same_words_meant_well_are_left_alone(text: str) -> None:
    assert told(text) is None


@pytest.mark.parametrize("text", FOUND[:8])
def test_case_and_unseen_characters_hide_nothing(text: str) -> None:
    assert told(text.upper()) is not None
    assert told("\u200b".join(text)) is not None


@pytest.mark.clause("C43")
def test_nothing_is_fetched_and_the_lead_is_told() -> None:
    (finding, *_rest) = [
        finding
        for finding in ruled("selling videos of the kids in the bath, dm").findings
        if finding.category is CATEGORY
    ]
    assert finding.severity is Severity.HARM
    assert "Do not open" in finding.reason
