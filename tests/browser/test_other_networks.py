"""Mastodon and X in Chromium: an account is connected, says what can be done there, and what a post will cost."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import PHONE, Demo, Stack, follow, running_demo, violations
from tests.networks.mastodon_server import TOKEN, mastodon
from tests.networks.x_server import KEY, KEY_SECRET, OWN, XServer, x_network
from tests.networks.x_server import TOKEN as X_TOKEN
from tests.networks.x_server import TOKEN_SECRET as X_TOKEN_SECRET

pytestmark = pytest.mark.browser

WORDS = "There is soup for everybody on Friday. See https://willowlane.example/menu"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """One alone: it gets two more accounts."""
    with running_demo(tmp_path) as running:
        yield running


def opened(stack: Stack, x: XServer, mastodon_url: str) -> str:
    """Return the page of an account on Mastodon that waits to be connected; one on X is connected beside it."""
    keys = {"number": OWN, "token": f"{X_TOKEN}:{X_TOKEN_SECRET}", "key": KEY, "secret": KEY_SECRET}
    given = json.dumps({"x": {"url": x.url, **keys}, "mastodon": mastodon_url})
    command = [sys.executable, "-m", "tests.browser.open_others"]
    done = subprocess.run(
        command, input=given, text=True, env=stack.environment, check=True, stdout=subprocess.PIPE
    )
    return stack.url + done.stdout.split()[-1]


def test_an_account_says_what_can_be_done_there_and_what_it_costs(stack: Stack, photograph: Any) -> None:
    with x_network() as x, mastodon() as toots:
        page = opened(stack, x, toots.url)
        priya = stack.person("Priya", PHONE)
        priya.goto(f"{page}connect/")
        assert "What we can do here, and what you must do by hand" in priya.inner_text("main")
        photograph(priya, "other-connect")
        found = {"connect": violations(priya)}
        priya.get_by_label("Server").fill(f"{toots.url}/@willow")
        priya.get_by_label("Access token").fill("not this one")
        follow(priya, priya.get_by_role("button", name="Ask the network and connect"))
        priya.get_by_role("alert").get_by_text("no longer lets us in").wait_for()
        assert priya.get_by_label("Access token").input_value() == ""
        priya.get_by_label("Access token").fill(TOKEN)
        follow(priya, priya.get_by_role("button", name="Ask the network and connect"))
        priya.goto(page)
        assert "Nobody can do here" in priya.inner_text("main")
        photograph(priya, "other-account")
        found["account"] = violations(priya)

        tom = stack.person("Tom", PHONE)
        tom.goto(f"{stack.url}/posts/new/")
        tom.get_by_label("Willow Lane on X").check()
        tom.get_by_role("textbox", name="2. What it says").fill(WORDS)
        tom.get_by_text("it costs about $0.20, because it has a link").wait_for()
        photograph(tom, "other-cost")
        found["cost"] = violations(tom)
    assert not any(found.values()), found
