"""Chromium, and the whole product running as a newcomer would run it: ``stairgate start --demo``."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

AXE = Path(__file__).parents[1] / "node/node_modules/axe-core/axe.min.js"
PICTURES = Path(__file__).parents[2] / "docs/pictures"
DESK, PHONE = (1280, 900), (390, 844)
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Stack:
    """A running demo: its pages, its practice network, and whoever is looking."""

    url: str
    practice: str
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)

    def page(self, size: tuple[int, int] = DESK, *, dark: bool = False, script: bool = True) -> Page:
        """Return a fresh browser window. Any error on its console fails the test that looks."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        return context.new_page()

    def person(
        self, name: str, size: tuple[int, int] = DESK, *, dark: bool = False, script: bool = True
    ) -> Page:
        """Return a window in which one of the demo's people has signed in."""
        page = self.page(size, dark=dark, script=script)
        page.goto(f"{self.url}/sign-in/")
        page.get_by_role("button", name=name).click()
        page.get_by_role("heading", level=1).wait_for()
        return page

    def public(self) -> Page:
        """Return a window on the public page."""
        page = self.page()
        page.goto(f"{self.practice}/willow-lane")
        return page


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@pytest.fixture(scope="session")
def running() -> Iterator[tuple[str, str]]:
    """The addresses of a demo started with the one command, stopped with one Ctrl-C."""
    with tempfile.TemporaryDirectory(prefix="stairgate-demo-") as folder:
        port = free_port()
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("STAIRGATE_", "DJANGO_"))}
        environment |= {"STAIRGATE_HOME": f"{folder}/home", "STAIRGATE_POLL_SECONDS": "2"}
        command = [sys.executable, "-m", "stairgate", "start", "--demo", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        practice = ""
        for line in process.stdout:
            if "/willow-lane" in line:
                practice = line.rsplit(" ", 1)[1].strip().removesuffix("/willow-lane")
            if line.startswith("Open "):
                break
        assert practice, "the demo did not start"
        try:
            yield f"http://localhost:{port}", practice
        finally:
            process.send_signal(2)
            assert process.wait(40) == 0


@pytest.fixture
def stack(running: tuple[str, str], chromium: Browser) -> Iterator[Stack]:
    found = Stack(*running, chromium)
    yield found
    for context in found.contexts:
        context.close()


def violations(page: Page) -> list[str]:
    """Return what axe finds on a page, one line for each rule."""
    if not AXE.exists():
        pytest.skip("needs the Node parts: tests/node/install")
    page.evaluate(AXE.read_text("utf-8"))
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": _RULES}}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]


@pytest.fixture
def photograph(request: pytest.FixtureRequest) -> Any:
    """Keep a picture for the guide when asked with --pictures."""

    def keep(page: Page, name: str) -> None:
        if request.config.getoption("--pictures"):
            PICTURES.mkdir(exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}-{page.viewport_size['width']}.png")  # type: ignore[index]

    return keep


def wait_until(page: Page, words: str, *, seconds: float = 40.0) -> None:
    """Load a page again until it shows some words."""
    end = time.monotonic() + seconds
    while words not in page.inner_text("body"):
        assert time.monotonic() < end, f"{words!r} never came: {page.inner_text('body')[:800]}"
        time.sleep(0.5)
        page.reload()


def reachable(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=5) as answer:
        return bool(answer.status == 200)
