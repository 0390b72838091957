"""A comment is read with what was said before it, and by the clock of the setting."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stairgate.monitoring import keeping
from stairgate.monitoring.models import Item
from stairgate.networks.base import ItemKind, PublicItem
from tests.cast import Cast

NIGHT = datetime(2026, 6, 16, 22, 30, tzinfo=ZoneInfo("Europe/London"))  # half past nine by Greenwich
POST = PublicItem(
    external_id="p_1_c1",
    kind=ItemKind.COMMENT,
    text="Add me on snap, easier to chat there",
    author_id="u-1",
    author_name="Robin",
    created_at=NIGHT,
    parent_id="p_1",
    post_id="p_1",
)
ANSWER = replace(
    POST,
    external_id="p_1_c2",
    kind=ItemKind.REPLY,
    text="sent you one x",
    author_id="u-2",
    author_name="Alex",
    created_at=NIGHT + timedelta(minutes=5),
    parent_id="p_1_c1",
)


def keep(cast: Cast, *found: PublicItem) -> None:
    reading = keeping.Reading.begin(cast.channel, timezone.now())
    assert keeping.keep(reading, found, timezone.now()) == 0


def rules(external_id: str) -> set[str]:
    return {finding["rule"] for finding in Item.objects.get(external_id=external_id).screening["findings"]}


@pytest.mark.parametrize("in_one_go", [True, False])
@pytest.mark.clause("C58")
def test_an_answer_is_read_with_what_it_answers(cast: Cast, in_one_go: bool) -> None:
    if in_one_go:
        keep(cast, ANSWER, POST)  # in whatever order the network gives them
    else:
        keep(cast, POST)
        keep(cast, ANSWER)
    assert "grooming.goes-along" in rules(ANSWER.external_id)


def test_what_came_later_or_elsewhere_is_not_what_it_answers(cast: Cast) -> None:
    later = replace(POST, created_at=ANSWER.created_at + timedelta(minutes=1))
    elsewhere = replace(ANSWER, external_id="p_1_c3", parent_id="p_1_c9")
    keep(cast, later, ANSWER, elsewhere)
    assert "grooming.goes-along" not in rules(ANSWER.external_id) | rules(elsewhere.external_id)


def test_the_hour_is_the_settings_own(cast: Cast) -> None:
    asks = replace(POST, text="That little girl in red, what time does she finish?")
    keep(cast, asks, replace(asks, external_id="p_1_c8", created_at=NIGHT - timedelta(hours=1)))
    assert "grooming.at-night" in rules(asks.external_id)
    assert "grooming.at-night" not in rules("p_1_c8")


def test_talks_are_read_in_one_query_however_many(cast: Cast) -> None:
    def asked(answers: int) -> int:
        rows = [replace(ANSWER, external_id=f"a{answers}-{n}", parent_id=f"c{n}") for n in range(answers)]
        with CaptureQueriesContext(connection) as seen:
            keep(cast, *rows)
        return sum('"parent_id" IN' in query["sql"] for query in seen)

    assert asked(2) == asked(9) == 1


def test_what_is_known_already_is_not_asked_about_again(cast: Cast) -> None:
    keep(cast, POST, ANSWER)
    with CaptureQueriesContext(connection) as seen:
        keep(cast, POST, ANSWER)
    assert not any('"parent_id" IN' in query["sql"] for query in seen)
