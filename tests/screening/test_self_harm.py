"""Who wants to die, says goodbye or hurts themselves; and what people say when they laugh, mourn or run for a charity."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Author, Category, Severity
from tests.screening.cast import gravest, ruled

CATEGORY = Category.SELF_HARM
FOUND = [
    "I'm done fighting",
    "they'd be happier without me",
    "what's the point in anything",
    "annoyed I woke up again",
    "been self harming since march",
    "I'm just a burden on them all",
    "everything hurts and I want out",
    "I don't want to wake up tomorrow",
    "how many paracetamol would it take",
    "Every night I pray I don't wake up",
    "I can't keep myself safe this weekend",
    "life's not worth living since we lost him",
    "nobody would even notice if I was gone",
    "honestly whats the point in me being here",
    "i feel like walking out in front of a bus",
    "I'm not strong enough for this life, sorry",
    "I can't do one more day of this, I mean it",
    "cut my arms again last night, only way I cope",
    "He's said he'll hang himself if I take the kids",
    "my mate's started burning herself with a lighter",
    "Don't save me a place for spring. I won't need it",
    "honestly they'd all be better off if I wasn't here",
    "I've taken all my tablets, tell my girls I love them",
    "please pass my key to Jan and tell the babies I tried",
    "im so tired of being sad i dont want to do it any more",
    "feel like theres nothing left to live for since he left",
    "I rang the crisis line and hung up. nothing they can say",
    "I've had enough. Everyone's sorted now, they don't need me",
    "It'd be easier on all of them if I just drove off the edge",
    "sat here with a full packet and a bottle of wine, so quiet",
    "been scratching my legs to bits again, only thing that works",
    "ive scratched his name off my arm with scissors, feels better",
    "I'm invisible. If I vanished it'd take a week for anyone to ring",
    "the boys in year 9 are all doing that thing where you press on each other's necks",
    "he's messaged saying he loves me and to look after the girls and now his phone's off",
    "My brother's given his dog away and cancelled his phone, I'm scared what he's planning",
]
LEFT_ALONE = [
    "No point in ironing it, is there",
    "I can't cope with how cute this is",
    "I'm tired of waking up at five with this one",
    "We're all better off for having you",
    "I'm dead on my feet after that disco",
    "Cutting and sticking today in Saplings",
    "cut out keep, glue, repeat. My life now",
    "I'm done, that photo has finished me off",
    "our little secret ingredient is courgette",
    "overdose of cuteness in the nativity photos",
    "I'm tired of sandwiches, send lunchbox ideas",
    "so tired I put the milk in the washing machine",
    "disappointed the strawberries are over already",
    "nobody will notice if I eat the last mince pie",
    "I nearly died when he told the vicar about my pants",
    "nothing left at the cake stall by 11, well done all",
    "A plaster fixes everything, even a paper cut on teddy",
    "The troll said who's that trip trapping over my bridge",
    "Mum's boyfriend is collecting, he's on the list, name of Dean",
    "lost her hat again, sorry! purple with a bobble if anyone sees it",
    "If I wake up before nine tomorrow I'll be furious. Happy half term",
    "Plasters all up her legs, every single one of them for a pretend cut",
    "Could you send more pictures of the allotment, my dad's an old digger",
    "Pantosaurus came to nursery and taught us that our bodies belong to us",
    "How long do the babies sleep for after lunch? Trying to match it at home",
    "Do you have any pictures of the old nursery building before it was done up?",
    "We practised our lockdown drill as a sleeping bunnies game and nobody was scared",
    "Dying to see the photos!",
    "I could cry, he's growing up so fast",
    "We are raising money for Samaritans with a sponsored walk",
    "So sorry to hear that Margaret passed away, she was a wonderful cook",
    "Last day today, will miss you all so much",
    "can't go on holiday that week, can we swap days?",
]


def told(text: str, author: Author = Author.STRANGER) -> Severity | None:
    return gravest(CATEGORY, ruled(text, author))


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", FOUND)
def test_signs_of_despair_is_brought_to_a_person(text: str) -> None:
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
@pytest.mark.parametrize("text", ["I want to die", "they would be better off without me", "I can't go on"])
def test_despair_needs_a_person_now(text: str) -> None:
    assert told(text) is Severity.HARM


@pytest.mark.clause("C07")
def test_two_quiet_signs_are_heard_together() -> None:
    assert told("I'm giving my things away.") is None
    assert told("I'm giving my things away. I've made my peace with it, sorry everyone") is Severity.HARM
