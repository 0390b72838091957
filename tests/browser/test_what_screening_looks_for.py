"""What screening looks for, in Chromium: a sentence tried, a word seen on the history and added, and ended again."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Stack, fits, follow, violations

pytestmark = pytest.mark.browser

SENTENCE = "Lovely day with Ottilie! Text Tom on 07700 900142."


def add(page: Page, stack: Stack, words: str, kind: str, why: str) -> None:
    """Fill in the form for a word, and go to what it would change."""
    page.goto(f"{stack.url}/screening/")
    page.get_by_label("Word or phrase").fill(words)
    page.get_by_label("What should happen?").select_option(kind)
    page.get_by_label("Why?").fill(why)
    follow(page, page.get_by_role("button", name="See what it would change"))


@pytest.mark.clause("C39")
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_manager_tries_a_sentence_and_sees_why(
    stack: Stack, photograph: Any, size: tuple[int, int]
) -> None:
    priya = stack.person("Priya", size)
    priya.goto(f"{stack.url}/screening/")
    found = {"empty": violations(priya)}
    priya.get_by_label("Your sentence").fill(SENTENCE)
    answer = priya.locator("#answer")
    answer.get_by_text("Held", exact=True).wait_for()
    said = " ".join(answer.inner_text().split())
    assert "We held this because of “Text Tom on 07700 900142”: a personal mobile number." in said
    assert answer.locator("mark").count() >= 1 and "?" not in priya.url
    photograph(priya, f"screening-tried-{size[0]}")
    found["tried"] = violations(priya)
    priya.emulate_media(color_scheme="dark")
    found["tried, dark"] = violations(priya)
    assert fits(priya)
    priya.get_by_label("Your sentence").fill("Soup today.")
    answer.get_by_text("Nothing found", exact=True).wait_for()
    assert {name: rules for name, rules in found.items() if rules} == {}


@pytest.mark.clause("C31")
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_word_is_seen_on_the_history_added_and_ended(
    stack: Stack, photograph: Any, size: tuple[int, int]
) -> None:
    word = f"pumpkin{'s' if size == PHONE else ' soup'}"
    gwen = stack.person("Gwen", size)
    add(gwen, stack, word, "hold", "Two families have a dispute about it")
    photograph(gwen, f"screening-preview-{size[0]}")
    found = {"preview": violations(gwen)}
    assert "This would newly stop" in gwen.inner_text("main") and fits(gwen)
    follow(gwen, gwen.get_by_role("button", name="Add it"))
    gwen.get_by_text("It counts from now on.").wait_for()
    photograph(gwen, f"screening-added-{size[0]}")
    found["added"] = violations(gwen)
    row = gwen.locator("li[id^=w-]", has_text=word)
    row.locator("summary").click()
    row.get_by_label("Why is it not needed any more?").fill("They made up")
    photograph(gwen, f"screening-ending-{size[0]}")
    follow(gwen, row.get_by_role("button"))
    assert "let go" in gwen.inner_text("main")
    found["end"] = violations(gwen)
    follow(gwen, gwen.get_by_role("button", name="End it"))
    gwen.get_by_text("It stays on record.").wait_for()
    found["ended"] = violations(gwen)
    assert {name: rules for name, rules in found.items() if rules} == {}


def test_a_refusal_keeps_what_was_typed(stack: Stack, photograph: Any) -> None:
    gwen = stack.person("Gwen", PHONE)
    add(gwen, stack, "I will kill you", "exception", "A song")
    assert "No exception can be made for this" in gwen.inner_text("main [role=alert]")
    assert gwen.get_by_label("Word or phrase").input_value() == "I will kill you"
    photograph(gwen, "screening-refused")
    assert violations(gwen) == []


def test_it_works_without_script(stack: Stack) -> None:
    gwen = stack.person("Gwen", script=False)
    gwen.goto(f"{stack.url}/screening/")
    gwen.get_by_label("Your sentence").fill(SENTENCE)
    gwen.get_by_label("What is it?").select_option("A comment")
    gwen.get_by_role("button", name="Try it").click()
    gwen.locator("#answer mark").first.wait_for()
    assert gwen.get_by_label("Your sentence").input_value() == SENTENCE
    assert "07700" not in gwen.url
    add(gwen, stack, "allotment", "look", "We gave it up")
    follow(gwen, gwen.get_by_role("button", name="Add it"))
    assert "is added" in gwen.inner_text("main")
