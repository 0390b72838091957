"""Live place and time: outings to come are held, past ones and the setting's own events are not."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Category, Severity
from tests.screening.cast import going_out, stretch

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
]


@pytest.mark.clause("C07")
@pytest.mark.parametrize("text", COMING + NOW)
def test_where_children_will_be_is_held(text: str) -> None:
    found = [finding for finding in going_out(text).findings if finding.category is Category.LOCATION_NOW]
    assert found
    assert max(finding.severity for finding in found) is Severity.HOLD


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
