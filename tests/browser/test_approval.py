"""Deciding together, in Chromium: a conversation about a post, a reason where there is no purpose, a child's comment."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from stairgate.publishing.rules import NO_PURPOSE
from tests.browser.conftest import DESK, PHONE, Stack, resize, violations, wait_until
from tests.browser.steps import approve, send_for_approval

pytestmark = pytest.mark.browser


def no_findings(page: Page) -> None:
    """Axe finds nothing, at both sizes, in light and in dark; nothing is wider than the screen."""
    for width, height in (DESK, PHONE):
        resize(page, (width, height))
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(color_scheme="light")
    resize(page, DESK)


def written(stack: Stack, text: str) -> Page:
    """Return Tom’s window, with these words typed in a new post."""
    tom = stack.person("Tom")
    tom.goto(f"{stack.url}/posts/new/")
    tom.get_by_role("textbox", name="2. What it says").fill(text)
    if not tom.get_by_label("Facebook page").is_checked():
        tom.get_by_label("Facebook page").check()
    return tom


@pytest.mark.clause("C03")
@pytest.mark.clause("C82")
def test_two_people_talk_about_a_post_and_it_goes_out_with_a_reason(stack: Stack, photograph: Any) -> None:
    tom = written(stack, "Thank you to the fire brigade for the visit.")
    send_for_approval(tom, NO_PURPOSE)
    tom.get_by_label("Write to whoever approves").fill("None of our purposes fits a thank-you.")
    tom.get_by_role("button", name="Say it").click()
    tom.get_by_text("Said. It is on their Today now.").wait_for()

    priya = stack.person("Priya")
    priya.get_by_role("link", name="Tom: “None of our purposes").first.click()
    priya.get_by_role("heading", name="What was said about it").wait_for()
    photograph(priya, "talk")
    no_findings(priya)
    priya.get_by_label("I have read the words").check()
    priya.get_by_label("It is for none of our purposes").fill(
        "They came to see the children, and families ask."
    )
    priya.get_by_role("button", name="Approve and let it out").click()
    wait_until(priya, "On the page")
    assert "They came to see the children" in priya.inner_text("main")


@pytest.mark.clause("C59")
def test_a_childs_comment_is_answered_with_the_fixed_words(stack: Stack, photograph: Any) -> None:
    send_for_approval(written(stack, "Puddle day is on Friday."))
    priya = stack.person("Priya")
    approve(priya, stack, "Puddle day is on Friday")
    wait_until(priya, "On the page")
    public = stack.public()
    post = public.locator("article.post", has_text="Puddle day is on Friday")
    post.get_by_label("Made-up name").last.fill("max_the_fox")
    post.get_by_label("Your comment").fill("im 12 can i come to puddle day")
    post.get_by_role("button", name="Comment").click()
    kofi = stack.person("Kofi")
    kofi.goto(f"{stack.url}/inbox/")
    wait_until(kofi, "max_the_fox")
    kofi.get_by_role("link", name="max_the_fox").first.click()
    kofi.locator("summary", has_text="Reply as the team").click()
    photograph(kofi, "under-18")
    no_findings(kofi)
    kofi.get_by_role("button", name="Answer with these words").click()
    kofi.get_by_text("Words: nothing left to look at").wait_for()
    kofi.get_by_role("textbox", name="2. What it says").fill("Come along!")
    kofi.get_by_text("Words: only the fixed words may answer somebody under 18").wait_for()
