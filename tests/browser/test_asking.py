"""Asking for a page in the browser, on a phone, and the service manager's answer; what was typed is never lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from stairgate.channels.asking import form
from tests.browser.conftest import PHONE, Photograph, Stack, fits, follow, violations

pytestmark = pytest.mark.browser

WHAT = {
    "name": "Willow Lane Kitchen",
    "team": "The kitchen",
    "purpose": "To show families what we cook, and how.",
    "tags": "Menus\nRecipes",
    "achieve": "Families cook with us at home.",
    "aims": "Healthy eating.",
}
READERS = {"evaluation": "We ask families each term.", "evaluate_on": ""}
LEAD = {"lead_phone": "01632 960118", "lead_address1": "1 Willow Lane", "lead_address2": "Fenmoor"}


def fill(page: Page, answers: dict[str, str]) -> None:
    for name, words in answers.items():
        page.locator(f"[name={name}]").fill(words)


@pytest.mark.clause("C89", "C102")
def test_a_page_is_asked_for_and_sent_back(stack: Stack, photograph: Photograph) -> None:
    found: dict[str, list[str]] = {}
    priya = stack.person("Priya", PHONE)
    priya.goto(f"{stack.url}/accounts/")
    follow(priya, priya.get_by_role("button", name="Ask to open a page"))

    def go_on(step: str) -> None:
        found[step] = violations(priya)
        assert fits(priya), step
        follow(priya, priya.get_by_role("button", name="Save and go on"))

    go_on("empty")
    assert "Saved, but not ready yet" in priya.inner_text("main")
    priya.get_by_label("Where").select_option("assisted")
    fill(priya, WHAT)
    go_on("what")
    day = priya.evaluate("new Date(Date.now() + 9e9).toISOString().slice(0, 10)")
    priya.get_by_label("Parents and carers").check()
    priya.get_by_label("words a child can read").check()
    fill(priya, {**READERS, "evaluate_on": day})
    go_on("readers")
    priya.get_by_label("Whom to ask about this request").select_option(label="Priya, Nursery manager")
    fill(priya, LEAD)
    for number, (who, manager) in enumerate(
        (("Priya, Nursery manager", "Dev, chair"), ("Kofi, Deputy manager", "Priya")), 1
    ):
        priya.locator(f"[name=admin{number}]").select_option(label=who)
        fill(priya, {f"admin{number}_phone": "01632 960118", f"admin{number}_manager": manager})
    for name in ("Priya", "Kofi"):
        priya.locator("#id_holders").get_by_label(name).check()
    go_on("people")
    for risk, *_ in form.RISKS:
        priya.locator(f"[name=risk_{risk}_level]").select_option("low")
        priya.locator(f"[name=risk_{risk}_left]").select_option("low")
        fill(priya, {f"risk_{risk}_control": "Somebody else reads each post.", f"risk_{risk}_owner": "Priya"})
    fill(priya, {"wrong": "Gwen, safeguarding lead, at any time."})
    priya.get_by_label("holidays included").check()
    priya.get_by_label("The setting owns the account").check()
    go_on("safe")
    found["check"] = violations(priya)
    photograph(priya, "ask-check")
    follow(priya, priya.get_by_role("button", name="Send to the service manager"))
    found["sent"] = violations(priya)

    helen = stack.person("Helen")
    helen.goto(priya.url)
    helen.get_by_label("Not yet").check()
    helen.get_by_label("Why?").fill("Who cooks in the holidays?")
    follow(helen, helen.get_by_role("button", name="Decide and sign"))
    assert "Type your full name" in helen.inner_text("main")
    found["refused"] = violations(helen)
    photograph(helen, "ask-decide")
    helen.get_by_label("Sign with your full name").fill("Helen Example")
    follow(helen, helen.get_by_role("button", name="Decide and sign"))
    priya.reload()
    assert "Who cooks in the holidays?" in priya.inner_text("main")
    found["decided"] = violations(priya)
    for path, link in (("/accounts/", "See everything about Facebook page"), ("", "Connect it anew")):
        if path:
            priya.goto(stack.url + path)
        follow(priya, priya.get_by_role("link", name=link))
        found[link] = violations(priya)
        assert fits(priya), link
    assert {step: rules for step, rules in found.items() if rules} == {}
