"""The running product answers in a real browser, and everybody of the demo can come in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Axe, OpenPage, OpenPerson, Photograph
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("name", ["Priya", "Kofi", "Tom", "Gwen"])
def test_somebody_of_the_demo_comes_in(person: OpenPerson, stack: Stack, name: str, javascript: bool) -> None:
    page = person(name, javascript=javascript)
    assert page.url == f"{stack.url}/"
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_pages_are_for_everybody(
    stack: Stack, open_page: OpenPage, person: OpenPerson, axe: Axe, scheme: str, width: int
) -> None:
    look = {"scheme": scheme, "width": width}
    assert axe(open_page(f"{stack.url}/sign-in/", **look)) == []  # type: ignore[arg-type]
    assert axe(person("Priya", **look)) == []  # type: ignore[arg-type]


def test_the_public_sees_the_page(public: Page) -> None:
    expect(public.get_by_role("heading", level=1)).to_contain_text("Willow Lane")


def test_today_is_photographed(person: OpenPerson, photograph: Photograph) -> None:
    for picture in photograph(person("Priya"), "today"):
        assert picture.stat().st_size > 10_000
