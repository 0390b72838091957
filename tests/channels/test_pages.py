"""The page of the accounts, when something is refused: it is said, and nothing that was typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.channels.models import Channel
from stairgate.channels.services import shut
from tests.cast import Cast, willow_lane


@pytest.fixture
def cast(db: None, settings: Any) -> Cast:
    settings.DEMO = True
    return willow_lane(timezone.now())


@pytest.mark.parametrize("deed", ["shut", "reopen"])
def test_a_reason_too_short_is_asked_for_beside_what_was_typed(cast: Cast, deed: str) -> None:
    if deed == "reopen":
        shut(actor=cast.priya, channel=cast.channel, reason="A worrying comment", at=timezone.now())
    before = Channel.objects.get(pk=cast.channel.pk).status
    priya = Client()
    priya.force_login(cast.priya, backend="django.contrib.auth.backends.ModelBackend")
    answer = priya.post(reverse(f"channels:{deed}", args=[cast.channel.pk]), {"reason": " ok "})
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 422
    assert f'name="reason" value="ok" aria-invalid="true" aria-describedby="{deed}-1-e"' in page
    assert f'id="{deed}-1-e"' in page and "Say in a few words why." in page
    assert page.count('<details class="sg-decide') == 1 and " open>" in page
    assert Channel.objects.get(pk=cast.channel.pk).status == before
