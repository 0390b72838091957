"""The whole passage again, with Instagram as the account: connected on its screen, and it fetches the photo from us."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import (
    DESK,
    PHONE,
    Demo,
    Stack,
    fits,
    resize,
    running_demo,
    violations,
    wait_until,
)
from tests.browser.steps import approve, checks_out_offline, send_for_approval

pytestmark = pytest.mark.browser

POST = "Thirty-one pairs of wellies went out into the rain this morning, and thirty-one came back."
HARM = "Which days is the one in the red coat in? I am round there most mornings"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """One alone: with a second account, a new post in the shared one would begin with none chosen."""
    with running_demo(tmp_path) as running:
        yield running


@pytest.mark.clause("C78")
def test_the_same_passage_on_instagram(stack: Stack, photograph: Any, tmp_path: Path) -> None:
    priya = stack.person("Priya")
    connect(priya, stack, photograph)

    tom = stack.person("Tom")
    write(tom, stack, tmp_path, photograph)
    assert POST not in album(stack).inner_text("main")
    approve(priya, stack, "Thirty-one pairs of wellies")
    wait_until(priya, "On the page")

    public = album(stack)
    post = public.locator("article.post", has_text="wellies")
    assert post.get_by_role("img", name="A row of wellies in a puddle").count() == 1
    shown = post.get_by_role("img").evaluate("image => image.complete && image.naturalWidth")
    assert shown == 1200
    post.get_by_label("Made-up name").fill("friendly_8")
    post.get_by_label("Your comment").fill(HARM)
    post.get_by_role("button", name="Comment").click()
    public.get_by_text("red coat").first.wait_for()

    gwen = stack.person("Gwen")
    gwen.goto(f"{stack.url}/inbox/")
    wait_until(gwen, "friendly_8")
    gwen.get_by_role("link", name="friendly_8").click()
    wait_until(gwen, "Hidden from the page")
    public.reload()
    assert "red coat" not in public.inner_text("body")
    photograph(public, "practice-instagram")
    assert checks_out_offline(priya, stack, tmp_path)


def connect(priya: Page, stack: Stack, photograph: Any) -> None:
    """Connect the account that was authorised, as its screen asks for it; then have its sheet confirmed."""
    channel = step(stack, "authorise")
    given = json.loads((Path(stack.environment["STAIRGATE_HOME"]) / "practice/credentials.json").read_text())
    priya.goto(f"{stack.url}/accounts/{channel}/connect/")
    assert "Its Instagram is the practice network" in priya.inner_text("main")
    photograph(priya, "connect-instagram")
    for size, dark in ((DESK, False), (PHONE, True)):
        resize(priya, size)
        priya.emulate_media(color_scheme="dark" if dark else "light")
        assert violations(priya) == []
        assert fits(priya)
    resize(priya, DESK)
    priya.emulate_media(color_scheme="light")
    priya.get_by_label("Instagram account ID").fill(given["instagram_id"])
    priya.get_by_label("Name on Instagram").fill(given["instagram_name"])
    priya.get_by_label("Page access token").fill(given["page_token"])
    priya.get_by_label("App ID").fill(given["app_id"])
    priya.get_by_label("App secret").fill(given["app_secret"])
    priya.get_by_role("button", name="Ask the network and connect").click()
    priya.get_by_text("Instagram is connected, and it works.").wait_for()
    step(stack, "confirm")


def step(stack: Stack, name: str) -> str:
    command = [sys.executable, "-m", "tests.browser.open_instagram", name]
    done = subprocess.run(command, capture_output=True, text=True, env=stack.environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def write(author: Page, stack: Stack, folder: Path, photograph: Any) -> None:
    """Write the post for Instagram alone; without a photo it goes nowhere. Then send it for approval."""
    author.goto(f"{stack.url}/posts/new/")
    author.get_by_role("textbox", name="2. What it says").fill(POST)
    author.get_by_label("Facebook page").uncheck()
    author.get_by_label("Instagram").check()
    author.get_by_role("button", name="Save draft").last.click()
    author.get_by_text("A post on Instagram needs a photo").first.wait_for()
    photograph(author, "compose-instagram")
    data = io.BytesIO()
    Image.new("RGB", (1200, 1200), (60, 110, 90)).save(data, "JPEG")
    kept = folder / "wellies.jpg"
    kept.write_bytes(data.getvalue())
    author.locator("input[type=file]").set_input_files(kept)
    author.get_by_role("button", name="Add photo").click()
    author.get_by_label("Describe photo 1").fill("A row of wellies in a puddle")
    author.get_by_label("Who can be seen in photo 1").select_option("nobody")
    send_for_approval(author)


def album(stack: Stack) -> Page:
    """Return a window on the account as the public sees it."""
    page = stack.page()
    page.goto(f"{stack.practice}/instagram")
    return page
