"""After publishing, in Chromium: what changed on the page is seen, taken down; everything is paused and opened."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, Stack, violations, wait_until
from tests.browser.steps import approve, send_for_approval

pytestmark = pytest.mark.browser

WORDS = "Thank you for the wellies. Soup day is on Friday."


@pytest.mark.clause("C78")
def test_what_was_changed_on_the_page_is_shown_word_by_word_and_taken_down(
    stack: Stack, photograph: Any
) -> None:
    tom = stack.person("Tom")
    tom.goto(f"{stack.url}/posts/new/")
    tom.get_by_role("textbox", name="2. What it says").fill(WORDS)
    if not tom.get_by_label("Facebook page").is_checked():
        tom.get_by_label("Facebook page").check()
    send_for_approval(tom)
    priya = stack.person("Priya")
    approve(priya, stack, "Thank you for the wellies")
    wait_until(priya, "On the page")

    public = stack.public()
    number = public.locator("article.post", has_text="wellies").get_attribute("id")
    change = {"post": str(number).replace("post-", "1_"), "message": WORDS.replace("Soup", "Beer")}
    httpx2.post(f"{stack.practice}/practice/edit-post", json=change, trust_env=False).raise_for_status()
    priya.get_by_role("button", name="Compare it now").click()
    wait_until(priya, "Changed on the page")
    assert priya.locator("del").inner_text().endswith("Soup") and priya.locator("ins").inner_text().endswith(
        "Beer"
    )
    photograph(priya, "changed")
    found = {"changed": violations(priya)}
    address = priya.url
    priya.goto(stack.url)
    assert "What people see on the page is not what was approved." in priya.inner_text("main")
    found["today"] = violations(priya)

    phone = stack.person("Kofi", PHONE)
    phone.goto(address)
    phone.locator("summary", has_text="Take this post down").click()
    phone.locator("#td").fill("Somebody changed it there")
    phone.get_by_role("button", name="Take it down").click()
    wait_until(phone, "and it is gone")
    photograph(phone, "taken-down")
    found["taken down"] = violations(phone)
    public.reload()
    assert "wellies" not in public.inner_text("body")
    assert {path: rules for path, rules in found.items() if rules} == {}


@pytest.mark.clause("C84")
def test_everything_is_paused_in_a_few_taps_and_opened_by_two(stack: Stack, photograph: Any) -> None:
    gwen = stack.person("Gwen", PHONE)
    gwen.locator("summary", has_text="Pause everything").click()
    gwen.locator("#pause-all").fill("Somebody has our password")
    photograph(gwen, "pause-today")
    gwen.get_by_role("button", name="Pause everything").click()
    gwen.get_by_text("Everything is paused. Nothing goes out").first.wait_for()

    priya = stack.person("Priya")
    assert "Everything is paused" in priya.inner_text("main")
    photograph(priya, "paused-today")
    priya.goto(f"{stack.url}/accounts/")
    photograph(priya, "paused-accounts")
    found = {"paused": violations(priya)}
    priya.locator("summary", has_text="Ask to open it again").click()
    priya.get_by_label("Why is it safe again?").fill("The password is changed")
    priya.get_by_role("button", name="Ask to open it").click()
    priya.get_by_text("Somebody else has to confirm it now").first.wait_for()
    assert priya.get_by_role("button", name="open it again").count() == 0

    kofi = stack.person("Kofi", PHONE)
    kofi.get_by_role("link", name="Read and decide").first.click()
    _photographed(kofi, photograph, found)
    kofi.get_by_role("button", name="It is safe: open it again").click()
    kofi.get_by_text("The pause has ended").first.wait_for()
    assert "Gate can open" in kofi.inner_text("main")
    found["accounts"] = violations(kofi)
    assert {path: rules for path, rules in found.items() if rules} == {}


def _photographed(page: Page, photograph: Any, found: dict[str, list[str]]) -> None:
    page.get_by_role("button", name="It is safe: open it again").wait_for()
    photograph(page, "confirm")
    found["confirm"] = violations(page)
