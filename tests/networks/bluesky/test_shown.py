"""What somebody without an account sees of our posts, as the AppView shows it to the public."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from stairgate.networks.base import (
    Account,
)
from stairgate.networks.bluesky import Bluesky
from tests.networks.bluesky.steps import chosen, ids, send
from tests.networks.bluesky_fixture import (
    BlueskyServer,
    eventually,
)
from tests.networks.bluesky_passages import passage, picture

pytestmark = [pytest.mark.node, pytest.mark.usefixtures("appview")]


PICTURES = "app.bsky.embed.images#view"


def thread_of(bluesky: BlueskyServer, post: str) -> dict[str, Any]:
    """Return a thread once the public sees it."""

    def look() -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = bluesky.visitor("app.bsky.feed.getPostThread", uri=post)["thread"]
        except httpx2.HTTPStatusError as error:
            assert error.response.json()["error"] == "NotFound"
            return None
        return found

    return eventually(look)


def answers_to(bluesky: BlueskyServer, post: str) -> list[str]:
    """Return the addresses of the answers under a post that the public is given."""
    replies = thread_of(bluesky, post).get("replies", [])
    return [one["post"]["uri"] for one in replies if "post" in one]


def in_the_app(bluesky: BlueskyServer, post: str, part: str = "") -> dict[str, dict[str, Any]]:
    """Return what the app lays out of a thread, by address: the plain part, or what it keeps folded away."""
    items = bluesky.visitor(f"app.bsky.unspecced.getPostThread{part}V2", anchor=post)["thread"]
    return {one["uri"]: one["value"] for one in items}


def test_a_post_is_shown_with_its_link_its_name_and_its_described_pictures(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    named = bluesky.others[0]
    words = f"🌧️ @{named.handle} https://willow.example/boots {uuid4()}"
    pictures = (picture("Boots in a row"), picture("A puddle"))
    done = send(client, passage(account, words, pictures=pictures))
    shown = thread_of(bluesky, done.external_id)["post"]
    assert shown["record"]["text"] == words
    features = [one["features"][0] for one in shown["record"]["facets"]]
    assert [one.get("uri") or one.get("did") for one in features] == [
        named.did,
        "https://willow.example/boots",
    ]
    assert shown["embed"]["$type"] == PICTURES
    assert [image["alt"] for image in shown["embed"]["images"]] == ["Boots in a row", "A puddle"]


def test_whom_a_post_names_is_told(client: Bluesky, bluesky: BlueskyServer, account: Account) -> None:
    named = bluesky.others[0]
    done = send(client, passage(account, f"Thank you @{named.handle} {uuid4()}"))

    def told() -> bool:
        notes = named.call("GET", "app.bsky.notification.listNotifications")["notifications"]
        return any(one["uri"] == done.external_id and one["reason"] == "mention" for one in notes)

    eventually(told)


def test_a_hidden_answer_is_marked_for_the_public_and_folded_away_in_the_app(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    post = send(client, passage(account, f"Be kind {uuid4()}")).external_id
    rude, kind = bluesky.others[1].reply(post, "Rude"), bluesky.others[2].reply(post, "Kind")
    eventually(lambda: set(answers_to(bluesky, post)) == {rude, kind})
    client.hide(account, rude, hidden=True)
    eventually(lambda: hidden_for_the_public(bluesky, post) == [rude])
    assert kind in in_the_app(bluesky, post) and rude not in in_the_app(bluesky, post)
    assert in_the_app(bluesky, post, "Other")[rude]["hiddenByThreadgate"] is True

    client.hide(account, rude, hidden=False)
    eventually(lambda: rude in in_the_app(bluesky, post))
    assert hidden_for_the_public(bluesky, post) == []


def hidden_for_the_public(server: BlueskyServer, post: str) -> object:
    """Return what every app is told to hide of a thread."""
    gate = thread_of(server, post)["post"].get("threadgate") or {}
    return gate.get("record", {}).get("hiddenReplies", [])


@pytest.mark.clause("C30")
def test_whoever_may_not_answer_is_neither_shown_nor_read(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    named, stranger, _ = bluesky.others
    allow = [{"$type": "app.bsky.feed.threadgate#mentionRule"}]
    with chosen(bluesky.own, threadgateAllowRules=allow):
        post = send(client, passage(account, f"@{named.handle} only {uuid4()}")).external_id
    kept_out = stranger.reply(post, "Me too, with a picture")
    allowed = named.reply(post, "Thank you")
    eventually(lambda: allowed in answers_to(bluesky, post))
    eventually(lambda: stranger.call("GET", "app.bsky.feed.getPosts", params={"uris": [kept_out]})["posts"])
    assert answers_to(bluesky, post) == [allowed]
    assert kept_out not in ids(client, account, [post])


@pytest.mark.clause("C30")
def test_what_may_not_be_quoted_is_not_shown_in_a_quote(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    with chosen(bluesky.own, postgateEmbeddingRules=[{"$type": "app.bsky.feed.postgate#disableRule"}]):
        post = send(client, passage(account, f"Do not quote {uuid4()}")).external_id
    thread_of(bluesky, post)
    quote = bluesky.others[0].quote(post, "Look at this lot")
    shown = thread_of(bluesky, quote)["post"]
    assert "text" not in json.dumps(shown.get("embed", {}))


def test_a_blocked_account_is_no_longer_shown_under_our_posts(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    stranger = bluesky.others[1]
    post = send(client, passage(account, f"Goodbye {uuid4()}")).external_id
    rude, kind = stranger.reply(post, "Rude"), bluesky.others[2].reply(post, "Kind")
    eventually(lambda: set(answers_to(bluesky, post)) == {rude, kind})
    try:
        client.block(account, stranger.did)
        eventually(lambda: answers_to(bluesky, post) == [kind])
        assert rude not in in_the_app(bluesky, post)
    finally:
        for block in bluesky.own.records("app.bsky.graph.block"):
            bluesky.own.delete(block["uri"])
    eventually(lambda: set(answers_to(bluesky, post)) == {rude, kind})


def test_what_we_delete_is_gone_for_the_public(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    post = send(client, passage(account, f"Taken down {uuid4()}")).external_id
    thread_of(bluesky, post)
    client.delete(account, post)

    def gone() -> bool:
        try:
            bluesky.visitor("app.bsky.feed.getPostThread", uri=post)
        except httpx2.HTTPStatusError as error:
            return bool(error.response.json()["error"] == "NotFound")
        return False

    eventually(gone)
