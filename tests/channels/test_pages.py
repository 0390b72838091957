"""The page of the accounts, when something is refused: it is said, and nothing that was typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.channels.models import Pause
from stairgate.channels.pausing import pause_everything
from stairgate.organisations.models import User
from tests.cast import Cast, willow_lane


@pytest.fixture
def cast(db: None, settings: Any) -> Cast:
    settings.DEMO = True
    return willow_lane(timezone.now())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("deed", ["pause", "pause_everything", "ask_to_open"])
def test_a_reason_too_short_is_asked_for_beside_what_was_typed(cast: Cast, deed: str) -> None:
    about, place = [cast.channel.pk], "pause-1"
    if deed == "pause_everything":
        about, place = [], "pause-all"
    if deed == "ask_to_open":
        held = pause_everything(
            actor=cast.gwen, organisation=cast.organisation, reason="A worrying comment", at=timezone.now()
        )
        about, place = [held.pk], f"ask-{held.pk}"
    before = list(Pause.objects.values())
    answer = signed_in(cast.priya).post(reverse(f"channels:{deed}", args=about), {"reason": " ok "})
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 422
    assert f'name="reason" value="ok" aria-invalid="true" aria-describedby="{place}-e"' in page
    assert f'id="{place}-e"' in page and page.count("Say in a few words why.") == 1
    assert page.count(" open>") == 1
    assert list(Pause.objects.values()) == before


def test_who_asked_cannot_press_the_button_that_confirms(cast: Cast) -> None:
    held = pause_everything(
        actor=cast.gwen, organisation=cast.organisation, reason="A worrying comment", at=timezone.now()
    )
    priya, kofi = signed_in(cast.priya), signed_in(cast.kofi)
    priya.post(reverse("channels:ask_to_open", args=[held.pk]), {"reason": "Looked into"})
    confirm = reverse("channels:confirm_opening", args=[held.pk])
    assert confirm not in priya.get(reverse("channels:list")).content.decode()
    priya.post(confirm)
    held.refresh_from_db()
    assert held.opened_at is None
    assert confirm in kofi.get(reverse("channels:list")).content.decode()
    kofi.post(confirm)
    held.refresh_from_db()
    assert held.opened_by == cast.kofi
