"""What the public writes: evidence combined, and the ordinary talk of families left alone."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Author, Category, Severity
from tests.screening.cast import coming_in, going_out, gravest, only, ruled, stretch

GROOMING = [
    "Cute! Which days is the one in the red coat in? I'm round there most mornings",
    "Which days is the one in the red coat in?",
    "what days does the little blonde girl come",
    "What time does he finish?",
    "when is she in next",
    "Where does the little boy live?",
    "Which park do they take that girl to? Where can I find her?",
    "which school will she go to",
    "Who picks her up?",
    "who collects the boy in the blue hat",
    "Is he ever alone outside?",
    "Send me more pictures of her",
    "got any more pics of the girl in yellow",
    "Can I meet him?",
    "I have sweets for the little boy",
    "I could pick her up one day",
    "DM me about the girl in red",
    "Message me privately, he is gorgeous",
    "It's our little secret",
    "Don't tell mummy",
    "Which days is ѕhe in?",
    "ＷＨＩＣＨ ＤＡＹＳ is the girl in?",
]
ASKED = [
    "does she go every day",
    "Is the little one with curly hair there on tuesdays as well?",
    "Could I take some photos of the girls for my portfolio",
]
HOMES = ["does anyone know where the family in the first picture live", "hi sweetie where do you live"]
EXPOSED = ["I know the child in the blue, her mum is hiding from her dad", "Isn't she the one in foster care"]
APPS = ["Add me on snapchat", "lets chat on WhatsApp instead", "find me on kik", "What's your snap?"]
AGES = ["How old is the girl in the middle?", "What is his name?", "what's her name, so sweet"]
STAFF = ["Who's on shift tonight?", "I can babysit any evening"]
DISCLOSURES = [
    "Daddy hits me",
    "My stepdad hurts me",
    "I am scared to go home",
    "Her uncle is touching the little girl",
    "he beats the kids every night",
    "We are not safe at home",
    "I was abused as a child there",
    "My son says he hit him",
    "Mum locked him in the cupboard",
]
STAFF_HARM = [
    "One of your staff slapped my son",
    "A member of staff grabbed my daughter by the arm",
    "That teacher shook a child",
    "My boy was hurt by a worker",
    "My daughter was left alone in the garden",
    "I saw a lady smack a child in your garden",
    "The key worker screams at the children",
    "Ask them what she did to my son",
    "Your staff member dragged a little girl inside",
]
THREATS = [
    "I'm going to burn the nursery down",
    "I will find you",
    "I know where you live",
    "watch your back",
    "I'll kill her",
    "You will regret this",
    "gonna smash your windows",
    "there is a bomb in the school",
    "coming for you",
    "I hope your building burns",
    "kys",
]
SELF_HARM = [
    "I want to die",
    "I am going to kill myself",
    "They are better off without me",
    "I can't go on",
    "thinking I should end my life",
]
COMPLAINTS = [
    "Second time the gate code was on a sticky note by the door",
    "This is unacceptable",
    "I want to make a complaint",
    "Really disappointed with the communication",
    "Still waiting for a reply",
    "Nobody told us about the change",
    "I will be contacting Ofsted",
    "The gate was open again this morning",
    "Anyone could walk in",
    "Worst nursery ever",
    "fed up with this",
]
SCAMS = [
    "FREE childcare vouchers, click http://free.example",
    "Win an iPad, click here",
    "Earn £500 a week working from home, message me now",
    "Government grant for parents, apply now at https://x.example",
    "Our bank details have changed",
    "Pay your fees here to the new account",
    "Invest in bitcoin, click the link",
    "You have won a prize! claim now",
]
ORDINARY = [
    "They slept so well after this!",
    "Do you have a place for a two-year-old in January?",
    "Which days do you have spaces?",
    "What days is my daughter in next week?",
    "When is the nativity?",
    "What time do you close on Friday?",
    "Where did you get those coats?",
    "How old do they have to be to start?",
    "Is there a waiting list for the baby room?",
    "Do you take childcare vouchers?",
    "Do you offer the 30 hours free childcare?",
    "My little boy hasn't stopped talking about the carrots",
    "Can we see more photos of the allotment?",
    "Lovely pictures!",
    "She loves it here, thank you",
    "He was so proud of his painting",
    "What a beautiful boy",
    "I could murder a cup of tea",
    "Smashed it again team!",
    "This hit the spot",
    "You all deserve a medal",
    "That touched my heart",
    "The children kicked the ball so well",
    "The staff hit the drums with the children",
    "My son beat me to the gate",
    "The teacher shouted hooray with the children",
    "Nobody was hurt, thank goodness",
    "Your staff would never hurt a child",
    "Dying laughing at this 😂",
    "So cute I could cry",
    "Thank you for looking after my two",
    "Can't wait to see you all on Monday",
    "We miss you all so much",
    "Sorry we missed it, he has a cold",
    "Please can you ring us about settling in?",
    "Our girl comes home singing every day",
    "Well done to all the staff",
    "We will be there at ten",
    "Great to meet the team today",
    "Fire drill handled so calmly, well done",
    "Is the gate on Mill Lane or High Street?",
    "What is the recipe please?",
    "Who made the costumes?",
    "Are you open on Monday?",
    "Happy birthday to the nursery",
    "This made my day, brilliant",
    "The weather was awful but they loved it",
    "The terrible twos are real",
    "Where can I buy the wellies?",
    "What's his name, the guinea pig?",
    "Is there parking on site?",
    "What days do the baby sensory classes run?",
    "Does my son need a coat on Friday?",
    "He hit his head on the slide but staff were brilliant",
    "I'll message you tomorrow about fees",
    "the kids will be dead tired tonight haha",
    "I'm dying, the hats!!",
    "Who is the new lady in Seedlings?",
    "Can I come and see the room before she starts?",
    "He hasn't stopped talking about it. Where did you go?",
    "Can we come and visit with our daughter?",
]


def grave(text: str, category: Category, author: Author = Author.STRANGER) -> Severity | None:
    return gravest(category, coming_in(text, author))


@pytest.mark.clause("C07")
@pytest.mark.clause("C58")
@pytest.mark.parametrize("text", GROOMING)
def test_seeking_a_child_out_is_harm(text: str) -> None:
    assert grave(text, Category.GROOMING) is Severity.HARM
    assert coming_in(text).action is Action.HOLD


@pytest.mark.clause("C58")
@pytest.mark.parametrize("text", APPS + AGES + ASKED + HOMES)
def test_other_apps_and_ages_are_held(text: str) -> None:
    assert gravest(Category.GROOMING, ruled(text)) in (Severity.HOLD, Severity.HARM)


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", EXPOSED)
def test_a_family_in_hiding_is_not_given_away(text: str) -> None:
    assert grave(text, Category.DISCLOSURE) in (Severity.HOLD, Severity.HARM)


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", STAFF)
def test_strangers_near_staff_are_looked_at(text: str) -> None:
    assert grave(text, Category.GROOMING) is Severity.LOOK


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", DISCLOSURES)
def test_a_disclosure_is_harm(text: str) -> None:
    screening = coming_in(text)
    told = {Category.DISCLOSURE, Category.COMPLAINT_ABOUT_STAFF}
    assert any(f.category in told and f.severity is Severity.HARM for f in screening.findings)


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", STAFF_HARM)
def test_a_worker_said_to_hurt_a_child_is_harm(text: str) -> None:
    assert gravest(Category.COMPLAINT_ABOUT_STAFF, ruled(text)) is Severity.HARM
    assert coming_in(text).action is Action.HOLD


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", THREATS)
def test_a_threat_is_harm(text: str) -> None:
    assert grave(text, Category.THREAT) is Severity.HARM


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", SELF_HARM)
def test_signs_of_self_harm_are_harm(text: str) -> None:
    assert grave(text, Category.SELF_HARM) is Severity.HARM


@pytest.mark.clause("C08")
@pytest.mark.parametrize("text", COMPLAINTS)
def test_a_complaint_is_looked_at_and_not_hidden(text: str) -> None:
    assert grave(text, Category.COMPLAINT_ABOUT_STAFF) is Severity.LOOK
    assert coming_in(text).action is Action.LOOK


@pytest.mark.clause("C08")
@pytest.mark.parametrize("text", SCAMS)
def test_a_scam_is_held(text: str) -> None:
    assert grave(text, Category.SCAM) is Severity.HOLD


@pytest.mark.clause("C39")
@pytest.mark.parametrize(
    "text", ["Go back to your own country", "Immigrants are vermin", "send them back home"]
)
def test_hateful_sentences_are_held(text: str) -> None:
    assert grave(text, Category.HATE) is Severity.HOLD


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_comments_pass(text: str) -> None:
    screening = coming_in(text)
    assert screening.action is Action.PASS, [finding.rule for finding in screening.findings]


@pytest.mark.clause("C07")
def test_a_known_family_asking_is_looked_at_and_not_accused() -> None:
    text = "Which days is the one in the red coat in?"
    assert grave(text, Category.GROOMING, Author.KNOWN) is Severity.LOOK
    assert grave(text, Category.GROOMING, Author.FIRST_TIME) is Severity.HARM


@pytest.mark.clause("C07")
def test_a_child_asked_for_by_name_is_harm() -> None:
    assert grave("Which days is Ottilie in?", Category.GROOMING) is Severity.HARM


@pytest.mark.clause("C07")
def test_the_finding_points_at_the_question() -> None:
    text = "Cute! Which days is the one in the red coat in? I'm round there most mornings"
    finding = max(only(coming_in(text), "grooming."), key=lambda found: found.severity)
    assert stretch(text, finding).startswith("Which days is the one")
    assert finding.title == "This may put a child at risk"


def test_rules_for_the_public_stay_off_our_own_posts() -> None:
    assert going_out("Second time the gate code was changed").findings == ()
