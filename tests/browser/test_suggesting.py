"""Suggesting a post, in Chromium: from a colleague's phone to the draft of whoever may write, and the answer back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import PHONE, Stack, follow, violations

pytestmark = pytest.mark.browser

WORDS = "Thank you for all the conkers. We counted two hundred and four."


@pytest.mark.clause("C48")
@pytest.mark.clause("C79")
def test_a_colleague_without_the_role_suggests_and_hears_what_became_of_it(
    stack: Stack, photograph: Any
) -> None:
    amara = stack.person("Amara", PHONE)
    photograph(amara, "suggest-today")
    found = {"her today": violations(amara)}
    amara.goto(f"{stack.url}/posts/suggestions/")
    photograph(amara, "suggest-own")
    follow(amara, amara.get_by_role("link", name="Suggest a post").first)
    box = amara.get_by_label("What would you like the page to say?")
    box.fill(f"{WORDS} Ring me on 07700 900142.")
    amara.get_by_text("This has to be taken out.").first.wait_for()
    photograph(amara, "suggest-unsafe")
    found["unsafe"] = violations(amara)
    box.fill(WORDS)
    amara.get_by_text("This has to be taken out.").first.wait_for(state="detached")
    amara.get_by_role("button", name="Suggest it").click()
    amara.get_by_text("Thank you. Whoever writes the posts").wait_for()
    assert "Waiting for somebody to read it" in amara.inner_text("main")
    found["suggested"] = violations(amara)

    tom = stack.person("Tom")
    assert "Colleagues suggest 2 posts" in tom.inner_text("main")
    follow(tom, tom.get_by_role("link", name="Colleagues suggest 2 posts"))
    tom.locator("summary", has_text="Not this time").first.click()
    photograph(tom, "suggest-to-answer")
    found["to answer"] = violations(tom)
    tom.get_by_label("Why not this time?").first.fill("We asked for boxes last week. Ask me again in spring?")
    tom.get_by_role("button", name="Answer Amara").first.click()
    tom.get_by_text("They can read your reason.").wait_for()
    tom.get_by_role("button", name="Begin a post from this").click()
    tom.get_by_text("A draft with these words.").wait_for()
    assert tom.get_by_role("textbox", name="2. What it says").input_value() == WORDS

    amara.goto(f"{stack.url}/posts/suggestions/")
    said = " ".join(amara.inner_text("main").split())
    assert "Tom began a post from it: draft." in said and "Tom: We asked for boxes last week." in said
    photograph(amara, "suggest-answered")
    found["answered"] = violations(amara)
    assert {path: rules for path, rules in found.items() if rules} == {}


def test_it_works_without_script(stack: Stack) -> None:
    helen = stack.person("Helen", script=False)
    helen.goto(f"{stack.url}/posts/suggestions/new/")
    helen.get_by_label("What would you like the page to say?").fill("Ring me on 07700 900142.")
    helen.get_by_role("button", name="Suggest it").click()
    assert "This has to be taken out." in helen.inner_text("main")
    assert "No photos here, on purpose" in helen.inner_text("main")
