"""What only the surroundings of a text tell: the talk before it, and the hour it was written."""

from __future__ import annotations

import pytest

from stairgate.screening import Author, Context, Direction, Screener, default_pack
from stairgate.screening.phrases import PackError
from stairgate.screening.rules import read_rule

ASKS = "Add me on snap, easier to chat there. Don’t tell your mum x"


def rules(text: str, context: Context) -> set[str]:
    found = Screener(default_pack()).screen(text, direction=Direction.INBOUND_COMMENT, context=context)
    return {finding.rule for finding in found.findings}


@pytest.mark.parametrize(
    "answer",
    ["ok I’ll add you now", "sent you one x", "Yeah sure, what’s yours?", "I won’t tell her", "done hun"],
)
def test_who_goes_along_with_a_wish_for_privacy_is_seen(answer: str) -> None:
    assert "grooming.goes-along" in rules(answer, Context(thread=("Lovely day!", ASKS)))
    assert "grooming.goes-along" not in rules(answer, Context())
    assert "grooming.goes-along" not in rules(answer, Context(thread=("Can you send me the menu please?",)))


def test_only_the_last_of_a_long_talk_is_read() -> None:
    assert "grooming.goes-along" not in rules("sent you one x", Context(thread=(ASKS, "a", "b", "c")))


@pytest.mark.parametrize(
    "thanks", ["Thank you, see you on Monday", "So cute! Well done everyone", "Happy birthday"]
)
def test_others_in_such_a_talk_are_left_alone(thanks: str) -> None:
    assert "grooming.goes-along" not in rules(thanks, Context(thread=(ASKS,)))


@pytest.mark.parametrize(
    ("hour", "seen"), [(21, False), (22, True), (0, True), (4, True), (5, False), (None, False)]
)
def test_a_stranger_who_asks_about_a_child_at_night_is_seen(hour: int | None, seen: bool) -> None:
    asks = "That little girl in red, what time does she finish?"
    assert ("grooming.at-night" in rules(asks, Context(hour=hour))) is seen
    assert "grooming.at-night" not in rules(asks, Context(hour=hour, author=Author.KNOWN))


@pytest.mark.parametrize("hours", [[22], [22, 24], [-1, 5], [5, 5], ["a", "b"]])
def test_hours_that_cannot_be_are_refused(hours: list[object]) -> None:
    rule = {
        "id": "x.y", "version": "1", "category": "grooming", "severity": "look", "clause": "C59", "title": "t",
        "reason": "r", "directions": ["inbound_comment"], "all": ["you"], "hours": hours,
    }  # fmt: skip
    with pytest.raises(PackError, match=r"rule x\.y is malformed"):
        read_rule(rule)
