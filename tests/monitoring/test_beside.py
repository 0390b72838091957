"""The list beside the open comment: where one stands among those that wait, and what follows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from stairgate.monitoring.models import Decision, Item
from stairgate.monitoring.selectors import inbox, waiting_around
from tests.cast import Cast
from tests.monitoring.hands import decide
from tests.monitoring.test_again import FOUND, keep

HARM = "Which days is the one in the red coat in? I am round there most mornings"


@pytest.fixture
def five(cast: Cast) -> list[Item]:
    """Five that wait, in the order of the inbox: one of harm, and four written one after another, two at once."""
    for number, minutes in enumerate((0, 5, 5, 9)):
        written = timezone.now() - timedelta(hours=1) + timedelta(minutes=minutes)
        keep(cast, replace(FOUND, external_id=f"c{number}", text=f"Lovely {number}", created_at=written))
    keep(cast, replace(FOUND, external_id="harm", text=HARM))
    return list(inbox(cast.organisation))


@pytest.fixture
def kofi(cast: Cast, settings: object) -> Client:
    settings.DEMO = True  # type: ignore[attr-defined]
    client = Client()
    client.force_login(cast.kofi, backend="django.contrib.auth.backends.ModelBackend")
    return client


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def open_row(page: str) -> list[str]:
    return re.findall(r'<a href="/inbox/([^/]+)/" aria-current="true">', page)


@pytest.mark.parametrize("size", [2, 3, 25])
def test_each_stands_where_the_inbox_lists_it(cast: Cast, five: list[Item], size: int) -> None:
    assert five[0].text == HARM
    for number, item in enumerate(five):
        found = waiting_around(item, me=cast.gwen, now=timezone.now(), size=size)
        start = number // size * size
        assert (found.place, found.total, found.sheet) == (number + 1, 5, number // size + 1)
        assert list(found.rows) == five[start : start + size]
        assert found.following == (five[number + 1] if number < 4 else None)


def test_what_is_decided_stands_nowhere_and_the_gravest_follows(cast: Cast, five: list[Item]) -> None:
    decide(cast.gwen, five[2], Decision.Kind.HIDE)
    found = waiting_around(Item.objects.get(pk=five[2].pk), me=cast.gwen, now=timezone.now(), size=2)
    assert (found.place, found.total, found.following) == (0, 4, five[0])
    assert list(found.rows) == five[:2]


def test_the_list_stands_beside_the_open_comment(kofi: Client, five: list[Item]) -> None:
    page = shown(kofi, f"/inbox/{five[1].pk}/")
    assert open_row(page) == [str(five[1].pk)]
    assert all(f'href="/inbox/{item.pk}/"' in page for item in five)
    assert "2 of 5" in page and page.count(f'<a href="/inbox/{five[2].pk}/">Next') == 1


def test_the_inbox_opens_at_the_gravest(kofi: Client, five: list[Item]) -> None:
    page = shown(kofi, "/inbox/")
    assert open_row(page) == [str(five[0].pk)]
    assert f'action="/inbox/{five[0].pk}/decide/"' in page
    assert 'class="sg-panel sg-mail__detail d-none d-lg-block"' in page, "a phone shows the list alone"


def test_nobody_says_they_read_what_the_list_cuts_short(cast: Cast, kofi: Client) -> None:
    keep(cast, replace(FOUND, external_id="short", text="Lovely soup!"))
    keep(cast, replace(FOUND, external_id="long", text="Lovely soup! " * 20))
    read = re.findall(r'name="read" value="([^ "]+) ', shown(kofi, "/inbox/"))
    assert read == [str(Item.objects.get(external_id="short").pk)]
