"""The whole passage again, with Bluesky as the account: the real server, and a member of the public on it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Demo, Stack, running_demo, wait_until
from tests.browser.steps import approve, checks_out_offline, send_for_approval
from tests.networks.bluesky_fixture import BlueskyServer, Person, eventually

pytestmark = [pytest.mark.browser, pytest.mark.node, pytest.mark.usefixtures("appview")]

POST = "Thirty-one pairs of wellies went out into the rain this morning, and thirty-one came back."
HARM = "Which days is the one in the red coat in? I am round there most mornings"
THREADGATE = "app.bsky.feed.threadgate"
BLOCK = "app.bsky.graph.block"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """One alone: with a second account, a new post in the shared one would begin with none chosen."""
    with running_demo(tmp_path) as running:
        yield running


@pytest.fixture
def bluesky_account(stack: Stack, bluesky: BlueskyServer) -> Person:
    """The nursery's own account, opened in the running demo as its second one."""
    own = bluesky.page
    given = {"url": bluesky.url, "did": own.did, "handle": own.handle, "password": own.password}
    command = [sys.executable, "-m", "tests.browser.open_bluesky"]
    subprocess.run(command, input=json.dumps(given), text=True, env=stack.environment, check=True)
    return own


@pytest.mark.clause("C78")
def test_the_same_passage_on_bluesky(
    stack: Stack, bluesky: BlueskyServer, bluesky_account: Person, tmp_path: Path
) -> None:
    tom = stack.person("Tom")
    write(tom, stack)
    assert tom.get_by_role("button", name="Approve").count() == 0
    assert texts(bluesky_account) == []

    priya = stack.person("Priya")
    approve(priya, stack, "Thirty-one pairs of wellies")
    wait_until(priya, "On the page")
    assert texts(bluesky_account) == [POST]

    uri = bluesky_account.records()[0]["uri"]
    stranger, parent = bluesky.others[0], bluesky.others[1]
    harm = stranger.reply(uri, HARM)
    kind = parent.reply(uri, "Are there places in the Acorns from January?")

    gwen = stack.person("Gwen")
    gwen.goto(f"{stack.url}/inbox/")
    wait_until(gwen, "red coat")
    gwen.get_by_role("link", name="red coat").or_(
        gwen.get_by_role("link", name=stranger.handle)
    ).first.click()
    wait_until(gwen, "Hidden from the page")
    assert hidden(bluesky_account) == [harm]
    gwen.locator("summary", has_text="Hide it and ban").click()
    gwen.get_by_label("Why?").first.fill("Asks when a child can be found")
    gwen.get_by_role("button", name="Hide and ban").click()
    gwen.get_by_text("Decided:").first.wait_for()
    assert eventually(lambda: blocked(bluesky_account)) == [stranger.did]

    answer(priya, stack)
    kofi = stack.person("Kofi")
    approve(kofi, stack, "Please ring the office")
    wait_until(kofi, "On the page")
    replies = [one["value"]["reply"]["parent"]["uri"] for one in bluesky_account.records() if is_reply(one)]
    assert replies == [kind]
    assert checks_out_offline(priya, stack, tmp_path)


def write(author: Page, stack: Stack) -> None:
    """Write the post for Bluesky alone, and send it for approval."""
    author.goto(f"{stack.url}/posts/new/")
    author.get_by_role("textbox", name="2. What it says").fill(POST)
    author.get_by_label("Facebook page").uncheck()
    author.get_by_label("Bluesky").check()
    send_for_approval(author)


def answer(person: Page, stack: Stack) -> None:
    """Answer the parent as the team, and send the answer for approval."""
    person.goto(f"{stack.url}/inbox/")
    wait_until(person, "places in the Acorns")
    person.get_by_role("link", name="places in the Acorns").first.click()
    person.locator("summary", has_text="Reply as the team").click()
    person.get_by_label("Your reply").fill("Please ring the office, we will gladly show you round.")
    person.get_by_role("button", name="Go on to the gate").click()
    person.get_by_role("button", name="Send for approval").click()
    person.get_by_text("Sent for approval.").wait_for()


def is_reply(row: dict[str, dict[str, object]]) -> bool:
    return "reply" in row["value"]


def texts(account: Person) -> list[str]:
    """Return the posts on the account that are no replies."""
    return [str(row["value"]["text"]) for row in account.records() if not is_reply(row)]


def hidden(account: Person) -> list[str]:
    """Return the answers that the account's own rules hide."""
    return [uri for row in account.records(THREADGATE) for uri in row["value"]["hiddenReplies"]]


def blocked(account: Person) -> list[str]:
    """Return whom the account blocks."""
    return [str(row["value"]["subject"]) for row in account.records(BLOCK)]
