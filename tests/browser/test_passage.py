"""The whole passage, in Chromium, as two people and a member of the public."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Stack, fits, resize, violations, wait_until
from tests.browser.steps import approve, checks_out_offline, every_page, send_for_approval

pytestmark = pytest.mark.browser

#: a small telephone, or one on which the letters were made large
NARROW = (320, 640)
#: of what axe looks for, whatever a size or a colour can change; all the rest was judged in the first form
LOOKS = (
    "color-contrast",
    "target-size",
    "link-in-text-block",
    "scrollable-region-focusable",
    "aria-hidden-focus",
)
FORMS: tuple[tuple[tuple[int, int], Literal["light", "dark"], Sequence[str]], ...] = (
    (DESK, "light", ()),
    (PHONE, "dark", LOOKS),
)


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


def test_axe_finds_nothing(stack: Stack) -> None:
    """On no page that a manager can come to by links, light or dark; and nothing there is wider than a screen.

    Each page is loaded once and then given the other sizes, as a window is that somebody turns or drags smaller.
    """
    found = {}
    door = stack.page()
    door.goto(f"{stack.url}/sign-in/")
    found["/sign-in/"] = troubles(door)
    door.goto(f"{stack.practice}/willow-lane")
    found["/willow-lane"] = troubles(door)
    priya = stack.person("Priya")
    for path in every_page(priya, stack):
        found[path] = troubles(priya)
    assert {path: rules for path, rules in found.items() if rules} == {}
    assert len(found) > 60


def troubles(page: Page) -> list[str]:
    """Return what is wrong with the page at hand, in each form it takes."""
    found = []
    for size, scheme, only in FORMS:
        resize(page, size)
        page.emulate_media(color_scheme=scheme)
        found += [f"{size[0]} {scheme}: {one}" for one in violations(page, only)]
        found += [] if fits(page) else [f"wider than {size[0]}"]
    resize(page, NARROW)
    found += [] if fits(page) else [f"wider than {NARROW[0]}"]
    resize(page, DESK)
    page.emulate_media(color_scheme="light")
    return found
