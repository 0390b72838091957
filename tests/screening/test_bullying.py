"""Who is mocked, shamed or shut out; and self-mockery, praise and the ugly duckling."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Category, Severity
from tests.screening.cast import gravest, ruled

CATEGORY = Category.BULLYING
FOUND = [
    "Ginger minger",
    "that kid is so ugly lol",
    "absolute clown of a woman",
    "you're pathetic, get a life",
    "she's thick as mince that one",
    "ur a loser and ur kid is a loser",
    "Tag the ugliest mum at the gates",
    "omg who dresses that child, tramp",
    "no one likes you, leave the group",
    "the new girl is as dumb as a brick",
    "What a state. Lay off the pies love",
    "she's a laughing stock at the gates",
    "Look at the ears on that one!! dumbo",
    "lol scruffy little tramp of a family",
    "worlds worst dad award goes to Darren",
    "Your son is a weirdo and everyone says so",
    "Haha look at the teeth on him, bugs bunny",
    "What is she wearing?? looks like a bin bag",
    "Big nose on her, can smell tomorrow's dinner",
    "Make sure nobody sits with her at sports day",
    "Poor kid getting lumbered with a mum like that",
    "you should be ashamed calling yourself a mother",
    "two faced snake, we all know what you did Leanne",
    "Shannon you absolute whale, mind the bouncy castle",
    "that boy smells, does his mum own a washing machine",
    "Nobody believes a word you say you lying little rat",
    "that lisp is hilarious, make her say sausages again",
    "Nobody wants your Alfie at their party, take the hint",
    "she can't even spell, how is she teaching kids? moron",
    "fat cow on the left looks like she ate the snack table",
    "He's a little freak, keep him away from the normal kids",
    "don't bother replying to Stacey she's an attention seeker",
    "share this so everyone knows what a useless mother she is",
    "the kids all call her Smelly Nelly and tbh they aint wrong",
    "lads do the limp when she walks past, absolutely killing it",
    "Literally nobody came to your party and nobody is surprised",
    "we don't want you in our group chat hun, you're not one of us",
    "we're all laughing at you behind your back, you do know that?",
    "Imagine being that ugly and still putting your face on facebook",
    "Everyone block her and ignore her at pick up, see how she likes it",
    "He's got a face only a mother could love and even she looks unsure",
    "what an embarrassing excuse for a dad, couldn't even turn up sober",
    "that manager's a stuck up cow who thinks she's better than everyone",
    "that jumper hasn't seen a washing machine since xmas, poor kid, honk",
    "My kid says Tyler eats his bogeys and wets himself, keep yours away lol",
    "We're starting a petition to get rid of Donna, she gives everyone the creeps",
    "The twins' mum thinks she's an influencer, bless, 12 followers and a tracksuit",
    "ive made a page called Worst Mums of Willow Lane, come join and post pics of her",
    "Congratulations to Mrs Late Again for a full week of making her child wait, star chart in the post",
]
LEFT_ALONE = [
    "You are all legends",
    "Nobody likes wet socks",
    "who's a clever boy then",
    "Daft as a brush, love him",
    "Naughty Percy hid the keys",
    "Who's a cheeky monkey then!",
    "the pig looks fat and happy",
    "Scruffy the dog came to visit",
    "Hate is taught, kindness is too",
    "Useless umbrella blew inside out",
    "My two are feral today, send help",
    "I can't spell tonight, baby brain",
    "mine smells of paint and happiness",
    "Stop calling my son fat. He's four",
    "She's a pickle and so is her sister",
    "What a funny little face, bless her",
    "Turkish delight for the party please",
    "we read the ugly duckling at bedtime",
    "Join our movement class on Thursdays",
    "Dad jokes were awful, ten out of ten",
    "Nobody came to collect the lost scarf",
    "That hat is ridiculous and I want one",
    "I'm so thick, I thought it was Tuesday",
    "Loser buys the coffees, sack race mums",
    "he's a little monster before breakfast",
    "I look a right state in that photo haha",
    "I hate it when people call my boy weird",
    "please be kind to the mum who was crying",
    "The Twits are the ugliest couple in books",
    "Big nose day raised £200 for Comic Relief",
    "Martyrs church hall is where the party is",
    "That costume is hilarious, best witch ever",
    "we're doing a lesson about bullying on Friday",
    "Tag your mum friends, the bake sale is Friday",
    "The snowman had a carrot nose and a wonky face",
    "I'm such a bad mum, forgot world book day again",
    "Please be kind in the comments, no name calling",
    "No one told me about the party, is it still on?",
    "Nobody threatened anyone, we just asked politely",
    "Share the post so more families see the open day",
    "Don't sit next to the radiator, the paint is wet",
    "He's a proper little clown, always making us laugh",
    "Everyone knows Miss Kelly makes the best playdough",
    "Fat controller shouted at Thomas and my boy laughed",
    "The snail race was embarrassing, mine went backwards",
    "Our tortoise is a grumpy old thing, the kids adore him",
    "Join the parents group, it's friendly and full of tips",
    "He called himself stupid and it broke my heart, any tips?",
    "I look like a scarecrow in that photo, delete it please haha",
    "Nobody should feel left out at pick up, come and stand with us",
]


def told(text: str) -> Severity | None:
    return gravest(CATEGORY, ruled(text))


@pytest.mark.clause("C39")
@pytest.mark.parametrize("text", FOUND)
def test_mockery_and_shutting_out_are_brought_to_a_person(text: str) -> None:
    assert told(text) in (Severity.LOOK, Severity.HOLD, Severity.HARM)
    assert ruled(text).action is not Action.PASS


@pytest.mark.clause("C39")
@pytest.mark.parametrize("text", LEFT_ALONE)
def test_self_mockery_and_kindness_are_left_alone(text: str) -> None:
    assert told(text) is None


@pytest.mark.parametrize("text", FOUND[:8])
def test_case_and_unseen_characters_hide_nothing(text: str) -> None:
    assert told(text.upper()) is not None
    assert told("\u200b".join(text)) is not None
