"""Chromium, and the whole product running as a newcomer would run it: ``stairgate start --demo``.

A test fails at its end when a script threw, when the browser refused something under the content security
policy, or when a page asked another machine for anything.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    sync_playwright,
)

from tests.cli.installation import Installation
from tests.databases import own_database

AXE = Path(__file__).parents[1] / "node/node_modules/axe-core/axe.min.js"
PICTURES = Path(__file__).parents[2] / "docs/pictures"
DESK, PHONE = (1280, 900), (390, 844)
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_ARGUMENTS = [
    *("--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]
#: the first is the same engine alone; the whole browser also draws its own bars, window by window, for nobody to see
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without windows where that can be had. Skips where there is none."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        pytest.skip("Chromium is not here, so nothing was tried in a browser: apt-get install chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps a loop in this thread; without this Django refuses every query beside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Stack:
    """A running Stairgate and, in the demo, its practice network, and whoever is looking."""

    url: str
    browser: Browser
    practice: str = ""
    environment: dict[str, str] = field(default_factory=dict, repr=False)
    contexts: list[BrowserContext] = field(default_factory=list)
    #: what a person would not see, but should not happen
    troubles: list[str] = field(default_factory=list)
    #: pictures and lists that were opened by themselves: the browser shows them in a page of its own making
    no_pages_of_ours: set[str] = field(default_factory=set)

    def page(self, size: tuple[int, int] = DESK, *, dark: bool = False, script: bool = True) -> Page:
        """Return a fresh browser window. Trouble in it fails the test at its end."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",
        )
        context.set_default_timeout(60_000)  # how busy this computer is says nothing about Stairgate
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(f"a script threw: {error}"))
        page.on("console", self._console)
        page.on("request", self._asked)
        page.on("response", self._answered)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        ours = message.location["url"] not in self.no_pages_of_ours
        if ours and message.type == "error" and "Content Security Policy" in message.text:
            self.troubles.append(f"{message.location['url']}: {message.text}")

    def _answered(self, response: Response) -> None:
        kind = response.headers.get("content-type", "text/html")
        if response.request.is_navigation_request() and not kind.startswith("text/html"):
            self.no_pages_of_ours.add(response.url)

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and address.hostname not in _THIS_MACHINE:
            self.troubles.append(f"asked another machine: {request.url}")

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


@dataclass(frozen=True)
class Demo:
    """A demo started with the one command."""

    url: str
    practice: str
    #: of its own processes: whoever has it can do what a command on that machine could
    environment: dict[str, str] = field(repr=False)


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """A running demo in a folder and a database of its own, stopped with one Ctrl-C."""
    with own_database() as environment:
        installation = Installation(folder / "home", environment | {"STAIRGATE_POLL_SECONDS": "2"})
        with installation.started("--demo") as running:
            page = next(line for line in running.told().splitlines() if line.endswith("/willow-lane"))
            practice = page.split()[-1].removesuffix("/willow-lane")
            yield Demo(running.url, practice, installation.everything)
            assert running.stop(group=True) == 0, running.told()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo that tests share. Whoever changes more in it than posts and their like starts one alone."""
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture
def stack(demo: Demo, chromium: Browser) -> Iterator[Stack]:
    found = Stack(demo.url, chromium, demo.practice, demo.environment)
    yield from watched(found)


def watched(found: Stack) -> Iterator[Stack]:
    """Yield it, and at the end close its windows and fail when there was trouble in one of them."""
    yield found
    for context in found.contexts:
        context.close()
    assert found.troubles == []


def violations(page: Page, only: Sequence[str] = ()) -> list[str]:
    """Return what axe finds on a page, one line for each rule: for all of them, or for some."""
    if not AXE.exists():
        pytest.skip("needs the Node parts: tests/node/install")
    page.evaluate(AXE.read_text("utf-8"))
    options: dict[str, Any] = {
        "runOnly": {"type": "rule", "values": only} if only else {"type": "tag", "values": _RULES},
        "resultTypes": ["violations"],  # what is well is counted, not described node by node
    }
    found = page.evaluate("options => axe.run(document, options)", options)
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]


def resize(page: Page, size: tuple[int, int]) -> None:
    """Give a page another size, as a window is that somebody turns or drags."""
    page.set_viewport_size({"width": size[0], "height": size[1]})


def fits(page: Page) -> bool:
    """Return whether nothing on a page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def follow(page: Page, to_press: Locator) -> None:
    """Press what leads to another page and wait until that page is there: only then may it be judged."""
    with page.expect_navigation():
        to_press.click()


Photograph = Callable[[Page, str], None]


@pytest.fixture
def photograph(request: pytest.FixtureRequest, tmp_path: Path) -> Photograph:
    """With --pictures, take a page at both sizes, light and dark, into the test's folder, and for the guide."""
    wanted = request.config.getoption("--pictures")

    def take(page: Page, name: str) -> None:
        if not wanted:
            return
        before = page.viewport_size
        for scheme in _SCHEMES:
            page.emulate_media(color_scheme=scheme)
            for size in (DESK, PHONE):
                resize(page, size)
                ending = "-dark" if scheme == "dark" else ""
                page.screenshot(path=tmp_path / f"{name}-{size[0]}{ending}.png", full_page=True)
                if scheme == "light":
                    PICTURES.mkdir(exist_ok=True)
                    page.screenshot(path=PICTURES / f"{name}-{size[0]}.png")
        page.emulate_media(color_scheme="light")
        if before:
            page.set_viewport_size(before)

    return take


def wait_until(page: Page, words: str, *, seconds: float = 120.0) -> None:
    """Load a page again until it shows some words."""
    end = time.monotonic() + seconds
    while words not in page.inner_text("body"):
        assert time.monotonic() < end, f"{words!r} never came: {page.inner_text('body')[:800]}"
        time.sleep(0.5)
        page.reload()


@pytest.fixture
def check(photograph: Photograph) -> Callable[[Page, str], None]:
    """Look at a page with axe, in light and dark, and take it."""

    def look(page: Page, name: str) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], (name, scheme)
        page.emulate_media(color_scheme="light")
        photograph(page, name)

    return look
