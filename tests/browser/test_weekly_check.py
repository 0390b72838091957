"""A quiet week on a phone, a busy one at a desk: the check is gone through, signed, and its receipt shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE, Stack, fits, follow, running_demo, wait_until, watched
from tests.browser.steps import approve

pytestmark = [pytest.mark.browser, pytest.mark.clause("C37", "C38", "C39", "C75")]


@pytest.fixture
def own_stack(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Stack]:
    """A demo of its own: whoever decides in a shared one would decide what this check has to find."""
    with running_demo(tmp_path_factory.mktemp("check")) as demo:
        yield from watched(Stack(demo.url, chromium, demo.practice, demo.environment))


def write_under_a_post(stack: Stack, text: str) -> None:
    """Let the menu out, and a visitor write under it."""
    priya = stack.person("Priya")
    approve(priya, stack, "The December menu")
    wait_until(priya, "On the page")
    public = stack.public()
    post = public.locator("article.post", has_text="The December menu")
    post.get_by_label("Made-up name").last.fill("Sam")
    post.get_by_label("Your comment").fill(text)
    post.get_by_role("button", name="Comment").click()
    public.get_by_text(text).first.wait_for()


def answer(person: Page, **found: str) -> None:
    """Say "nothing" under each heading of the open step, or what was found."""
    for box in person.locator("main input[value=none]").all():
        box.check()
    for heading, note in found.items():
        person.locator(f"#{heading}-f").check()
        person.locator(f"#{heading}-note").fill(note)
    follow(person, person.get_by_role("button", name="Done, next step"))


def test_a_quiet_week_on_a_phone(own_stack: Stack, check: Callable[[Page, str], None]) -> None:
    kofi = own_stack.person("Kofi", PHONE)
    kofi.goto(f"{own_stack.url}/check/")
    assert "0 of 5 done" in kofi.inner_text("main") and fits(kofi)
    check(kofi, "check-begun")
    taps = 0
    while kofi.get_by_role("button", name="Done, next step").count():
        taps += kofi.locator("main input[value=none]").count() + 1
        answer(kofi)
    assert taps == 13 + 5, "each heading is a tap, and each step one more"
    check(kofi, "check-answered")
    follow(kofi, kofi.get_by_role("button", name="Sign the check"))
    assert "A quiet week: nothing found" in kofi.inner_text("main") and fits(kofi)
    check(kofi, "check-receipt")


def test_what_nobody_decided_keeps_a_busy_week_open(
    own_stack: Stack, check: Callable[[Page, str], None]
) -> None:
    gwen = own_stack.person("Gwen")
    write_under_a_post(own_stack, "What a lovely garden")
    gwen.goto(f"{own_stack.url}/inbox/")
    wait_until(gwen, "What a lovely garden")
    gwen.goto(f"{own_stack.url}/check/")
    answer(gwen)
    assert "1 thing waits in the inbox" in gwen.inner_text("main")
    check(gwen, "check-undecided")
    for _ in range(4):
        answer(
            gwen, **({"tags": "A parent tagged the page with a child; removed at once."} if _ == 1 else {})
        )
    assert gwen.get_by_role("button", name="Sign the check").count() == 0
    gwen.goto(f"{own_stack.url}/inbox/")
    gwen.get_by_role("button", name=re.compile("with nothing found: no action")).first.click()
    gwen.goto(f"{own_stack.url}/check/")
    follow(gwen, gwen.get_by_role("button", name="Sign the check"))
    assert "removed at once" in gwen.inner_text("main")
    kofi = own_stack.person("Kofi")
    kofi.goto(f"{own_stack.url}/check/again/")
    assert "What a lovely garden" in kofi.inner_text("main")
    check(kofi, "check-again")
    follow(kofi, kofi.get_by_role("button", name="I agree, it is safe"))
    assert "two people have looked at it" in kofi.inner_text("body")
