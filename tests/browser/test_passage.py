"""The whole passage, in Chromium, as two people and a member of the public."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import DESK, PHONE, Stack, follow, violations, wait_until
from tests.browser.steps import approve, checks_out_offline, send_for_approval

pytestmark = pytest.mark.browser


@pytest.mark.clause("C78")
def test_a_post_goes_through_the_gate_and_the_public_answers(
    stack: Stack, photograph: Any, tmp_path: Path
) -> None:
    tom = stack.person("Tom")
    tom.goto(f"{stack.url}/posts/?state=draft")  # on his Today there may be newer ones first
    tom.get_by_role("link", name="What a morning at the allotment").click()
    tom.get_by_role("link", name="Change it").click()
    tom.get_by_role("heading", name="At the gate").wait_for()
    assert "3 things to look at" in tom.inner_text("main")
    photograph(tom, "compose")
    for button in ("Change to “One of our Acorns”", "Change to “More soon", "Change to “ring the office"):
        tom.get_by_role("button", name=button).first.click()
        tom.wait_for_timeout(900)
    tom.get_by_role("button", name="Send for approval").click()
    tom.get_by_text("Sent for approval.").wait_for()
    assert tom.get_by_role("button", name="Approve").count() == 0

    priya = stack.person("Priya")
    photograph(priya, "today")
    priya.get_by_role("link", name="Approve posts").first.click()
    priya.get_by_role("link", name="What a morning").click()
    photograph(priya, "review")
    priya.get_by_role("button", name="Approve and let it out").click()
    priya.get_by_text("tick that each line above the tick is so").wait_for()
    priya.get_by_label("I have read the words").check()
    priya.get_by_role("button", name="Approve and let it out").click()
    wait_until(priya, "On the page")

    public = stack.public()
    post = public.locator("article.post", has_text="One of our Acorns")
    assert post.count() == 1
    post.get_by_label("Made-up name").last.fill("friendly_8")
    post.get_by_label("Your comment").fill(
        "Which days is the one in the red coat in? I am round there most mornings"
    )
    post.get_by_role("button", name="Comment").click()
    public.get_by_text("red coat").first.wait_for()

    gwen = stack.person("Gwen")
    gwen.goto(f"{stack.url}/inbox/")
    wait_until(gwen, "friendly_8")
    photograph(gwen, "inbox")
    gwen.get_by_role("link", name="friendly_8").click()
    wait_until(gwen, "Hidden from the page")
    gwen.locator("summary", has_text="Hide it and ban").click()
    gwen.get_by_label("Why?").first.fill("Asks when a child can be found")
    gwen.get_by_role("button", name="Hide and ban").click()
    gwen.get_by_text("Decided:").first.wait_for()
    public.reload()
    assert "red coat" not in public.inner_text("body")

    priya.goto(f"{stack.url}/policy/")
    photograph(priya, "policy")
    assert checks_out_offline(priya, stack, tmp_path)


def test_everything_works_without_script(stack: Stack) -> None:
    tom = stack.person("Tom", script=False)
    tom.goto(f"{stack.url}/posts/new/")
    tom.get_by_role("textbox", name="2. What it says").fill("Thank you for all the jumpers.")
    if not tom.get_by_label("Facebook page").is_checked():
        tom.get_by_label("Facebook page").check()
    send_for_approval(tom)
    kofi = stack.person("Kofi", script=False)
    approve(kofi, stack, "Thank you for all the jumpers")
    wait_until(kofi, "On the page")


PAGES = (
    "/",
    "/posts/",
    "/posts/new/",
    "/posts/approvals/",
    "/posts/calendar/",
    "/posts/calendar/?show=week",
    "/posts/calendar/?show=list",
    "/posts/calendar/?show=day",
    "/posts/calendar/phone/",
    "/posts/standing/",
    "/posts/urgent/",
    "/posts/urgent/new/",
    "/inbox/",
    "/inbox/decided/",
    "/accounts/",
    "/people/",
    "/policy/",
    "/policy/?show=mend",
    "/policy/clause/C18/",
    "/policy/record/",
    "/policy/words/",
    "/policy/sign/",
    "/policy/sign/mine/",
    "/policy/sign/who/",
    "/reminders/",
    "/reminders/round/",
    "/people/declaration/",
    "/people/declaration/guides/",
    "/reminders/exceptions/ask/",
    "/menu/",
    "/worried/",
    "/not-a-page/",
)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_axe_finds_nothing(stack: Stack, size: tuple[int, int], dark: bool) -> None:
    found = {}
    door = stack.page(size, dark=dark)
    door.goto(f"{stack.url}/sign-in/")
    found["/sign-in/"] = violations(door)
    door.goto(f"{stack.practice}/willow-lane")
    found["/willow-lane"] = violations(door)
    priya = stack.person("Priya", size, dark=dark)
    for path in PAGES:
        priya.goto(stack.url + path)
        found[path] = violations(priya)
        assert priya.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    for path, link in (
        ("/posts/approvals/", "ol h2 a"),
        ("/posts/", ".sg-rows a"),
        ("/inbox/decided/", ".sg-mail a"),
    ):
        priya.goto(stack.url + path)
        if priya.locator(link).count():
            follow(priya, priya.locator(link).first)
            found[priya.url] = violations(priya)
    assert {path: rules for path, rules in found.items() if rules} == {}
