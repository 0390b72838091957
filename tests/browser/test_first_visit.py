"""The first visit to a setting's own Stairgate, in Chromium: the wizard, and a door locked with a passkey."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Photograph, Stack, violations, watched
from tests.cast import PASSWORD
from tests.cli.installation import Installation, Running

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def own(installation_environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[Installation, Running]]:
    """A setting's own Stairgate, just started for the first time."""
    installation = Installation(tmp_path / "home", installation_environment)
    with installation.started() as running:
        yield installation, running


@pytest.fixture
def first_visit(own: tuple[Installation, Running], chromium: Browser) -> Iterator[Stack]:
    yield from watched(Stack(own[1].url, chromium))


def with_a_device(page: Page) -> Any:
    """Give the window a phone that keeps passkeys; return the line to it."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return line


def test_a_passkey_locks_the_door_and_opens_it_again(
    first_visit: Stack, own: tuple[Installation, Running], photograph: Photograph
) -> None:
    told = own[1].told()
    code = told.split("Set-up code: ")[1].split()[0]
    page = first_visit.page()
    with_a_device(page)
    page.goto(first_visit.url)
    assert violations(page) == []
    photograph(page, "welcome")
    page.get_by_label("Set-up code").fill(code.lower())
    page.get_by_label("Name of your setting").fill("Fernbank Nursery")
    page.get_by_label("Office phone").fill("01632 960121")
    page.get_by_label("Office email").fill("office@fernbank.example")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("First name").fill("Ana")
    page.get_by_label("Full name").fill("Ana Example")
    page.get_by_label("Work email").fill("ana@fernbank.example")
    page.get_by_label("Password").fill(PASSWORD)
    assert violations(page) == []
    page.get_by_role("button", name="Continue").click()

    page.get_by_role("heading", name="Lock the door").wait_for()
    assert violations(page) == []
    page.get_by_role("link", name="Use your face, finger or PIN instead").click()
    page.get_by_label("Name").fill("my phone")
    assert violations(page) == []
    page.get_by_role("button", name="Add passkey").click()
    page.wait_for_url(lambda url: "/passkeys/add" not in url)
    page.goto(first_visit.url)
    assert "Ana" in page.inner_text("body")
    assert violations(page) == []
    photograph(page, "first-today")

    page.goto(f"{first_visit.url}/sign-out/")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{first_visit.url}/sign-in/")
    assert page.get_by_role("button", name="Ana").count() == 0, "only the demo lets you pick who to be"
    page.get_by_role("button", name="Use my face, finger or PIN").click()
    page.get_by_role("heading", level=1).filter(has_text="Ana").wait_for()
    page.goto(f"{first_visit.url}/welcome/")
    page.get_by_role("heading", name="We can’t find that page").wait_for()
