"""A manager connects a page through Facebook's dialog, it breaks, she is told, and connects it again; in Chromium."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import (
    DESK,
    PHONE,
    Demo,
    Photograph,
    Stack,
    fits,
    follow,
    resize,
    running_demo,
    violations,
    wait_until,
    watched,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Demo, dict[str, str]]]:
    """A demo of its own, for its connection is broken; and what its practice network gives to let us in."""
    with running_demo(tmp_path) as demo:
        yield demo, json.loads((tmp_path / "home/practice/credentials.json").read_text())


@pytest.fixture
def alone(own: tuple[Demo, dict[str, str]], chromium: Browser) -> Iterator[Stack]:
    demo = own[0]
    yield from watched(Stack(demo.url, chromium, demo.practice, demo.environment))


def deed(stack: Stack, what: str, **values: Any) -> None:
    """Do something to the practice network, as it happens out there."""
    headers = {"Content-Type": "application/json"}
    body = json.dumps(values).encode()
    request = urllib.request.Request(f"{stack.practice}/practice/{what}", data=body, headers=headers)
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60).close()


def looked_at(page: Page, photograph: Photograph, name: str) -> None:
    """Take the picture of a page, and have axe and a narrow screen judge it."""
    photograph(page, name)
    for size in (DESK, PHONE):
        resize(page, size)
        assert violations(page) == [], name
        assert fits(page), name
    resize(page, DESK)


def the_account(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/accounts/")
    follow(page, page.get_by_role("link", name=re.compile("^See everything about Facebook page")))


def connect_anew(page: Page, stack: Stack, photograph: Photograph | None = None) -> None:
    """Go from the account to Facebook and back, and pick the page."""
    the_account(page, stack)
    follow(page, page.get_by_role("link", name="Connect it anew"))
    if photograph:
        looked_at(page, photograph, "connect")
    follow(page, page.get_by_role("link", name="Continue to Facebook"))
    assert page.url.startswith(stack.practice)
    if photograph:
        assert violations(page) == []
    follow(page, page.get_by_role("button", name="Allow"))
    assert page.url.startswith(stack.url)
    page.get_by_role("heading", name="Pick the page").wait_for()
    page.get_by_label("Business portfolio").fill("Willow Lane Nursery, 100 200 300")
    if photograph:
        looked_at(page, photograph, "pick-the-page")
    follow(page, page.get_by_role("button", name="Connect this page"))
    assert "is connected, and it works." in page.inner_text("main")


@pytest.mark.clause("C24")
@pytest.mark.clause("C28")
def test_connect_break_be_told_and_connect_again(
    alone: Stack, own: tuple[Demo, dict[str, str]], photograph: Photograph
) -> None:
    given = own[1]
    priya = alone.person("Priya")
    priya.goto(f"{alone.url}/accounts/app/")
    looked_at(priya, photograph, "meta-app")
    priya.get_by_label("App ID").fill(given["app_id"])
    priya.get_by_label("App secret").fill("0" * 32)
    priya.get_by_label("The app is Live").check()
    follow(priya, priya.get_by_role("button", name="Ask Facebook and keep it"))
    assert "Facebook does not take the app secret." in priya.inner_text("main")
    assert violations(priya) == []
    priya.get_by_label("App secret").fill(given["app_secret"])
    follow(priya, priya.get_by_role("button", name="Ask Facebook and keep it"))
    assert "Facebook knows our app." in priya.inner_text("main")

    the_account(priya, alone)
    follow(priya, priya.get_by_role("link", name="Connect it anew"))
    follow(priya, priya.get_by_role("link", name="Continue to Facebook"))
    follow(priya, priya.get_by_role("button", name="Cancel"))
    assert "You pressed Cancel on Facebook" in priya.inner_text("main")
    connect_anew(priya, alone, photograph)
    the_account(priya, alone)
    looked_at(priya, photograph, "account")

    deed(alone, "break", why="password")
    priya.goto(f"{alone.url}/")
    wait_until(priya, "Facebook page: the gate is shut")
    assert "password of whoever connected the page was changed" in priya.inner_text("main")
    the_account(priya, alone)
    assert "Not working" in priya.inner_text("main") and "password" in priya.inner_text("main")
    looked_at(priya, photograph, "account-broken")
    connect_anew(priya, alone)
    the_account(priya, alone)
    assert "Not working" not in priya.inner_text("main")
    assert given["app_secret"] not in priya.content()
