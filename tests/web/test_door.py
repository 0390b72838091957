"""The pages at the door open for everybody who is sent to one, whatever they came from."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast, willow_lane
from tests.web.test_permissions import signed_in


@pytest.fixture
def cast(db: None) -> Cast:
    return willow_lane(timezone.now())


@pytest.mark.parametrize("name", ["account_inactive", "account_logout"])
def test_a_page_at_the_door_opens(name: str, cast: Cast) -> None:
    for visitor in (Client(), signed_in(cast.priya)):
        assert visitor.get(reverse(name), follow=True).status_code == 200


def test_an_address_that_is_a_button_says_so(cast: Cast) -> None:
    answer = signed_in(cast.priya).get(reverse("look"))
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert "belongs to a button on another page" in answer.content.decode()
