"""Something urgent, in Chromium: from Today to the page in under a minute of taps, and the second look after."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import DESK, PHONE, Stack, follow, resize, violations, wait_until
from tests.browser.test_approval import no_findings

pytestmark = pytest.mark.browser

#: every press, and every choice in a list or of a time
MOST_TAPS, MOST_SECONDS = 12, 60


@dataclass
class Thumb:
    """Somebody's thumb: counts what it does."""

    page: Page
    taps: int = 0

    def press(self, what: Locator, *, leads_on: bool = False) -> None:
        self.taps += 1
        if leads_on:
            follow(self.page, what)
        else:
            what.click()

    def choose(self, label: str, number: int) -> None:
        """Open a list and take one of it: two taps."""
        self.taps += 2
        self.page.get_by_label(label, exact=True).select_option(index=number)

    def time(self, label: str, value: str) -> None:
        """Open the clock of the phone, and set hour and minutes."""
        self.taps += 3
        self.page.get_by_label(label, exact=True).fill(value)


@pytest.mark.clause("C78")
@pytest.mark.parametrize(("size", "who", "looker"), [(PHONE, "Kofi", "Priya"), (DESK, "Priya", "Kofi")])
def test_an_urgent_closure_is_out_in_under_a_minute_of_taps(
    stack: Stack, photograph: Any, size: tuple[int, int], who: str, looker: str
) -> None:
    reason = "we have no water" if size == PHONE else "the power is off"
    page = stack.person(who, size)
    thumb, began = Thumb(page), time.monotonic()
    way = page.get_by_role("link", name="Tell everybody something urgent")
    if size == PHONE:
        box = way.bounding_box()
        assert box is not None and box["y"] + box["height"] < PHONE[1], "seen without scrolling"
    thumb.press(way, leads_on=True)
    card = page.get_by_role("region", name="We have to close")
    thumb.press(card.get_by_role("link", name="Send this"), leads_on=True)
    thumb.choose("Day", 1)
    thumb.press(page.get_by_label(reason))
    thumb.choose("Opens on", 2)
    thumb.time("Opens at", "08:00")
    thumb.press(page.get_by_role("button", name="See what goes out"), leads_on=True)
    assert f"because {reason}. We plan to open again" in page.inner_text("main")
    photograph(page, "urgent-see")
    no_findings(page)
    resize(page, size)
    thumb.press(page.get_by_role("button", name="Send it now"), leads_on=True)
    wait_until(page, "On the page")
    assert time.monotonic() - began < MOST_SECONDS and thumb.taps <= MOST_TAPS, thumb.taps
    public = stack.public()
    assert public.locator("article.post", has_text=reason).count() == 1

    photograph(page, "urgent-sent")
    assert f"These can: {looker}." in page.inner_text("main")
    assert page.get_by_role("button", name="Write it down").count() == 0
    address = page.url
    other = stack.person(looker, size)
    assert "Second look" in other.inner_text("main")
    other.goto(address)
    photograph(other, "urgent-look")
    no_findings(other)
    other.get_by_role("radio", name="Something is wrong").check()
    other.get_by_label("In a few words").fill("The water was back at seven.")
    follow(other, other.get_by_role("button", name="Write it down"))
    assert "“The water was back at seven.”" in other.inner_text("main")


def test_a_template_is_written_and_approved_without_script(stack: Stack, photograph: Any) -> None:
    tom = stack.person("Tom", script=False)
    tom.goto(f"{stack.url}/posts/urgent/new/")
    tom.get_by_label("What it is called").fill("A late opening")
    tom.get_by_label("What it is for").select_option(index=1)
    tom.get_by_label("What it says").fill("We open at {time} on {day}.")
    tom.get_by_role("button", name="Keep it").click()
    assert "Say below what each gap takes: Time, Day." in tom.inner_text("main")
    photograph(tom, "urgent-edit")
    tom.get_by_label("What goes into this gap?").first.select_option("A time")
    tom.get_by_label("What goes into this gap?").last.select_option("A day")
    tom.get_by_role("button", name="Keep it").click()
    tom.get_by_text("once somebody else has approved it ahead").wait_for()
    assert tom.get_by_role("button", name="Approve ahead").count() == 0
    address = tom.url
    kofi = stack.person("Kofi", script=False)
    kofi.goto(address)
    photograph(kofi, "urgent-template")
    kofi.get_by_label("I have read the words").check()
    kofi.get_by_role("button", name="Approve ahead").click()
    kofi.get_by_text("It can be sent at once when it is needed.").wait_for()
    kofi.goto(f"{stack.url}/posts/urgent/")
    photograph(kofi, "urgent-list")
    assert "A late opening" in kofi.inner_text("main")


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_axe_finds_nothing_on_the_way(stack: Stack, size: tuple[int, int]) -> None:
    tom = stack.person("Tom", size)
    found: dict[str, list[str]] = {}
    for path in ("/posts/urgent/", "/posts/urgent/new/"):
        tom.goto(stack.url + path)
        found[path] = violations(tom)
    for link in ("Send this", "See all it can say", "Change the words"):
        tom.goto(f"{stack.url}/posts/urgent/")
        follow(tom, tom.get_by_role("link", name=link).first)
        found[link] = violations(tom)
        assert tom.evaluate("document.documentElement.scrollWidth") <= size[0], link
    assert {path: rules for path, rules in found.items() if rules} == {}
