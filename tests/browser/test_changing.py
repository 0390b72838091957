"""Changing what is published, in Chromium: the old words stay until a second person said yes to the new ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.browser.conftest import PHONE, Stack, follow, violations, wait_until
from tests.browser.steps import approve, send_for_approval

pytestmark = pytest.mark.browser

LONDON = ZoneInfo("Europe/London")
OLD = "The harvest supper is on Friday, in the hall."
NEW = "The harvest supper is on Saturday, in the hall."


@pytest.mark.clause("C78")
def test_the_page_gets_the_new_words_when_somebody_else_said_yes(stack: Stack, photograph: Any) -> None:
    tom = stack.person("Tom")
    tom.goto(f"{stack.url}/posts/new/")
    tom.get_by_role("textbox", name="2. What it says").fill(OLD)
    if not tom.get_by_label("Facebook page").is_checked():
        tom.get_by_label("Facebook page").check()
    send_for_approval(tom)
    address = tom.url
    priya = stack.person("Priya")
    approve(priya, stack, "The harvest supper is on Friday")
    wait_until(priya, "On the page")

    tom.goto(address)
    tom.locator("summary", has_text="Change what is on the page").click()
    photograph(tom, "change-published")
    found = {"published": violations(tom)}
    follow(tom, tom.get_by_role("button", name="Begin a change"))
    assert tom.get_by_role("heading", level=1).inner_text() == "Change what is on the page"
    assert "These words are on the page already" in tom.inner_text("#gate")
    tom.get_by_role("textbox", name="2. What it says").fill(NEW)
    tom.get_by_role("button", name="Save draft").last.click()
    tom.get_by_role("button", name="Send for approval").wait_for()
    photograph(tom, "change-writing")
    found["writing"] = violations(tom)
    tom.get_by_role("button", name="Send for approval").click()
    tom.get_by_text("Sent for approval.").wait_for()
    public = stack.public()
    assert OLD in public.inner_text("body") and NEW not in public.inner_text("body")
    tom.goto(address)
    assert "A change is under way" in tom.inner_text("main")
    found["under way"] = violations(tom)
    photograph(tom, "change-under-way")
    tom.goto(f"{stack.url}/posts/")
    assert "A change of it: Waiting for approval" in tom.inner_text("main")
    tom.goto(f"{stack.url}/posts/calendar/?show=day&on={datetime.now(LONDON):%Y-%m-%d}")
    assert "A change: waiting for approval" in tom.inner_text("main")

    phone = stack.person("Kofi", PHONE)
    phone.goto(f"{stack.url}/posts/approvals/")
    follow(phone, phone.get_by_role("link", name="The harvest supper is on Saturday"))
    assert "Friday" in phone.locator("del").first.inner_text()
    photograph(phone, "change-decide")
    found["decide"] = violations(phone)
    phone.get_by_label("I have read the words").check()
    phone.get_by_role("button", name="Approve and let it out").click()
    wait_until(phone, "The words were changed")
    found["changed"] = violations(phone)
    public.reload()
    assert NEW in public.inner_text("body") and OLD not in public.inner_text("body")
    tom.goto(address)
    assert NEW in tom.inner_text("figure") and "See the change by Tom" in tom.inner_text("main")
    photograph(tom, "change-changed")
    found["history"] = violations(tom)
    assert {path: rules for path, rules in found.items() if rules} == {}
