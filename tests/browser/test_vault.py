"""The vault in the browser: put in, look with a reason, copy, codes that change, and a leaver makes it to be changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import (
    PHONE,
    Photograph,
    Stack,
    follow,
    running_demo,
    violations,
    wait_until,
    watched,
)

pytestmark = pytest.mark.browser

CLEAN: list[str] = []
KEY = "JBSW Y3DP EHPK 3PXP"


@pytest.fixture
def alone(chromium: Browser, tmp_path: Path) -> Iterator[Stack]:
    """A demo of its own, in which somebody may leave."""
    with running_demo(tmp_path) as running:
        yield from watched(Stack(running.url, chromium, running.practice, running.environment))


def to_the_vault(person: Page, stack: Stack) -> None:
    """Go to the vault of the page, by the links."""
    person.goto(f"{stack.url}/accounts/")
    follow(person, person.get_by_role("link", name="See everything about Facebook page"))
    follow(person, person.get_by_role("link", name="Vault:"))


def put_in(person: Page, name: str, secret: str) -> None:
    """Put the password of the account into the vault that is open."""
    follow(person, person.get_by_role("link", name="Put in the account’s password"))
    person.get_by_label("Signed in with").fill(name)
    person.get_by_label("Where it is typed").fill("facebook.example")
    person.get_by_label("Password of the account").fill(secret)
    person.get_by_label("Key for sign-in codes").fill(KEY)
    assert violations(person) == CLEAN
    follow(person, person.get_by_role("button", name="Put it into the vault"))
    person.get_by_text("It is in the vault.").wait_for()


def test_a_look_has_a_reason_and_is_there_for_all_to_see(stack: Stack, photograph: Photograph) -> None:
    kofi = stack.person("Kofi", PHONE)
    kofi.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=stack.url)
    to_the_vault(kofi, stack)
    put_in(kofi, "page-phone", "seven purple kettles")
    assert violations(kofi) == CLEAN
    photograph(kofi, "vault-entry")

    kofi.get_by_label("What do you need it for?").fill("x")
    kofi.get_by_role("button", name="Show it").click()
    kofi.get_by_text("Say in a few words what you need it for.").first.wait_for()
    assert violations(kofi) == CLEAN
    kofi.get_by_label("What do you need it for?").fill("Facebook signed us out")
    follow(kofi, kofi.get_by_role("button", name="Show it"))
    assert kofi.get_by_role("textbox", name="The secret").input_value() == "seven purple kettles"
    assert violations(kofi) == CLEAN
    photograph(kofi, "vault-look")
    kofi.get_by_role("button", name="Copy it").click()
    kofi.get_by_text("Copied, and written down.").wait_for()
    assert kofi.evaluate("navigator.clipboard.readText()") == "seven purple kettles"

    follow(kofi, kofi.get_by_role("link", name="Hide it"))
    kofi.get_by_label("What do you need it for?").fill("It asks for a code")
    follow(kofi, kofi.get_by_role("button", name="Show a sign-in code"))
    code = kofi.locator("#code")
    first = code.inner_text()
    assert re.fullmatch(r"\d{3} \d{3}", first) and violations(kofi) == CLEAN
    photograph(kofi, "vault-code")
    kofi.wait_for_function(
        "first => document.getElementById('code').innerText !== first", arg=first, timeout=40_000
    )

    helen = stack.person("Helen", PHONE)
    to_the_vault(helen, stack)
    said = helen.get_by_role("region", name="Who looked").inner_text()
    for words in ("Kofi copied it", "Kofi looked at it", "Kofi saw its codes", "Facebook signed us out"):
        assert words in said
    assert "seven purple kettles" not in helen.content() and violations(helen) == CLEAN
    photograph(helen, "vault")


def test_who_copies_by_keyboard_is_written_down_too(stack: Stack) -> None:
    kofi = stack.person("Kofi")
    to_the_vault(kofi, stack)
    put_in(kofi, "by-keyboard", "eight purple kettles")
    kofi.get_by_label("What do you need it for?").fill("Typing it there")
    follow(kofi, kofi.get_by_role("button", name="Show it"))
    kofi.get_by_role("textbox", name="The secret").select_text()
    with kofi.expect_response("**/copied/") as answer:
        kofi.keyboard.press("Control+c")
    assert answer.value.status == 204


def test_a_leaver_makes_it_to_be_changed_that_day(alone: Stack, photograph: Photograph) -> None:
    kofi = alone.person("Kofi")
    to_the_vault(kofi, alone)
    put_in(kofi, "willow-lane", "seven purple kettles")
    priya = alone.person("Priya")
    priya.goto(f"{alone.url}/people/")
    follow(priya, priya.get_by_role("link", name="Kofi"))
    follow(priya, priya.get_by_role("link", name="They are leaving"))
    priya.get_by_label("Last day").fill((date.today() - timedelta(days=1)).isoformat())
    follow(priya, priya.get_by_role("button", name=re.compile("last day|leav", re.IGNORECASE)))
    priya.goto(f"{alone.url}/")
    wait_until(priya, "the account itself: change the password today")
    assert violations(priya) == CLEAN
    photograph(priya, "vault-today")
    to_the_vault(priya, alone)
    priya.get_by_text("Kofi could see it and holds it no more. Change it today.").first.wait_for()
    assert violations(priya) == CLEAN
    photograph(priya, "vault-to-change")
    follow(priya, priya.get_by_role("link", name="The account itself"))
    follow(priya, priya.get_by_role("link", name="Put in the new one"))
    priya.get_by_label("New: password of the account").fill("eight purple kettles")
    assert violations(priya) == CLEAN
    photograph(priya, "vault-new")
    follow(priya, priya.get_by_role("button", name="Put it into the vault"))
    priya.get_by_text("The new one is in the vault.").wait_for()
    assert priya.get_by_text("Change it today").count() == 0


def test_an_envelope_is_printed_and_its_opening_is_told(alone: Stack, photograph: Photograph) -> None:
    priya = alone.person("Priya")
    to_the_vault(priya, alone)
    priya.get_by_text("Print one").click()
    priya.get_by_label("Where will it be kept?").fill("The office safe")
    assert violations(priya) == CLEAN
    with priya.expect_response("**/vault/envelope/", timeout=40_000) as answer:
        priya.get_by_role("button", name="Print the envelope").click()
    assert answer.value.headers["content-type"] == "application/pdf"
    gwen = alone.person("Gwen")
    to_the_vault(gwen, alone)
    gwen.get_by_text("Envelope 1 was opened").click()
    photograph(gwen, "vault-envelope")
    gwen.get_by_label("Why was it opened?").fill("A threat on the page, and nobody answered")
    follow(gwen, gwen.get_by_role("button", name="Write down that it was opened"))
    gwen.get_by_text("Envelope 1 was opened, and it is in there.").first.wait_for()
    assert violations(gwen) == CLEAN
    priya.goto(f"{alone.url}/")
    wait_until(priya, "Gwen opened envelope 1 of Facebook page")
