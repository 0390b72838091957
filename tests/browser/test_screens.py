"""How the screens behave in the hand: by keyboard, on a narrow phone, on paper, without script."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import Stack

pytestmark = pytest.mark.browser

DRAFT = "Thank you! Ring Tom on 07700 900142.\n\n  Two spaces before this line\n"
#: what this window keeps of a post that was sent after its writer was signed out
KEPT = "sessionStorage.getItem('sg-kept')"
#: what decides where a letter stands
_LETTERS = """name => {
    const style = getComputedStyle(document.querySelector(name));
    return ["fontFamily", "fontSize", "fontWeight", "lineHeight", "letterSpacing", "whiteSpace",
            "overflowWrap", "paddingTop", "paddingLeft", "paddingRight", "borderTopWidth", "borderLeftWidth"]
        .map(key => style[key]);
}"""


def write(author: Page, stack: Stack, text: str) -> None:
    """Type a post that is not safe yet, and wait until its notes are there."""
    author.goto(f"{stack.url}/posts/new/")
    author.get_by_role("textbox", name="2. What it says").fill(text)
    author.locator("[data-finding]").first.wait_for()


def box(page: Page, name: str) -> dict[str, Any] | None:
    found = page.locator(name).bounding_box()
    return dict(found) if found else None


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("saved", [False, True], ids=["as typed", "as saved"])
def test_the_painted_words_lie_exactly_under_the_typed_ones(stack: Stack, width: int, saved: bool) -> None:
    tom = stack.person("Tom", (width, 844), script=not saved)
    if saved:
        tom.goto(f"{stack.url}/posts/new/")
        tom.get_by_role("textbox", name="2. What it says").fill(DRAFT)
        tom.get_by_role("button", name="Save draft").last.click()
    else:
        write(tom, stack, DRAFT)
    painted, typed = ".sg-editor__back", ".sg-editor textarea"
    tom.locator(".sg-hit").first.wait_for()
    assert box(tom, painted) == box(tom, typed)
    assert tom.evaluate(_LETTERS, painted) == tom.evaluate(_LETTERS, typed)
    tom.locator(typed).focus()
    seen_through = tom.locator(typed).evaluate("e => getComputedStyle(e).backgroundColor")
    assert seen_through == "rgba(0, 0, 0, 0)", "the marks are seen while writing too"
    assert tom.locator(painted).evaluate("e => e.textContent") == tom.locator(typed).input_value() + "\n"


def test_what_is_left_to_do_is_reached_by_keyboard_and_said_once(stack: Stack) -> None:
    tom = stack.person("Tom")
    write(tom, stack, DRAFT)
    way = tom.get_by_role("link", name="Look at")
    way.focus()
    tom.keyboard.press("Enter")
    note = tom.locator(":focus")
    assert note.inner_text() == "A personal mobile number"
    assert note.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"

    said = tom.get_by_role("status").filter(has=tom.locator("#left"))
    said.evaluate(
        "e => { window.said = 0; new MutationObserver(() => window.said++).observe(e, {childList: true}); }"
    )
    with tom.expect_response("**/posts/check/"):
        tom.get_by_role("textbox", name="2. What it says").press_sequentially("Soup.")
    tom.get_by_text("1 thing to look at").first.wait_for()
    assert tom.evaluate("window.said") == 0, "the same count is not said again"
    with tom.expect_response("**/posts/check/"):
        tom.get_by_role("button", name="Change to").press("Enter")
    tom.get_by_text("Nothing left to look at").first.wait_for()
    assert tom.evaluate("window.said") > 0
    assert tom.locator(":focus").get_attribute("id") == "text"


def test_leaving_the_text_does_not_have_it_looked_at_again(stack: Stack) -> None:
    """The notes would be put there anew just when somebody has gone to them."""
    tom = stack.person("Tom")
    write(tom, stack, DRAFT)
    asked: list[str] = []
    tom.on("request", lambda request: asked.append(request.url))
    tom.get_by_role("link", name="Look at").focus()
    tom.wait_for_timeout(1_000)  # longer than any pause after which words are looked at
    assert asked == []


def test_a_note_changes_the_words_it_is_about_not_their_twins(stack: Stack) -> None:
    tom = stack.person("Tom")
    write(tom, stack, "Ring Tom on 07700 900142. Soup day! Ring Tom on 07700 900142.")
    tom.locator(".sg-hit").nth(1).wait_for()
    assert tom.locator(".sg-hit").count() == 2
    second = tom.locator("[data-finding='2']")
    second.get_by_role("button", name="Show in text").click()
    assert tom.evaluate("document.getElementById('text').selectionStart") > 30
    second.get_by_role("button", name="Change to").click()
    words = tom.locator("#text").input_value()
    assert words.startswith("Ring Tom on 07700 900142. Soup day!") and words.count("07700 900142") == 1


def test_a_reason_typed_slowly_or_too_short_stays_where_it_is_typed(stack: Stack) -> None:
    tom = stack.person("Tom")
    write(tom, stack, "See you at Hill Park at 10 on Monday.")
    tom.get_by_text("Keep it and say why").click()
    why = tom.get_by_label("Why is it safe to keep?")
    why.press_sequentially("ok")
    tom.wait_for_timeout(1_000)  # longer than the pause after which words are looked at
    assert why.input_value() == "ok" and why.evaluate("e => e === document.activeElement")
    tom.get_by_role("button", name="Keep it", exact=True).click()
    tom.get_by_role("alert").wait_for()
    assert why.input_value() == "ok" and why.get_attribute("aria-invalid") == "true"
    why.fill("The park is open to everybody")
    tom.get_by_role("button", name="Keep it", exact=True).click()
    tom.get_by_text("kept, with your reason").wait_for()


def test_an_answer_that_comes_late_takes_no_reason_away(stack: Stack) -> None:
    tom = stack.person("Tom")
    write(tom, stack, "See you at Hill Park at 10 on Monday.")
    tom.get_by_text("Keep it and say why").click()
    waiting: list[Route] = []
    tom.route("**/posts/check/", lambda route: waiting.append(route))
    tom.locator("#text").press_sequentially(" Bring a hat.")
    tom.wait_for_timeout(800)
    why = tom.get_by_label("Why is it safe to keep?")
    why.press_sequentially("ev")
    with tom.expect_response("**/posts/check/"):
        waiting[-1].continue_()  # those before it were given up
    tom.unroute("**/posts/check/")
    why.press_sequentially("erybody may come")
    assert why.input_value() == "everybody may come"
    with tom.expect_response("**/posts/check/"):
        tom.locator("#text").focus()


def test_a_refusal_is_where_the_keyboard_is(stack: Stack) -> None:
    tom = stack.person("Tom")
    tom.goto(f"{stack.url}/posts/new/")
    tom.get_by_role("textbox", name="2. What it says").fill("Soup day")
    tom.get_by_label("At a time I choose").check()
    tom.get_by_label("Date").fill("2030-03-31")
    tom.get_by_role("button", name="Save draft").last.click()
    tom.get_by_role("alert").wait_for()
    assert "Choose a date and a time" in tom.locator(":focus").inner_text()
    assert tom.get_by_label("At a time I choose").is_checked()
    assert tom.get_by_label("Date").input_value() == "2030-03-31"


def test_who_was_signed_out_while_writing_is_told_and_keeps_the_words(stack: Stack) -> None:
    tom = stack.person("Tom")
    write(tom, stack, DRAFT)
    tom.context.clear_cookies(name=re.compile("session"))
    for word in ("Soup", " day"):
        with tom.expect_response("**/sign-in/**"):
            tom.locator("#text").press_sequentially(word)
    tom.locator("#toasts", has_text="You are signed out").wait_for()
    assert tom.locator("#toasts .toast").count() == 1, "said once"
    assert tom.locator("#finds h1").count() == 0, "the door is not shown among the notes"
    assert "Soup day" in tom.locator("#text").input_value()


def save_signed_out(author: Page, stack: Stack) -> None:
    """Write a post, lose the session, and press Save all the same: the door opens."""
    author.goto(f"{stack.url}/posts/new/")
    author.get_by_role("textbox", name="2. What it says").fill(DRAFT)
    author.get_by_label("At a time I choose").check()
    author.get_by_label("Date").fill("2030-03-29")
    author.get_by_label("Time", exact=True).fill("15:30")
    author.context.clear_cookies(name=re.compile("session"))
    author.get_by_role("button", name="Save draft").last.click()
    author.get_by_text("Your words are kept").wait_for()


def test_words_sent_after_the_session_ended_come_back_behind_the_door(stack: Stack) -> None:
    tom = stack.person("Tom")
    save_signed_out(tom, stack)
    assert "/sign-in/" in tom.url and "Ring" not in tom.url
    tom.get_by_role("button", name="Tom").click()
    tom.locator("[data-finding]").first.wait_for()
    assert tom.locator("#text").input_value() == DRAFT
    assert tom.get_by_label("At a time I choose").is_checked()
    assert tom.get_by_label("Date").input_value() == "2030-03-29"
    assert tom.evaluate(KEPT) is None
    tom.reload()
    assert tom.locator("#text").input_value() == "", "they come back once"


def test_nobody_else_finds_the_words_of_who_was_signed_out(stack: Stack) -> None:
    tom = stack.person("Tom")
    save_signed_out(tom, stack)
    tom.get_by_role("button", name="Priya").click()
    tom.get_by_role("heading", name="Write a post").wait_for()
    tom.wait_for_function(f"{KEPT} === null")
    assert tom.locator("#text").input_value() == ""


def test_words_that_were_saved_are_kept_nowhere_else(stack: Stack) -> None:
    tom = stack.person("Tom")
    write(tom, stack, DRAFT)
    tom.get_by_role("button", name="Save draft").last.click()
    tom.get_by_text("Draft saved.").wait_for()
    tom.wait_for_function(f"{KEPT} === null")


def test_no_answer_while_writing_is_said(stack: Stack) -> None:
    tom = stack.person("Tom")
    write(tom, stack, DRAFT)
    tom.context.set_offline(True)
    tom.locator("#text").press_sequentially("Soup")
    tom.locator("#toasts", has_text="We can’t check your words just now").wait_for()
    tom.context.set_offline(False)


def test_without_script_there_is_no_button_that_does_nothing(stack: Stack) -> None:
    tom = stack.person("Tom", script=False)
    tom.goto(f"{stack.url}/posts/new/")
    tom.get_by_role("textbox", name="2. What it says").fill(DRAFT)
    tom.get_by_role("button", name="Save draft").last.click()
    tom.get_by_text("A personal mobile number").wait_for()
    assert not tom.get_by_role("button", name="Show in text").is_visible()
    tom.goto(f"{stack.url}/policy/")
    assert not tom.get_by_role("button", name="Print").is_visible()


def test_the_words_of_the_policy_open_without_script_and_are_whole_on_paper(stack: Stack) -> None:
    leah = stack.person("Leah", script=False)
    leah.goto(f"{stack.url}/policy/words/")
    leah.locator("summary", has_text="Code of conduct").click()
    assert leah.get_by_text("I answer for what I do, at work and online.").is_visible()
    assert not leah.get_by_role("button", name="Print").is_visible()
    priya = stack.person("Priya")
    priya.goto(f"{stack.url}/policy/words/")
    priya.evaluate("dispatchEvent(new Event('beforeprint'))")
    priya.emulate_media(media="print")
    parts = priya.locator(".sg-sec h3")
    assert parts.count() > 50 and all(parts.nth(n).is_visible() for n in range(0, parts.count(), 5))
    assert priya.locator("button:visible, nav:visible").count() == 0


def test_the_policy_on_paper_is_whole_and_has_nothing_to_press(stack: Stack) -> None:
    priya = stack.person("Priya")
    priya.goto(f"{stack.url}/policy/")
    clauses = priya.locator(".sg-sec .sg-clause")
    priya.evaluate("dispatchEvent(new Event('beforeprint'))")
    priya.emulate_media(media="print")
    assert clauses.count() == 111
    assert all(clauses.nth(n).is_visible() for n in range(0, 111, 10))
    assert priya.locator("button:visible, nav:visible").count() == 0
