"""A post for a group without an interface, in Chromium: begun, copied, proved, and confirmed by somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import DESK, PHONE, Stack, follow, violations, wait_until
from tests.browser.steps import approve, send_for_approval

pytestmark = pytest.mark.browser

GROUP = "Willow Lane families group"
LINK = "https://groups.willowlane.example/families/posts/81"


@pytest.mark.clause("C78", "C04")
@pytest.mark.parametrize(("size", "pairs"), [(DESK, "thirty"), (PHONE, "forty")])
def test_a_post_for_the_group_is_put_there_by_one_and_confirmed_by_another(
    stack: Stack, size: tuple[int, int], pairs: str, photograph: Any
) -> None:
    words = f"Thank you for {pairs} pairs of wellies.\nThere was soup for everybody."
    tom = stack.person("Tom", size)
    tom.goto(f"{stack.url}/posts/new/")
    assert not tom.get_by_label(GROUP).is_checked(), "what is done by hand is chosen by hand"
    tom.get_by_role("textbox", name="2. What it says").fill(words)
    tom.get_by_label("Facebook page").uncheck()
    tom.get_by_label(GROUP).check()
    send_for_approval(tom)
    priya = stack.person("Priya", size)
    approve(priya, stack, f"Thank you for {pairs} pairs")
    wait_until(priya, "To be done by hand")

    tom.goto(stack.url)
    found = {"today": violations(tom)}
    photograph(tom, f"hand-today-{size[0]}")
    assert tom.locator("main").get_by_role("link", name="Post it by hand").count()
    tom.goto(priya.url)  # not the first task of Today: others may wait for a hand as well
    follow(tom, tom.get_by_role("link", name="Post it by hand").first)
    photograph(tom, f"hand-begin-{size[0]}")
    found["begin"] = violations(tom)
    follow(tom, tom.get_by_role("button", name="Begin: two minutes"))
    box = tom.get_by_label("The approved words")
    assert box.input_value() == words
    assert "left" in tom.get_by_role("timer").inner_text()
    tom.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tom.get_by_role("button", name="Copy the words").click()
    tom.locator("#toasts", has_text="Copied").wait_for()
    assert tom.evaluate("navigator.clipboard.readText()") == words
    way = tom.get_by_role("link", name=f"Open {GROUP}")
    assert way.get_attribute("href") == "https://groups.willowlane.example/families"
    photograph(tom, f"hand-paste-{size[0]}")
    found["paste"] = violations(tom)

    follow(tom, tom.get_by_role("link", name="I have posted it"))
    assert "soup for everybody" not in tom.inner_text("body"), "the words are not on this page"
    tom.get_by_label("The address of the post").fill("https://elsewhere.example/1")
    follow(tom, tom.get_by_role("button", name="It is there"))
    tom.get_by_text("That leads to another place").first.wait_for()
    assert tom.get_by_label("The address of the post").input_value() == "https://elsewhere.example/1"
    photograph(tom, f"hand-proof-{size[0]}")
    found["proof"] = violations(tom)
    tom.get_by_label("The address of the post").fill(LINK)
    follow(tom, tom.get_by_role("button", name="It is there"))
    assert "Posted by Tom, not yet confirmed." in tom.inner_text("main")
    found["posted"] = violations(tom)
    photograph(tom, f"hand-posted-{size[0]}")

    priya.goto(stack.url)
    follow(priya, priya.get_by_role("link", name="Look there").first)
    photograph(priya, f"hand-confirm-{size[0]}")
    found["confirm"] = violations(priya)
    follow(priya, priya.get_by_role("button", name="It is there, word for word"))
    assert "Tom posted it, and Priya confirmed it, word for word." in priya.inner_text("main")
    found["published"] = violations(priya)
    photograph(priya, f"hand-published-{size[0]}")
    priya.goto(f"{stack.url}/accounts/")
    photograph(priya, f"hand-accounts-{size[0]}")
    found["accounts"] = violations(priya)
    assert {path: rules for path, rules in found.items() if rules} == {}


@pytest.mark.clause("C78")
def test_without_script_the_words_are_there_to_be_chosen_and_a_pause_takes_them_away(stack: Stack) -> None:
    kofi = stack.person("Kofi", script=False)
    kofi.goto(f"{stack.url}/posts/new/")
    kofi.get_by_role("textbox", name="2. What it says").fill("Wellies on the pegs, please.")
    kofi.get_by_label("Facebook page").uncheck()
    kofi.get_by_label(GROUP).check()
    send_for_approval(kofi)
    priya = stack.person("Priya")
    approve(priya, stack, "Wellies on the pegs")
    wait_until(priya, "To be done by hand")
    kofi.goto(priya.url)
    follow(kofi, kofi.get_by_role("link", name="Post it by hand").first)
    follow(kofi, kofi.get_by_role("button", name="Begin: two minutes"))
    assert kofi.locator("#words").input_value() == "Wellies on the pegs, please."
    assert kofi.locator("meta[http-equiv=refresh]").count() == 1
    assert not kofi.get_by_role("button", name="Copy the words").is_visible()

    priya.goto(f"{stack.url}/accounts/")
    group = priya.locator("section", has_text=GROUP).first
    group.locator("summary", has_text="Pause").click()
    group.locator("input[name=reason]").first.fill("A strange member")
    follow(priya, group.get_by_role("button", name="Pause").first)
    kofi.reload()
    assert kofi.locator("#words").count() == 0 and "is paused by Priya" in kofi.inner_text("main")
    follow(kofi, kofi.get_by_role("button", name="I did not post it"))
    open_again(stack)


@pytest.mark.clause("C78", "C82")
def test_what_is_not_found_is_looked_for_again_and_what_is_different_is_taken_down(
    stack: Stack, photograph: Any
) -> None:
    tom = stack.person("Tom", PHONE)
    tom.goto(f"{stack.url}/posts/new/")
    tom.get_by_role("textbox", name="2. What it says").fill("Paint aprons are washed and back.")
    tom.get_by_label("Facebook page").uncheck()
    tom.get_by_label(GROUP).check()
    send_for_approval(tom)
    priya = stack.person("Priya")
    approve(priya, stack, "Paint aprons are washed")
    wait_until(priya, "To be done by hand")
    story = priya.url
    follow(priya, priya.get_by_role("link", name="Post it by hand").first)
    hand = priya.url
    tom.goto(hand)
    follow(tom, tom.get_by_role("button", name="Begin: two minutes"))
    priya.reload()
    assert "Tom is at it" in priya.inner_text("main")
    photograph(priya, "hand-hidden")
    found = {"hidden": violations(priya)}
    tom.goto(f"{hand}proof/")
    tom.get_by_label("The address of the post").fill(LINK)
    follow(tom, tom.get_by_role("button", name="It is there"))

    priya.reload()
    follow(priya, priya.get_by_role("button", name="It is not there"))
    assert "Somebody else has to look as well" in priya.inner_text("main")
    tom.goto(hand)
    photograph(tom, "hand-look")
    found["look"] = violations(tom)
    follow(tom, tom.get_by_role("link", name="It is there"))
    tom.get_by_label("The address of the post").fill(LINK)
    follow(tom, tom.get_by_role("button", name="It is there"))

    priya.goto(hand)
    priya.locator("summary", has_text="It is different").click()
    priya.get_by_label("What does it say there?").fill("Paint aprons are washed and gone.")
    photograph(priya, "hand-different")
    found["different"] = violations(priya)
    follow(priya, priya.get_by_role("button", name="Say that it is different"))
    assert priya.locator("ins").first.inner_text().endswith("gone.")
    priya.locator("summary", has_text="Take this post down").click()
    priya.locator("#td").fill("It is not what was approved")
    follow(priya, priya.get_by_role("button", name="Take it down"))
    assert "A person has to take it down by hand" in priya.inner_text("main")
    photograph(priya, "hand-gone")
    found["gone"] = violations(priya)
    priya.get_by_label("How do you know that it is gone?").fill("Deleted it, and looked")
    follow(priya, priya.get_by_role("button", name="It is gone"))
    assert "Taken down" in priya.inner_text("main") and priya.url == story
    assert {path: rules for path, rules in found.items() if rules} == {}


def open_again(stack: Stack) -> None:
    """End the pause, by two people, so that other tests find the group open."""
    gwen, priya = stack.person("Priya"), stack.person("Kofi")
    gwen.goto(f"{stack.url}/accounts/")
    gwen.locator("summary", has_text="Ask to open it again").first.click()
    gwen.get_by_label("Why is it safe again?").first.fill("They have left")
    follow(gwen, gwen.get_by_role("button", name="Ask to open it").first)
    priya.goto(f"{stack.url}/accounts/")
    follow(priya, priya.get_by_role("button", name="It is safe: open it again").first)
