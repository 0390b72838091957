"""Who tells of a child hurt, frightened, hungry or left; and the bumps, rhymes and rugby that share the words."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Author, Category, Severity
from tests.screening.cast import going_out, gravest, ruled

CATEGORY = Category.DISCLOSURE
FOUND = [
    "im scared of my dad",
    "my dad comes in my room at night",
    "she has burns like cigarette burns",
    "i think my sister is hurting her baby",
    "my mummys boyfriend hurts me when she's at work",
    "he was shut outside in the rain as a punishment",
    "His stepdad goes mental at him if he wets the bed",
    "she said teacher hurts her when nobody is looking",
    "They tied him to the chair, another parent told me",
    "he grabs the kids by the hair when he's had a drink",
    "Please help, my husband says he'll kill me if I leave",
    "she doesn't want to be alone with her grandad anymore",
    "I slapped my baby. I didnt mean to. I cant stop crying",
    "nobody fed her all day and she'd been sat in her own mess",
    "Someone held his mouth shut at nap time, he showed me how",
    "she begged me not to take her to her dads, she was shaking",
    "my daughter came home with a burn and nobody can explain it",
    "I was hit with a ruler every day when I went there in the 80s",
    "They put tape over his mouth. He's two. Ask the other parents",
    "my ex turned up drunk and threw things in front of the children",
    "he's controlling everything I do, I can't even take the baby out",
    "they left my daughter in a wet nappy all afternoon, she's red raw",
    "he squeezes her arm so hard it leaves marks, says it's discipline",
    "He says Nana's friend gives him sweets for being nice in the shed",
    "They shut her in the store cupboard when she wouldn't stop crying",
    "I'm frightened to go home tonight, he's been drinking since dinner",
    "Police were out at ours again. The kids slept through it this time",
    "he's had nothing to eat since yesterday again, she keeps forgetting",
    "He came home with red finger marks on his arm and won't say who did it",
    "a boy in my daughters class told her his dad kicks him down the stairs",
    "She told her nan that daddy puts his hand over her face till she stops",
    "our keyworker pinched her to make her sit down, she's shown me the mark",
    "she's scared to get anything wrong, she flinched when the teacher raised her pen",
    "I could hear slaps and then nothing, from the flat above, and there's a baby in there",
]
LEFT_ALONE = [
    "Starving! Is it fish and chips?",
    "Nobody told me there'd be ponies! Amazing",
    "she was left speechless by the fire engine",
    "He's a bit bruised from judo but says he won",
    "He was hiding in the shed. With the biscuits",
    "slapped some sun cream on him and off we went",
    "The children beat the drums and shook the maracas",
    "Rest time is his favourite, he told the bus driver",
    "nothing left at the cake stall by 11, well done all",
    "I nearly died when he told the vicar about my pants",
    "The police officer showed us his handcuffs and radio",
    "he hit the ball right over the fence, proud nan here",
    "Police came to ours again! PC Afzal let them try the hat",
    "Swimming photos are in the locked album for families only",
    "Bitten again! Toddlers eh. Thanks for filling in the form",
    "Sorry to be a pain but could lunch be a bit later on Fridays?",
    "Snow White was locked in the tower and the children let her out",
    "Sorry to bother you, could his bottles be a touch warmer please?",
    "Two blind mice left, one has lost its whiskers, has anyone seen it",
    "Ella's a bit scared of the dark corridor, could a light be left on?",
    "they've been dragging me round the garden centre to find a worm farm",
    "Left my wedding ring on the sink in the baby room, has anyone seen it",
    "Left her crying this morning and felt awful, then you rang. Thank you",
    "She came home with a black eye from the goalpost and is thrilled with it",
    "she screamed blue murder when it was time to go home, loves it that much",
    "Would love to see the menu a bit earlier if it's possible, no rush at all",
    "Humpty Dumpty had a great fall and all the king's men couldn't fix him",
    "He bumped his head at forest school and you handled it brilliantly, thank you",
    "She's frightened of the hand dryer",
    "We practised our lockdown drill as a sleeping bunnies game and nobody was scared",
    "If you are worried about a child, tell Gwen: that was today's training",
]


def told(text: str, author: Author = Author.STRANGER) -> Severity | None:
    return gravest(CATEGORY, ruled(text, author))


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", FOUND)
def test_telling_of_harm_is_brought_to_a_person(text: str) -> None:
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
@pytest.mark.parametrize(
    "text", ["Daddy hits me", "I was abused as a child there", "We are not safe at home"]
)
def test_a_disclosure_is_for_the_safeguarding_lead_now(text: str) -> None:
    assert told(text) is Severity.HARM
    assert all(
        "safeguarding lead" in finding.reason
        for finding in ruled(text).findings
        if finding.category is CATEGORY
    )


@pytest.mark.clause("C07")
def test_a_worker_said_to_hurt_a_child_is_a_disclosure_and_a_complaint() -> None:
    found = {finding.category for finding in ruled("One of your staff slapped my son").findings}
    assert {CATEGORY, Category.COMPLAINT_ABOUT_STAFF} <= found


@pytest.mark.clause("C07")
def test_our_own_post_that_tells_of_harm_is_held() -> None:
    assert going_out("One of our girls showed us on a doll what her uncle does.").action is Action.HOLD
