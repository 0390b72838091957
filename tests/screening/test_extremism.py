"""A cause, an enemy and force; and lessons, remembrance and the tug of war."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Category, Severity
from tests.screening.cast import gravest, ruled

CATEGORY = Category.EXTREMISM
FOUND = [
    "1488",
    "RWDS when?",
    "Death to the infidels",
    "Isis did nothing wrong",
    "national action lives on",
    "Hitler was right about them",
    "Sieg heil to all true patriots",
    "It's them or us. Arm yourselves.",
    "Day of the rope soon for all of you",
    "only violence will make them listen, rise up",
    "He killed the kuffar and allah will reward him",
    "Rise up Britain, take the country back by force",
    "It is the duty of every believer to take up arms",
    "every hotel will burn until they are gone. who's with us",
    "the martyrs are in paradise now, inshallah we follow them",
    "Blood and honour. We must secure a future for our children",
    "the brigade is looking for boys who aren't afraid of blood",
    "Join the Patriotic Front telegram, we are preparing for war",
    "Our race is our nation. DM to join the movement in your area",
    "He did what needed doing in that mosque. more like him please",
    "Bombing them is the only language these governments understand",
    "proud of the lads who went for that imam, they should get medals",
    "the state is the enemy, burn it down, kill the pigs, link in bio",
    "kids should learn about our race war heroes not diversity rubbish",
    "Respect to the lads who burned the migrant hotel, heroes every one",
    "Your girls belong to the nation. Breed, fight, win. Hail the new dawn",
    "Traitors in parliament should hang, civil war is coming so pick a side",
    "Join us brothers, the caliphate will return and the unbelievers will pay",
    "White people wake up, the great replacement is happening in your nursery",
    "Our martyrs knew paradise is earned with blood and not with finger painting",
    "Ready your household. When the race war comes this street will be the front",
    "We meet Thursdays behind the pub. Bring your fists and your flag. No cops no cowards",
    "Looking for real men willing to defend our streets by any means, training camp in March",
    "The time for talking is over, they are replacing us and we must fight back before it's too late",
]
LEFT_ALONE = [
    "Viva la pancakes",
    "We love our country park",
    "The brigade band played at the fair",
    "Join our movement class on Thursdays",
    "Our lads fought hard and won the cup",
    "14 words we learned in Welsh this week",
    "They shall grow not old, a lovely poem",
    "Rise and shine Acorns, it's Pirate Day",
    "the Crusaders rugby tots start in March",
    "Rise up little seedlings, the sun is out",
    "Knights and castles week, defend the fort!",
    "Beware a scam email about fees is going round",
    "Troops from the barracks came to read stories",
    "Look forward to seeing you at the gates tomorrow",
    "Remembrance service on Sunday, wear your uniform",
    "bombs away! was the best bit of the paddling pool",
    "Two minutes silence was held for those who fought",
    "Are there spaces on Prevent training for parents?",
    "Children are writing to the MP about the crossing",
    "It's us against them at the tug of war, dads v mums",
    "How do you talk with children about terror attacks?",
    "The snail race was embarrassing, mine went backwards",
    "My history students are studying the rise of the Nazis",
    "The army cadets are recruiting on Saturday at the fair",
    "A book about Malala and the Taliban, for older readers",
    "We are learning about Guy Fawkes and the gunpowder plot",
    "Grandad told them about the war and how Hitler was stopped",
    "Prevent training is mandatory for all our staff and volunteers",
    "The children remembered the victims of the bombing with a candle",
    "We fought back against the fees rise and got a meeting with the MP",
    "News said a man was jailed for the mosque attack, hug your little ones",
    "Autistic children often need a warning before a change, so thank you for the bell",
]


def told(text: str) -> Severity | None:
    return gravest(CATEGORY, ruled(text))


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", FOUND)
def test_a_violent_cause_is_brought_to_a_person(text: str) -> None:
    assert told(text) in (Severity.LOOK, Severity.HOLD, Severity.HARM)
    assert ruled(text).action is not Action.PASS


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", LEFT_ALONE)
def test_lessons_and_remembrance_are_left_alone(text: str) -> None:
    assert told(text) is None


@pytest.mark.parametrize("text", FOUND[:8])
def test_case_and_unseen_characters_hide_nothing(text: str) -> None:
    assert told(text.upper()) is not None
    assert told("\u200b".join(text)) is not None
