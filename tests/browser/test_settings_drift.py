"""A setting of the page is loosened there: people are told, one press puts it back. A screen is looked at with a picture; one
setting may be weaker for a while; the sheet is signed.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from tests.browser.conftest import (
    PHONE,
    Photograph,
    Stack,
    fits,
    follow,
    running_demo,
    wait_until,
    watched,
)
from tests.browser.steps import screenshot

pytestmark = pytest.mark.browser
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def loosen(stack: Stack, key: str, value: str) -> None:
    """Change a setting on the practice network, as somebody with access does it there."""
    body = json.dumps({"key": key, "value": value}).encode()
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{stack.practice}/practice/setting", data=body, headers=headers)
    with closing(_OPENER.open(asked, timeout=60)) as answer:
        assert json.load(answer) == {"done": True}


def to_settings(person: Page, stack: Stack) -> None:
    person.goto(f"{stack.url}/accounts/")
    follow(person, person.get_by_role("link", name="See everything about Facebook page"))
    follow(person, person.get_by_role("link", name="See all settings of Facebook page"))


def press(person: Page, name: str) -> None:
    follow(person, person.get_by_role("button", name=name))


@pytest.fixture
def own_stack(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Stack]:
    """A demo of its own: what is loosened on its page would be on everybody's Today."""
    with running_demo(tmp_path_factory.mktemp("settings")) as demo:
        yield from watched(Stack(demo.url, chromium, demo.practice, demo.environment))


@pytest.mark.clause("C30", "C31", "C32", "C33", "C34", "C83")
def test_a_setting_drifts_is_told_and_mended(
    own_stack: Stack, photograph: Photograph, tmp_path: Path, check: Callable[[Page, str], None]
) -> None:
    stack = own_stack
    kofi = stack.person("Kofi")
    to_settings(kofi, stack)
    assert "All as agreed" in kofi.inner_text("main")
    check(kofi, "settings-agreed")

    loosen(stack, "USERS_CAN_TAG_PHOTOS", "true")
    press(kofi, "Read them now")
    assert "1 has moved" in kofi.inner_text("main")
    check(kofi, "settings-moved")

    priya = stack.person("Priya", PHONE)
    wait_until(priya, "People can tag the page: On")
    check(priya, "settings-today")
    follow(priya, priya.get_by_role("link", name="Put it back"))
    assert fits(priya)
    press(priya, "Put it back to Off")
    assert "It is as agreed again: we read it back." in priya.inner_text("body")
    assert "All as agreed" in priya.inner_text("main")

    # what no network tells, a person looks at
    follow(priya, priya.get_by_role("link", name="Look, and write down what it says").first)
    priya.locator("#comment-media-w").check()
    priya.locator("#reviews-o").check()
    priya.locator("#picture").set_input_files(screenshot(tmp_path))
    press(priya, "Write down what I saw")
    assert "Write what it says there" in priya.inner_text("main") and fits(priya)
    check(priya, "settings-screen")
    priya.locator("#reviews-f").fill("On")
    priya.locator("#picture").set_input_files(screenshot(tmp_path))
    press(priya, "Write down what I saw")
    assert "1 has moved" in priya.inner_text("main")

    # the service manager lets it be, for a while
    helen = stack.person("Helen")
    to_settings(helen, stack)
    helen.get_by_text("Let it be weaker for a while").click()
    helen.get_by_label("Why has it to be").fill(
        "Facebook does not let us switch reviews off until the name is checked"
    )
    until = timezone.localdate() + timedelta(days=20)
    helen.get_by_label("The last day").fill(until.isoformat())
    check(helen, "settings-weaker")
    press(helen, "Allow it until that day")
    assert "Weaker for now" in helen.inner_text("main")

    kofi.reload()
    press(kofi, "Sign the settings sheet")
    assert "Signed, with your name and the time." in kofi.inner_text("body")
    check(kofi, "settings-signed")
    kofi.goto(kofi.url.replace("settings/", ""))
    check(kofi, "settings-account")
