"""Chromium, people signed in to the running demo, and eyes: the accessibility checker and the camera.

A page fails its test at the end when its script threw, when the browser refused something under the content
security policy, or when it asked any other machine for anything.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.browser.stack import Stack, running
from tests.databases import own_database

_ROOT = Path(__file__).resolve().parents[2]
_AXE = _ROOT / "tests/node/node_modules/axe-core/axe.min.js"
_PICTURES = _ROOT / "docs/pictures"
_AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_QUIET = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)
_WIDTHS = {1280: 900, 390: 844}
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1", None}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


class OpenPerson(Protocol):
    """Signs somebody of the demo in; returns their page, standing on Today."""

    def __call__(
        self, name: str, *, width: int = 1280, scheme: Scheme = "light", javascript: bool = True
    ) -> Page: ...


class OpenPage(Protocol):
    """Opens an address in a browser of its own, with nobody signed in."""

    def __call__(
        self, url: str, *, width: int = 1280, scheme: Scheme = "light", javascript: bool = True
    ) -> Page: ...


Photograph = Callable[[Page, str], list[Path]]
Axe = Callable[[Page], list[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs Chromium, said or not."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Skips where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed, so nothing was tried in a browser: apt-get install chromium")
    # Playwright keeps a loop running in this thread; without this, Django refuses every query beside it.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*_QUIET, *sandbox])
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Stack]:
    """The demo, running. All browser tests of a run share it, so a test looks for what it wrote itself."""
    folder = tmp_path_factory.mktemp("stack")
    with own_database() as environment, running(folder, environment) as found:
        yield found


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Open any address, as somebody with an empty browser."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(url: str, *, width: int = 1280, scheme: Scheme = "light", javascript: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": _WIDTHS.get(width, 900)},
            color_scheme=scheme,
            java_script_enabled=javascript,
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        _watch(page, troubles)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def _watch(page: Page, troubles: list[str]) -> None:
    """Note what a person would not see but should not happen."""

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            troubles.append(f"refused under the policy: {message.text}")

    def asked(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in _THIS_MACHINE:
            troubles.append(f"asked another machine: {request.url}")

    page.on("pageerror", lambda error: troubles.append(f"a script threw: {error}"))
    page.on("console", said)
    page.on("request", asked)


@pytest.fixture
def person(stack: Stack, open_page: OpenPage) -> OpenPerson:
    """Sign people of the demo in by first name, each in a browser of their own."""

    def sign_in(name: str, *, width: int = 1280, scheme: Scheme = "light", javascript: bool = True) -> Page:
        page = open_page(f"{stack.url}/sign-in/", width=width, scheme=scheme, javascript=javascript)
        page.locator("button[name=who]").filter(has_text=name).click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)
        return page

    return sign_in


@pytest.fixture
def public(stack: Stack, open_page: OpenPage) -> Page:
    """A member of the public, looking at the nursery's page on the practice network."""
    return open_page(stack.public_url)


@pytest.fixture(scope="session")
def axe() -> Axe:
    """Look at a page with axe: WCAG 2.0 to 2.2, levels A and AA, and best practice. Returns what it found."""
    if not _AXE.exists():
        pytest.skip("axe is not installed, so accessibility was not checked: cd tests/node && npm ci")
    source = _AXE.read_text("utf-8")

    def look(page: Page) -> list[str]:
        page.evaluate(source)  # through the debugger, which no content security policy can forbid
        found: dict[str, Any] = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
            _AXE_TAGS,
        )
        return [
            f"{rule['id']} ({rule['impact']}) at {node['target']}: {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    return look


@pytest.fixture
def photograph(tmp_path: Path, request: pytest.FixtureRequest) -> Photograph:
    """Take a page at 1280 and 390 px, light and dark; with ``--pictures``, into docs/pictures."""
    folder = _PICTURES if request.config.getoption("--pictures") else tmp_path / "pictures"

    def take(page: Page, name: str) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        before, taken = page.viewport_size, []
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            for width, height in _WIDTHS.items():
                page.set_viewport_size({"width": width, "height": height})
                path = folder / f"{name}-{width}{'-dark' if scheme == 'dark' else ''}.png"
                page.screenshot(path=path, full_page=True, animations="disabled")
                taken.append(path)
        page.emulate_media(color_scheme="light")
        if before:
            page.set_viewport_size(before)
        return taken

    return take
