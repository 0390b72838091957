"""The calendar in the hand: by keyboard, on a phone, without script; and what recurs and what a phone reads."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Stack, follow, violations

pytestmark = pytest.mark.browser

#: the middle of a week in the middle of a month, with none of the demo's own posts
DAY = date(2027, 6, 16)


def calendar(page: Page, stack: Stack, show: str = "month", on: date = DAY) -> None:
    page.goto(f"{stack.url}/posts/calendar/?show={show}&on={on}")


def plan(tom: Page, stack: Stack, words: str, at: str) -> None:
    """Write a draft for the day in the calendar, by its link."""
    calendar(tom, stack, "week")
    tom.get_by_role("link", name=f"Write a post for {DAY.day} {DAY:%B}").click()
    assert tom.get_by_label("At a time I choose").is_checked()
    assert tom.get_by_label("Date").input_value() == DAY.isoformat()
    tom.get_by_role("textbox", name="2. What it says").fill(words)
    tom.get_by_label("Time", exact=True).fill(at)
    tom.get_by_role("button", name="Save draft").last.click()
    tom.get_by_text("Draft saved.").wait_for()


def focused(page: Page) -> str:
    return page.locator(":focus").get_attribute("href") or ""


def test_a_post_is_planned_from_a_day_and_stands_there(stack: Stack, photograph: Any) -> None:
    tom = stack.person("Tom")
    for minute, words in enumerate(
        ("Sports day, bring a hat", "Bread from our oven", "A den", "A fourth one")
    ):
        plan(tom, stack, words, f"09:0{minute}")
    for show in ("month", "list"):
        calendar(tom, stack, show)
        day = tom.locator(".sg-cal>li", has=tom.locator(f"a[href*='on={DAY}']"))
        assert "09:00 Sports day, bring a hat" in day.inner_text()
        photograph(tom, f"calendar-{show}")
    calendar(tom, stack)
    tom.get_by_role("link", name="and 1 more").click()
    assert "A fourth one" in tom.inner_text("main")
    photograph(tom, "calendar-day")
    calendar(tom, stack, "week")
    photograph(tom, "calendar-week")
    tom.get_by_role("link", name="Today", exact=True).last.click()
    assert tom.locator(".is-today").count() == 1
    photograph(tom, "calendar")


def test_the_arrows_go_from_day_to_day(stack: Stack) -> None:
    tom = stack.person("Tom")
    calendar(tom, stack)
    tom.locator(f"a[data-sg-day][href*='on={DAY}']").focus()
    for key, days in (("ArrowRight", 1), ("ArrowDown", 8), ("ArrowLeft", 7), ("ArrowUp", 0)):
        tom.keyboard.press(key)
        assert focused(tom).endswith(f"on={DAY + timedelta(days=days)}"), key
    outline = tom.locator(":focus").evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == "solid"
    tom.keyboard.press("Enter")
    tom.get_by_role("heading", level=1, name="Wednesday 16 June 2027").wait_for()


def test_on_a_phone_the_arrows_go_down_the_list(stack: Stack) -> None:
    tom = stack.person("Tom", PHONE)
    calendar(tom, stack, "week")
    monday = DAY - timedelta(days=DAY.weekday())
    tom.locator(f"a[data-sg-day][href*='on={monday}']").focus()
    tom.keyboard.press("ArrowDown")
    assert focused(tom).endswith(f"on={monday + timedelta(days=1)}")


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_without_script_every_day_and_every_page_is_a_link(stack: Stack, size: tuple[int, int]) -> None:
    tom = stack.person("Tom", size, script=False)
    calendar(tom, stack)
    for way, name in (("Later: July 2027", "July 2027"), ("Earlier: June 2027", "June 2027")):
        tom.get_by_role("link", name=way).click()
        assert tom.get_by_role("heading", level=1).inner_text() == name
    tom.get_by_role("link", name="Week", exact=True).click()
    tom.locator(f"a[data-sg-day][href*='on={date(2027, 6, 2)}']").click()
    tom.get_by_role("link", name="Write a post for this day").click()
    assert tom.get_by_label("Date").input_value() == "2027-06-02"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_axe_finds_nothing_where_things_are_set(stack: Stack, size: tuple[int, int], dark: bool) -> None:
    kofi = stack.person("Kofi", size, dark=dark)
    kofi.goto(f"{stack.url}/posts/standing/")
    begin = kofi.get_by_role("button", name="Begin with these three")
    if begin.count():
        begin.click()
        kofi.get_by_role("heading", name="Term dates").wait_for()
    found = {"list": violations(kofi)}
    for link in ("Change the words", "Make it come again and again"):
        kofi.goto(f"{stack.url}/posts/standing/")
        follow(kofi, kofi.get_by_role("link", name=link).first)
        again, keep = (kofi.get_by_role("button", name=name) for name in ("again", "Keep it"))
        follow(kofi, again.or_(keep).first)
        found[link] = violations(kofi)
    kofi.goto(f"{stack.url}/posts/calendar/phone/")
    kofi.get_by_role("button", name="address").first.click()
    kofi.get_by_role("heading", name="Your secret address").wait_for()
    found["phone"] = violations(kofi)
    assert {page: rules for page, rules in found.items() if rules} == {}


def test_from_a_standing_message_to_one_that_recurs(stack: Stack, photograph: Any) -> None:
    kofi = stack.person("Kofi")
    kofi.goto(f"{stack.url}/posts/standing/new/")
    kofi.get_by_label("What it is called").fill("Menu")
    kofi.get_by_label("What it says").fill("The menu for next week is on the board by the door.")
    kofi.get_by_role("button", name="Keep it on the list").click()
    menu = kofi.locator("section", has=kofi.get_by_role("heading", name="Menu", exact=True)).last
    menu.get_by_role("link", name="Make it come again and again").click()
    photograph(kofi, "standing-again")
    kofi.get_by_label("From", exact=True).fill(DAY.isoformat())
    kofi.get_by_label("At what time").fill("09:00")
    kofi.get_by_label("How many days ahead").fill("7")
    kofi.get_by_role("button", name="Make it come again and again").click()
    kofi.get_by_text("The first is for Wednesday 16 June.").wait_for()
    photograph(kofi, "standing")
    tom = stack.person("Tom")
    tom.goto(f"{stack.url}/posts/new/")
    tom.get_by_role("link", name="Start from a standing message").click()
    menu = tom.locator("section", has=tom.get_by_role("heading", name="Menu", exact=True)).last
    menu.get_by_role("button", name="Start a draft").click()
    assert "on the board by the door" in tom.get_by_role("textbox", name="2. What it says").input_value()
    kofi.goto(f"{stack.url}/posts/standing/")
    kofi.get_by_role("button", name="Stop").first.click()
    kofi.get_by_text("Stopped.").wait_for()


def test_the_secret_address_works_until_it_is_switched_off(stack: Stack, photograph: Any) -> None:
    tom = stack.person("Tom")
    tom.goto(f"{stack.url}/posts/calendar/")
    tom.get_by_role("link", name="Calendar on your phone").click()
    tom.get_by_role("button", name="Make my secret address").click()
    address = tom.get_by_label("Press, then copy").input_value()
    photograph(tom, "calendar-phone")
    phone = stack.page()
    read = phone.request.get(address)
    assert read.status == 200 and read.text().startswith("BEGIN:VCALENDAR")
    tom.get_by_role("button", name="Switch it off").click()
    tom.get_by_text("Switched off.").wait_for()
    assert phone.request.get(address).status == 404
