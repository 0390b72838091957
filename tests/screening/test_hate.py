"""What is said against people for who they are; and pride, plain words, and those who speak against it."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from stairgate.screening import Action, Category, Severity, default_pack
from tests.screening.cast import gravest, ruled

CATEGORY = Category.HATE
FOUND = [
    "Foreign scum",
    "islam is a disease",
    "speak english or go home",
    "Whites only nursery when??",
    "Chinky eyes on that one lol",
    "Somalis bring nothing but crime",
    "your kind isn't welcome round here",
    "get those hijabs out of our school",
    "black families have ruined this area",
    "Refugees are parasites living off us",
    "he's half caste so what do you expect",
    "Gays shouldn't be around children end of",
    "Blacks are less intelligent its just science",
    "Not a white face in that photo. Says it all.",
    "dont want my daughter sat next to a gypsy kid",
    "All asians stink, wouldn't let mine near them",
    "That lot breed like rabbits and we pay for it",
    "the chinese kid will give everyone a virus lol",
    "bet the gyppos have had the lead off your roof",
    "Immigrants are like rats, they breed everywhere",
    "Why are we letting Travellers in? They're filth",
    "What do you expect from an Albanian. Criminals.",
    "I can't stand Romanians, thieves the lot of them",
    "Trans people are mentally ill and shouldnt exist",
    "They should all be sent back where they came from",
    "Muslims shouldn't be allowed to work with our kids",
    "If you wear a burka you dont belong in this country",
    "Jews run everything and now they run the nursery too",
    "Two mums is not a family its disgusting and unnatural",
    "Is it just me or are immigrants ruining our nurseries",
    "send the lot of them back on the boat they came in on",
    "nothing personal but I don't trust muslim men with kids",
    "Polish mums taking all the funded places, send them home",
    "wouldn't leave my dog with a Nigerian never mind my baby",
    "Never trust a gypsy, they'd steal the shoes off your kids",
    "No offence but I'm not having a brown woman change my son",
    "wish someone would wipe out every last one of those pikeys",
    "Real boys don't do ballet, you're raising a bunch of poofs",
    "these people have no place among us, they live like animals",
    "That child's a vegetable, what's the point of a school place",
    "Another rainbow flag. Leave our kids alone you sick groomers",
    "lads with ADHD just need a good hiding, it's not a real thing",
    "Autistic children should be locked away not in with normal kids",
    "I don't want to be rude but disabled people shouldn't have kids",
    "kick all the poles out then there'll be places for british kids",
    "Women like that are only good for one thing, stay in the kitchen",
    "Ukrainians get everything handed to them while our own go without",
    "Too many foreigners in that nursery now, its not even English anymore",
    "No decent parent wants a man working in a nursery, men are all perverts",
    "My taxes paying for little Mohammed to have a one to one, makes me puke",
    "disabled kids just drag everyone else down, put them in there own school",
    "Why do we need diversity week, just more woke rubbish for the foreigners, get rid of them",
    "Halal meat? This is a Christian country, if they don't like pork they know where the airport is",
    "Not being funny but how many of these women in letterboxes are you going to let through the gate",
    "Surprised you let them in with nits and god knows what else, you know what them caravan lot are like",
]
LEFT_ALONE = [
    "I hate Mondays",
    "Irish dancing was magic",
    "Capitalists are scum lol",
    "Immigrants are welcome here",
    "Asian noodles for lunch, yum",
    "I hate these wellies, they leak",
    "Hate is taught, kindness is too",
    "Happy Eid to all our Muslim families",
    "Turkish delight for the party please",
    "the fox is a dirty animal my nan says",
    "All my black friends love this nursery",
    "My keyworker is Polish and we adore her",
    "I hate it when people call my boy weird",
    "We have to go back home to fetch his coat",
    "The two mums in Acorns made the best cake",
    "Those ants are invading the kitchen again",
    "I don't hate anyone, I just want the times",
    "I can't stand the smell of the compost bin",
    "What are you doing for Black History Month?",
    "No one should be told they don't belong here",
    "Proud to be Romany and proud of this nursery",
    "My wife's French and even she loved the soup",
    "Foreigners like me feel at home here thank you",
    "that lot in Ladybirds have had the best summer",
    "Proud to be a Traveller family and so happy here",
    "My daughter is autistic and loves the quiet room",
    "I love that the kids are learning about refugees",
    "Be careful on the way home, black ice everywhere",
    "The plants want shooting outside before they bolt",
    "I'm a gay dad and nobody has ever made us feel odd",
    "It's hateful to say gay people shouldn't have kids",
    "My son uses a wheelchair and got the biggest cheer",
    "Women are amazing, happy mother's day to all of them",
    "she's black and white, our cat, and her name is Oreo",
    "White paint everywhere, all over the blacks and blues",
    'When people say "gypsies steal" it makes my blood boil',
    "They should all be sent a reminder about the inset day",
    "They should all be sent home with a trophy, what a team",
    "Stop saying immigrants are scum, they are our neighbours",
    "Jewish children brought in challah for the festival table",
    "Pests! slugs ate all our lettuces, vermin the lot of them",
    "Those people who leave dog mess on the path are a disgrace",
    "Women do most of the caring and it ought to be paid better",
    "Half the class had chickenpox, it's spreading like wildfire",
    "We're a Muslim family and my son has never felt more welcome",
    "They said disabled kids shouldn't be there and I reported it",
    "Do you have any other Polish families? Would love to meet them",
    "The trans pride flag on the door made my brother cry happy tears",
    "A man working in a nursery, about time, he's brilliant with them",
    "Diwali, Hanukkah and Christmas in one term, the children loved it",
    "Are there other families speaking Urdu or Polish in the baby room?",
    "He has Down's syndrome and his laugh is the best sound in the world",
    "We came here as refugees in 2016 and your team have been like family",
    "As a disabled mum I hate the steps at the front, could we have a ramp",
    "Why are there so few black dolls in the home corner? Could we give some?",
    "he hates women's football being on at tea time because he wants cartoons",
    "You'll have to drag him out by his feet tomorrow, he never wants to leave",
    "Calling Travellers dirty is disgusting and I'm glad you deleted that comment",
    "My boy told me girls can't be builders so we read your book about it, thanks",
    "Autistic children often need a warning before a change, so thank you for the bell",
    "My neighbour said something nasty about the refugees and my six year old told her off",
    'Somebody wrote "go back to where you came from" under your post. Please remove it, it\'s racist',
]


def told(text: str) -> Severity | None:
    return gravest(CATEGORY, ruled(text))


@pytest.mark.clause("C39")
@pytest.mark.parametrize("text", FOUND)
def test_hate_is_brought_to_a_person(text: str) -> None:
    assert told(text) in (Severity.LOOK, Severity.HOLD, Severity.HARM)
    assert ruled(text).action is not Action.PASS


@pytest.mark.clause("C39")
@pytest.mark.parametrize("text", LEFT_ALONE)
def test_pride_and_counter_speech_are_left_alone(text: str) -> None:
    assert told(text) is None


@pytest.mark.parametrize("text", FOUND[:8])
def test_case_and_unseen_characters_hide_nothing(text: str) -> None:
    assert told(text.upper()) is not None
    assert told("\u200b".join(text)) is not None


GROUPS = ["women", "Muslims", "gay people", "disabled people", "Black people", "immigrants", "Travellers"]
AGAINST = ["I hate {}", "{} are vermin", "get rid of all the {}", "why are {} always so disgusting?"]
NOT_AGAINST = [
    "I don't hate {}",
    "{} are not vermin",
    "We love having {} here",
    "Stop saying {} are vermin",
    'He said "{} are vermin" and we reported it',
    "Are there any other {} at the group?",
]


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_and_what_is_said_of_it_are_read_together(group: str) -> None:
    assert [text for text in AGAINST if told(text.format(group)) is None] == []
    assert [text for text in NOT_AGAINST if told(text.format(group)) is not None] == []


@pytest.mark.parametrize(
    "text",
    ["I h4t3 women", "women are v3rm1n", "Muslims are vremin", "immigrants are sucm", "women are s c u m"],
)
def test_misspelt_hate_is_read_as_the_words_it_hides(text: str) -> None:
    assert told(text) is not None


@pytest.mark.parametrize(
    "text", ["I hate Mondays", "artists are scum", "these shoes are vermin", "I hate plates"]
)
def test_things_and_trades_are_no_group_of_people(text: str) -> None:
    assert told(text) is None


def test_the_misspellings_are_those_of_the_tool() -> None:
    tool = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "misspelt.py"))
    written = {
        spelt for word in tool["WORDS"] for spelt in tool["misspellings"](word) if tool["hides"](spelt)
    }
    assert written - set(tool["WORDS"]) - default_pack().aliases.keys() == set()
