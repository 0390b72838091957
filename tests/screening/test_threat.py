"""What is meant to frighten, said plainly or not; and the pantomime, the brew and the war on slugs."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Category, Severity
from tests.screening.cast import gravest, ruled

CATEGORY = Category.THREAT
FOUND = [
    "She wants shooting",
    "he wants stringing up",
    "shame if something happened to your van",
    "Your days are numbered",
    "she needs a good slap tbh",
    "snitches get stitches love",
    "pray I don't see you in asda",
    "we know what time you lock up",
    "i'm bringing a bat to pick up",
    "Gonna blow the place sky high",
    "Ur gonna get ur head kicked in",
    "I'll have you, outside, any time",
    "deserves a kicking the lot of them",
    "People like you end up in the canal",
    "If I ever see you in town you're done",
    "Some1 should smash that womans face in",
    "you'll be sorry you ever crossed my family",
    "i got a knife and i know ur shift finish 6",
    "be careful who you upset, accidents happen",
    "I'd love to see him get what's coming to him",
    "Keep talking and see what happens to your car",
    "You better watch yourself walking home tonight",
    "Somebody wants to put a brick through your window",
    "wait till your on your own, see how brave you are",
    "I'm gonny pan every windae in that place the night",
    "gonna make your life hell until you leave this town",
    "i know where you park your car and i will be waiting",
    "You have 24 hours to apologise or I'm coming for you",
    "aye we'll see how big ye are when ma cousin gets oot",
    "Hope the whole place burns to the ground with you in it",
    "let's see how tough she is when we turn up at her house",
    "one of these days someone is going to torch that nursery",
    "Consider this your last warning. Next time its not words",
    "am gonnae leather that wee bam when he comes oot the gate",
    "One way or another you people are going to bleed for this",
    "i will slit your tyres every single day till you sort this",
    "got a shotgun in the van and a very short fuse so ring me back",
    "Whoever sent that letter home best start checking their mirrors",
    "if my lad comes home crying once more im gonna knock someone out",
    "I hope your kids get hit by a bus so you know what it feels like",
    "Im coming down there tomorrow and god help whoever opens the door",
    "Just wait til I see that woman at the gates, she's getting battered",
    "I swear down il kill the little rat if he touches my daughter again",
    "my dog hasnt eaten since sunday and your gate doesn't shut properly",
    "I did three years for a lot less than what you've done to my daughter",
    "next time that woman opens her mouth i'll shut it for her permanently",
    "nice windows you've got, would be a shame if something happened to them",
    "Someone needs to drag that coach behind the changing rooms and sort him",
    "I've seen where your minibus is parked overnight. Be a long walk to the farm",
    "Mention my name in one of your reports again and your car goes in the harbour",
    "You've a lovely little girl Karen, St Marks isn't it, be awful if she got lost",
    "That cocky caretaker wants to be careful round the back of the bins, no cameras there",
]
LEFT_ALONE = [
    "She's a killer at snap",
    "murdering a brew right now",
    "Those biscuits are to die for",
    "I could strangle this printer",
    "I'm coming for you, cake stall!",
    "I'd murder for a seat in the shade",
    "Sleep well Acorns, see you tomorrow",
    "He deserves a medal and so do you all",
    "She got what she deserved, a gold star!",
    "She absolutely smashed it in sports day!",
    "He'd kill for another go on the zip wire",
    "Mr Tumble is going to get me, he shrieked",
    "could kill for a cuppa after that drop off",
    "We'll be waiting at the gate with bells on",
    "the hill nearly killed me pushing that buggy",
    "I won't hurt you, says the lion in the story",
    "Watch your backs, water pistols are out today",
    "We got battered by the wind on the beach walk",
    "Bring your own hammer to the den building day",
    "The boys are coming round after for a barbecue",
    "I'll eat you up, you little dumpling! Grandad x",
    "You are going to regret giving my two a whistle",
    "Threw a snowball and hit Daddy right on the nose",
    "Nobody threatened anyone, we just asked politely",
    "Look forward to seeing you at the gates tomorrow",
    "Be careful on the way home, black ice everywhere",
    "bombs away! was the best bit of the paddling pool",
    "A dinosaur battle: the T-rex is going to crush you!",
    "How do you talk with children about terror attacks?",
    "My mother in law will kill me if we miss the nativity",
    "They knocked the tower down and laughed their heads off",
    "Firefighters let them hold the hose and nobody got hurt",
    "You'll regret not bringing wellies tomorrow, it's a swamp",
    "the wind took our windows out last night so we open at 10",
    "Be careful on the path, it's icy and someone will get hurt",
    "Her new teeth are coming through, she's chewing everything",
    "My husband is coming to collect at 4, he's got the password",
    "What a smashing day, hit the nail on the head with that theme",
    "Hope you get what you deserve, a long holiday and a massive gin",
    "I will hunt down that missing glove if it's the last thing I do",
    "We're going to attack that pile of laundry once the twins are down",
    "They'd a fire drill and it was brilliant, all out in three minutes",
    "Heard the police came because a man shouted threats, hope staff are ok",
    "News said a man was jailed for the mosque attack, hug your little ones",
    "You'll have to drag him out by his feet tomorrow, he never wants to leave",
    "He broke his jaw falling off the slide at the park in July, all healed now",
    "Please don't park over the drive, the residents will have your wheels clamped",
    "The big bad wolf said I'll blow your house down and the children screamed with laughter",
]


def told(text: str) -> Severity | None:
    return gravest(CATEGORY, ruled(text))


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", FOUND)
def test_a_threat_is_brought_to_a_person(text: str) -> None:
    assert told(text) in (Severity.LOOK, Severity.HOLD, Severity.HARM)
    assert ruled(text).action is not Action.PASS


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", LEFT_ALONE)
def test_play_weather_and_a_brew_are_left_alone(text: str) -> None:
    assert told(text) is None


@pytest.mark.parametrize("text", FOUND[:8])
def test_case_and_unseen_characters_hide_nothing(text: str) -> None:
    assert told(text.upper()) is not None
    assert told("\u200b".join(text)) is not None
