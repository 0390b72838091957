"""The register in the browser: somebody new is added, checked, trained and let in, and comes in by their own link."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Photograph, Stack, follow, violations
from tests.cast import PASSWORD

pytestmark = pytest.mark.browser

CLEAN: list[str] = []


def add(priya: Page, stack: Stack, name: str) -> None:
    """Put somebody on the register; their page is open then."""
    priya.goto(f"{stack.url}/people/")
    follow(priya, priya.get_by_role("link", name="Add a person"))
    priya.get_by_label("First name").fill(name)
    priya.get_by_label("Full name").fill(f"{name} Example")
    priya.get_by_label("Job title").fill("Practitioner")
    priya.get_by_label("First day").fill("2026-01-05")
    priya.get_by_label("Work email").fill(f"{name.lower()}@willowlane.example")
    assert violations(priya) == CLEAN
    follow(priya, priya.get_by_role("button", name="Add to the register"))
    priya.get_by_text("is on the register.").wait_for()


def record_what_was_seen(priya: Page) -> None:
    """Record a check and training of the person whose page is open."""
    today = priya.evaluate("new Date().toISOString().slice(0, 10)")
    follow(priya, priya.get_by_role("link", name="Record a check"))
    priya.get_by_label("barred list").check()
    priya.get_by_label("Certificate number").fill("001122334455")
    priya.get_by_label("Issued").fill("2026-01-02")
    priya.get_by_label("You saw it").fill(today)
    assert violations(priya) == CLEAN
    follow(priya, priya.get_by_role("button", name="I have seen it"))
    follow(priya, priya.get_by_role("link", name="Record training"))
    priya.get_by_label("Who gave it").fill("Fenmoor Council")
    priya.get_by_label("Finished").fill("2026-01-12")
    priya.get_by_label("Runs out").fill("2028-01-12")
    assert violations(priya) == CLEAN
    follow(priya, priya.get_by_role("button", name="Record the course"))


@pytest.mark.parametrize(("size", "name"), [(DESK, "Imogen"), (PHONE, "Jonah")], ids=["desk", "phone"])
def test_somebody_new_comes_in_by_their_own_link(
    stack: Stack, size: tuple[int, int], name: str, photograph: Photograph
) -> None:
    priya = stack.person("Priya", size)
    add(priya, stack, name)
    record_what_was_seen(priya)
    follow(priya, priya.get_by_role("link", name="Let them sign in"))
    priya.get_by_label("Author").check()
    assert violations(priya) == CLEAN
    follow(priya, priya.get_by_role("button", name="Make the link"))
    link = priya.get_by_label("Press, then copy").input_value()
    assert violations(priya) == CLEAN

    follow(priya, priya.get_by_role("button", name="Show the number"))
    priya.get_by_text("001122334455").wait_for()
    assert priya.get_by_text(f"{name} has not signed the policy in force.").is_visible()
    assert violations(priya) == CLEAN
    photograph(priya, "person")

    newcomer = stack.page(size)
    newcomer.goto(re.sub(r"^https?://[^/]+", stack.url, link))
    newcomer.get_by_role("heading", name=f"Welcome, {name}").wait_for()
    assert violations(newcomer) == CLEAN
    photograph(newcomer, "invited")
    newcomer.get_by_label("Password").fill(PASSWORD)
    follow(newcomer, newcomer.get_by_role("button", name="Choose this password"))
    newcomer.get_by_role("heading", name="Lock the door").wait_for()
    newcomer.goto(stack.url)
    newcomer.get_by_role("heading", level=1).filter(has_text=name).wait_for()
    newcomer.goto(f"{stack.url}/people/")
    assert newcomer.get_by_role("row").count() == 2, "the head of the table, and themselves"
    newcomer.goto(re.sub(r"^https?://[^/]+", stack.url, link))
    newcomer.get_by_role("heading", name="This link no longer works").wait_for()
    assert violations(newcomer) == CLEAN


def test_the_matrix_by_its_mock(stack: Stack, photograph: Photograph) -> None:
    priya = stack.person("Priya")
    priya.goto(f"{stack.url}/people/")
    assert violations(priya) == CLEAN
    photograph(priya, "people")
    follow(priya, priya.get_by_role("link", name="Running out soon"))
    first = priya.get_by_role("row").nth(1)
    assert "Aisha" in first.inner_text() and "8 days left" in first.inner_text()
    priya.emulate_media(color_scheme="dark")
    assert violations(priya) == CLEAN
    priya.emulate_media(media="print", color_scheme="light")
    assert priya.locator("button:visible, nav:visible").count() == 0


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_somebody_leaves_without_script(stack: Stack, size: tuple[int, int], photograph: Photograph) -> None:
    priya = stack.person("Priya", size, script=False)
    name = "Owen" if size == DESK else "Nadia"
    priya.goto(f"{stack.url}/people/")
    follow(priya, priya.get_by_role("link", name=name))
    follow(priya, priya.get_by_role("link", name="They are leaving"))
    follow(priya, priya.get_by_role("button", name="Record their last day"))
    follow(priya, priya.get_by_role("button", name=re.compile("It is done.*Devices")))
    done = priya.get_by_role("listitem").filter(has_text="Devices and keys given back")
    assert "Priya" in done.inner_text() and "Done" in done.inner_text()
    photograph(priya, f"leaving-{name}")
