"""One post the whole way, as its two people live it: written, mended, sent, sent back, mended, approved, published."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Stack, violations, wait_until
from tests.browser.steps import send_for_approval


def _write(author: Page, stack: Stack, words: str) -> None:
    author.goto(f"{stack.url}/posts/new/")
    author.get_by_role("textbox", name="2. What it says").fill(words)
    if not author.get_by_label("Facebook page").is_checked():
        author.get_by_label("Facebook page").check()


@pytest.mark.clause("C78")
@pytest.mark.clause("C81")
@pytest.mark.parametrize(("size", "day"), [(DESK, "Thursday"), (PHONE, "Friday")])
def test_written_mended_sent_back_mended_approved_published(
    stack: Stack, size: tuple[int, int], day: str, photograph: Any
) -> None:
    tom = stack.person("Tom", size)
    _write(tom, stack, f"Story time moves to {day}. Questions? Text me on 07700 900142.")
    tom.get_by_role("button", name="Save draft").last.click()
    tom.get_by_role("button", name="Change to “ring the office").first.click()
    words = tom.get_by_role("textbox", name="2. What it says")
    expect(words).to_have_value(re.compile("Ring the office on 01632"))
    assert "07700" not in words.input_value()
    send_for_approval(tom)

    priya = stack.person("Priya", size)
    priya.goto(f"{stack.url}/posts/approvals/")
    priya.get_by_role("link", name=f"Story time moves to {day}").click()
    priya.locator("summary", has_text="Return to Tom").click()
    priya.get_by_label("What should Tom change?").fill("Say at what time, please.")
    priya.get_by_role("button", name="Return with this note").click()
    priya.get_by_text("Returned to Tom with your note.").wait_for()

    tom.goto(stack.url)
    tom.get_by_role("link", name=f"Story time moves to {day}").first.click()
    tom.get_by_text("Say at what time, please.").first.wait_for()
    if "/edit/" not in tom.url:
        tom.get_by_role("link", name="Change it").click()
    box = tom.get_by_role("textbox", name="2. What it says")
    box.fill(box.input_value().replace(f"to {day}", f"to {day} at 10:30"))
    send_for_approval(tom)

    priya.goto(f"{stack.url}/posts/approvals/")
    priya.get_by_role("link", name=f"Story time moves to {day}").click()
    priya.get_by_role("heading", name="What changed since version").wait_for()
    assert "at 10:30" in priya.locator(".sg-diff ins").first.inner_text()
    photograph(priya, f"decision-{size[0]}")
    assert violations(priya) == []
    priya.get_by_label("I have read the words").check()
    priya.get_by_role("button", name="Approve and let it out").click()
    wait_until(priya, "On the page")

    public = stack.public()
    post = public.locator("article.post", has_text=f"Story time moves to {day}")
    assert post.count() == 1 and "at 10:30" in post.inner_text() and "07700" not in post.inner_text()
