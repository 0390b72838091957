"""The access list in the browser: a stranger on the page is found, said to be one, taken off, and settled."""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE, Photograph, Stack, follow, violations

pytestmark = pytest.mark.browser

CLEAN: list[str] = []


@pytest.mark.parametrize(
    ("size", "name"), [(DESK, "Sam Stranger"), (PHONE, "Alex Stranger")], ids=["desk", "phone"]
)
def test_a_stranger_stays_on_the_list_until_somebody_says_what_was_done(
    stack: Stack, size: tuple[int, int], name: str, photograph: Photograph
) -> None:
    kofi = stack.person("Kofi", size)
    trainer = kofi.context.request
    trainer.post(f"{stack.practice}/practice/person", data={"name": name})
    kofi.goto(f"{stack.url}/accounts/")
    follow(kofi, kofi.get_by_role("link", name="See everything about Facebook page"))
    follow(kofi, kofi.get_by_role("link", name="Access list"))
    follow(kofi, kofi.get_by_role("button", name="Read the list now"))
    kofi.get_by_text("Somebody should not be there").wait_for()
    assert kofi.get_by_role("heading", name="Is it one of us?").is_visible() and violations(kofi) == CLEAN
    photograph(kofi, "access-stranger")

    kofi.get_by_text(f"Say what was done about {name}").click()
    kofi.locator("details[open]").get_by_label("What was done?").fill("A former agency, taken off the page")
    kofi.locator("details[open]").get_by_role("button", name="Settle it").click()
    kofi.get_by_text("They were still on the list").first.wait_for()
    assert violations(kofi) == CLEAN
    trainer.post(f"{stack.practice}/practice/person-gone", data={"name": name})
    follow(kofi, kofi.get_by_role("button", name="Read the list now"))
    kofi.get_by_text(f"Say what was done about {name}").click()
    kofi.locator("details[open]").get_by_label("What was done?").fill("A former agency, taken off the page")
    follow(kofi, kofi.locator("details[open]").get_by_role("button", name="Settle it"))
    kofi.get_by_text("Settled, with your name.").wait_for()
    assert "A former agency, taken off the page" in kofi.inner_text("main") and violations(kofi) == CLEAN
    photograph(kofi, "access-list")


def test_a_group_is_gone_through_by_hand(stack: Stack, photograph: Photograph) -> None:
    priya = stack.person("Priya", PHONE)
    priya.goto(f"{stack.url}/accounts/")
    follow(priya, priya.get_by_role("link", name="See everything about Willow Lane families group"))
    follow(priya, priya.get_by_role("link", name="Access list"))
    priya.get_by_label("Priya, Nursery manager").check()
    assert violations(priya) == CLEAN
    photograph(priya, "access-by-hand")
    follow(priya, priya.get_by_role("button", name="This is everybody"))
    priya.get_by_text("As it should be").wait_for()
    assert violations(priya) == CLEAN
