"""The post and the comments of the demonstration, as the screens show them."""

from __future__ import annotations

import pytest

from stairgate.screening import Action
from tests.screening.cast import OFFICE, coming_in, going_out, stretch

POST = (
    "What a morning at the allotment! Ottilie pulled up a very first carrot and Acorns carried home three "
    "pumpkins for soup. We’re off to Fenmoor Library on Thursday at 10, come and wave! Any questions, "
    "text Tom on 07700 900142."
)


@pytest.mark.clause("C36")
@pytest.mark.clause("C79")
@pytest.mark.clause("C07")
def test_three_things_are_found_in_the_post_and_can_be_put_right() -> None:
    found = going_out(POST, picture=True).findings
    assert [(finding.title, stretch(POST, finding), finding.suggestion) for finding in found] == [
        ("A child’s name next to a picture", "Ottilie", "One of our Acorns"),
        (
            "Tells people where children will be",
            "We’re off to Fenmoor Library on Thursday at 10, come and wave!",
            "More soon about our next trip.",
        ),
        ("A personal mobile number", "text Tom on 07700 900142", f"ring the office on {OFFICE}"),
    ]
    mended = POST
    for finding in reversed(found):
        mended = mended[: finding.start] + (finding.suggestion or "") + mended[finding.end :]
    assert going_out(mended, picture=True).findings == ()


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Cute! Which days is the one in the red coat in? I’m round there most mornings", Action.HOLD),
        ("Second time the gate code was on a sticky note by the door…", Action.LOOK),
        ("FREE childcare vouchers, click http://…", Action.HOLD),
        ("FREE childcare vouchers, click…", Action.HOLD),
        ("They slept so well after this!", Action.PASS),
        ("Do you have a place for a two-year-old in January?", Action.PASS),
        ("Who was that?? The comment’s gone now", Action.PASS),
        ("Puddle day! Everyone came back muddy and happy.", Action.PASS),
    ],
)
@pytest.mark.clause("C39")
def test_the_comments_of_the_demonstration(text: str, action: Action) -> None:
    assert coming_in(text).action is action
