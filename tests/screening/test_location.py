"""Live place and time: outings to come are held, past ones and the setting's own events are not."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Category, Severity
from tests.screening.cast import coming_in, going_out, stretch

COMING = [
    "We're off to Fenmoor Library on Thursday at 10, come and wave!",
    "We’re going to the park tomorrow",
    "Acorns are visiting the farm on Friday",
    "Tomorrow we will be at the beach",
    "Heading to the woods this afternoon!",
    "Our trip to the zoo is on Monday",
    "We'll be at Fenmoor Museum from 10",
    "Library trip on Thursday",
    "Off to the shops later",
    "Next week the Seedlings are going to the fire station",
    "On Tuesday we are walking to St Mary's Church",
    "Taking the children to the pond tomorrow morning",
    "Meet us at the playground at 2",
]
NOW = [
    "We're at the park right now!",
    "Just arrived at the farm",
    "On our way to Fenmoor Zoo",
    "Having fun at the beach today",
    "Just boarding the 42 bus into town with eleven excited toddlers",
    "We're stood outside the fire station waiting for our turn on the engine",
    "At the park now!",
    "Stuck! The coach has broken down at Hartwell services, all thirty of us are sat on the grass",
]
HABIT = [
    "Every Tuesday at half nine our preschoolers walk down Mill Lane to the library",
    "Forest school group heads out through the back gate at 1.15 every day this week",
    "Our babies go out in the six seater pram along the canal each morning about eleven",
    "Coach leaves the church car park at 9 tomorrow for the farm and we're back at 3",
    "On Friday we only have two members of staff in after 4",
    "Change of plan, Hedgehogs now at the bandstand in Victoria Park, home on the 11.40 bus",
    "Children only at this one, they walk from school to the town hall at noon",
]
FROM_THE_PUBLIC = [
    "just seen the Acorns lot walking down Church Hill towards the park",
    "They're all in the rec by the swings if anyone wants a wave",
    "they always take them past the bakery about 10 on a Monday, I wave from the window",
    "Preschool are at the garden centre till 12 looking at the fish",
    "that preschool lot cross at the lights by the Shell garage every day at 2.45",
]
FINE = [
    "We went to the library on Thursday",
    "On Thursday we visited Fenmoor Farm",
    "Last week the Acorns had a trip to the zoo",
    "Thank you Fenmoor Library for having us on Thursday",
    "We close at 6",
    "Snow: closed tomorrow",
    "Nativity: Tuesday 8 December at 2",
    "Our open day is on Saturday at 10",
    "Fish pie for lunch on Friday",
    "Parents' evening is on Thursday at 6",
    "Term starts on Monday",
    "We open at 7.30 tomorrow",
    "The photographer comes on Tuesday",
    "What a morning at the allotment!",
    "Stay and play is on Wednesday at 10",
    "Please bring wellies on Friday",
    "The children built a library out of boxes",
    "Sports day is next Tuesday afternoon",
    "We were at the beach yesterday",
    "Our nativity is on Thursday at 2 in St Mark's, two tickets per family",
    "The library bus comes to us every second Wednesday",
    "Come and join us at the summer fete on Saturday at 2 in the village hall",
    "Family picnic in Victoria Park this Sunday from 12, bring a blanket",
    "Drop off from Monday is at the side gate while the path is relaid",
    "This morning we found frogspawn in the pond at Hollins Wood",
    "Toddlers went to the park this morning. Everyone home for lunch.",
    "Trip letters for the zoo have gone home, slips back by Friday please",
    "We're closed on Friday for a staff training day. Back Monday 8am.",
    "Forest school is cancelled today because of the high winds",
    "Get well soon to everybody in hospital this week",
]
FINE_FROM_THE_PUBLIC = [
    "We're off to Spain on Saturday, back in two weeks",
    "We saw you all at the rec last week. Kind, polite, loads of muck.",
    "What time does the fete start on Saturday?",
    "Is the library one open to everyone on Tuesday?",
    "Off to the beach with my two now, thanks for the idea",
    "Parking there is murder on a Friday so we scoot in",
    "They had a great time at the museum, thanks for taking them",
    "See you at the park on Sunday for the picnic!",
]


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", COMING + NOW + HABIT)
def test_where_children_will_be_is_held(text: str) -> None:
    found = [finding for finding in going_out(text).findings if finding.category is Category.LOCATION_NOW]
    assert found
    assert max(finding.severity for finding in found) is Severity.HOLD


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", FROM_THE_PUBLIC)
def test_where_a_group_is_told_by_the_public_is_held(text: str) -> None:
    assert Category.LOCATION_NOW in {finding.category for finding in coming_in(text).findings}


@pytest.mark.parametrize("text", FINE_FROM_THE_PUBLIC)
def test_a_familys_own_plans_and_questions_pass(text: str) -> None:
    assert Category.LOCATION_NOW not in {finding.category for finding in coming_in(text).findings}


@pytest.mark.parametrize("text", FINE)
def test_past_trips_and_our_own_events_pass(text: str) -> None:
    assert going_out(text).action is Action.PASS


@pytest.mark.clause("C07")
def test_the_whole_sentence_is_replaced() -> None:
    text = "Lovely soup. We’re off to Fenmoor Library on Thursday at 10, come and wave! Bye."
    (finding,) = going_out(text).findings
    assert stretch(text, finding) == "We’re off to Fenmoor Library on Thursday at 10, come and wave!"
    assert finding.suggestion == "More soon about our next trip."
    assert finding.title == "Tells people where children will be"
