"""Stop and report it, in Chromium: from the comment to the end, on a phone and at a desk, without a picture anywhere."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Stack, fits, follow, violations, wait_until
from tests.browser.steps import approve, send_for_approval
from tests.browser.test_approval import no_findings, written

pytestmark = pytest.mark.browser


def comment(stack: Stack, name: str, words: str) -> None:
    """Publish something, and write under it as anybody can."""
    about = f"Puddle day for {name}"
    send_for_approval(written(stack, f"{about}."))
    priya = stack.person("Priya")
    approve(priya, stack, about)
    wait_until(priya, "On the page")
    public = stack.public()
    post = public.locator("article.post", has_text=about)
    post.get_by_label("Made-up name").last.fill(name)
    post.get_by_label("Your comment").fill(words)
    post.get_by_role("button", name="Comment").click()
    public.get_by_text(words).first.wait_for()


def around(page: Page, photograph: Any) -> None:
    """Look at every page around the comment at hand, and at the comment itself."""
    where = page.url
    for name in ("handle", "alike", "complaint"):
        page.goto(f"{where}{name}/")
        photograph(page, f"item-{name}")
        no_findings(page)
    page.goto(where)
    no_findings(page)


def write(page: Page, button: str) -> None:
    follow(page, page.get_by_role("button", name=button))


def report(page: Page, whom: str, label: str, value: str) -> None:
    row = page.locator("details", has=page.locator("summary", has_text=whom))
    row.locator("summary").click()
    row.get_by_label(label).fill(value)
    follow(page, row.get_by_role("button", name="Write it down"))


@pytest.mark.clause("C43")
@pytest.mark.parametrize(("size", "script"), [(DESK, True), (PHONE, False)])
def test_from_the_comment_to_the_end(
    stack: Stack, photograph: Any, size: tuple[int, int], script: bool
) -> None:
    name = f"stranger{size[0]}"
    comment(stack, name, f"Look what I have got, number {size[0]}")
    kofi = stack.person("Kofi", size, script=script)
    kofi.goto(f"{stack.url}/inbox/")
    wait_until(kofi, name)
    follow(kofi, kofi.get_by_role("link", name=name).first)
    photograph(kofi, "inbox-item")
    if script:
        around(kofi, photograph)
    write(kofi, "Stop and report it")
    address = kofi.url
    assert kofi.locator("main img, main input[type=file]").count() == 0
    photograph(kofi, "serious")
    write(kofi, "No, nobody is in danger now")
    kofi.get_by_label("Who has seen it").fill("Kofi")
    kofi.get_by_role("button", name="Write it down").first.click()
    kofi.get_by_text("Seen by: Kofi").wait_for()
    write(kofi, "Gwen knows of it")
    report(kofi, "Internet Watch Foundation", "Reference number", "IWF 12345")
    for whom in ("Police", "CEOP Safety Centre", "The network itself"):
        report(kofi, whom, "Not reported, because", "The foundation passes it on")
    assert f"number {size[0]}" in stack.public().inner_text("body"), "it stays until its address was reported"
    write(kofi, "Hide it now")
    kofi.get_by_label("Who looks after them").fill("Gwen, this afternoon")
    kofi.locator("form", has=kofi.get_by_label("Who looks after them")).get_by_role("button").click()
    kofi.get_by_text("Nothing is missing.").wait_for()
    assert fits(kofi)
    if script:
        no_findings(kofi)
    gwen = stack.person("Gwen", size, script=script)
    gwen.goto(address)
    photograph(gwen, "serious-done")
    write(gwen, "Finish this")
    gwen.goto(address)
    assert "Finished by Gwen" in gwen.inner_text("main")
    public = stack.public()
    wait_until_gone(public, f"number {size[0]}")


def wait_until_gone(page: Page, words: str) -> None:
    for _ in range(60):
        if words not in page.inner_text("body"):
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"{words!r} is still there")


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_axe_finds_nothing_where_it_begins(stack: Stack, photograph: Any, size: tuple[int, int]) -> None:
    kofi = stack.person("Kofi", size)
    kofi.goto(f"{stack.url}/inbox/serious/")
    photograph(kofi, "serious-begin")
    assert violations(kofi) == [] and fits(kofi)
    write(kofi, "Begin the steps")
    assert violations(kofi) == [] and fits(kofi)
    kofi.goto(f"{stack.url}/inbox/")
    assert "Stopped: something looks illegal" in kofi.inner_text("main")
    assert violations(kofi) == [] and fits(kofi)
