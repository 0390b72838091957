"""Reading what the public wrote, through the real AppView."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from stairgate.networks.base import (
    Account,
    ItemKind,
    RefusalKind,
    Refused,
    Trouble,
)
from stairgate.networks.bluesky import Bluesky, threads
from tests.networks.bluesky.steps import ids, seen, send
from tests.networks.bluesky_fixture import (
    BlueskyServer,
    eventually,
)
from tests.networks.bluesky_middleman import Fault, Middleman
from tests.networks.bluesky_passages import passage

pytestmark = [pytest.mark.node, pytest.mark.usefixtures("appview")]


def test_the_public_answers_and_we_answer_back(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    parent, neighbour, _ = bluesky.others
    post = send(client, passage(account, f"What a day {uuid4()}")).external_id
    comment = parent.reply(post, "Lovely! 🌈")
    item = seen(client, account, comment, [post])
    assert (item.text, item.kind, item.author_id) == ("Lovely! 🌈", ItemKind.COMMENT, parent.did)
    assert (item.parent_id, item.post_id, item.is_hidden) == (post, post, False)
    assert item.author_name == parent.handle and item.permalink.startswith("https://bsky.app/profile/")
    assert abs(item.created_at - datetime.now(UTC)) < timedelta(minutes=2)

    ours = send(client, passage(account, f"Thank you {uuid4()}", reply_to=comment)).external_id
    record = bluesky.own.record(ours)["value"]["reply"]
    assert (record["parent"]["uri"], record["root"]["uri"]) == (comment, post)

    back = neighbour.reply(ours, "Agreed")
    answer = seen(client, account, back, [post, ours])
    assert (answer.kind, answer.parent_id, answer.post_id) == (ItemKind.REPLY, ours, post)
    found = client.fetch(account, posts=[post], cursor="")
    assert {one.external_id for one in found.items} >= {comment, back}
    assert ours not in {one.external_id for one in found.items}
    read = client.read_item(account, comment)
    assert read is not None and replace(read, raw={}) == replace(item, raw={})


def test_a_reply_to_what_is_gone_is_refused(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    post = send(client, passage(account, f"Soon gone {uuid4()}")).external_id
    comment = bluesky.others[0].reply(post, "Oops")
    seen(client, account, comment, [post])
    bluesky.others[0].delete(comment)
    eventually(lambda: client.read_item(account, comment) is None)
    outcome = client.stage(passage(account, "Too late", reply_to=comment))
    assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.GONE
    assert comment not in ids(client, account, [post])
    with pytest.raises(Trouble) as caught:
        client.hide(account, comment, hidden=True)
    assert isinstance(caught.value.outcome, Refused) and caught.value.outcome.kind == RefusalKind.GONE


def test_a_picture_in_an_answer_is_noticed(client: Bluesky, bluesky: BlueskyServer, account: Account) -> None:
    post = send(client, passage(account, f"Show us {uuid4()}")).external_id
    card = {
        "$type": "app.bsky.embed.external",
        "external": {"uri": "https://x.example", "title": "", "description": ""},
    }
    comment = bluesky.others[1].reply(post, "Look", embed=card)
    assert seen(client, account, comment, [post]).has_picture


def test_a_long_chain_of_answers_is_read_to_its_end(
    client: Bluesky, bluesky: BlueskyServer, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "_DEPTH", 2)
    post = send(client, passage(account, f"A long talk {uuid4()}")).external_id
    chain, last = [], post
    for number in range(7):
        last = bluesky.others[number % 2].reply(last, f"{number}")
        chain.append(last)
    seen(client, account, chain[-1], [post])
    items = {one.external_id: one for one in client.fetch(account, posts=[post], cursor="").items}
    assert [items[uri].text for uri in chain] == [str(number) for number in range(7)]
    assert all(items[uri].post_id == post for uri in chain)


def test_a_mention_elsewhere_is_read_and_hangs_on_no_post_of_ours(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    uri = bluesky.others[2].mention(bluesky.own, "is wonderful")
    item = seen(client, account, uri, [])
    assert (item.kind, item.post_id, item.author_id) == (ItemKind.MENTION, "", bluesky.others[2].did)
    read = client.read_item(account, uri)
    assert read is not None and replace(read, raw={}) == replace(item, raw={})
    with pytest.raises(Trouble) as caught:
        client.hide(account, uri, hidden=True)
    assert isinstance(caught.value.outcome, Refused) and caught.value.outcome.kind == RefusalKind.PERMISSION


def test_a_quote_of_ours_is_read_as_a_mention(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    post = send(client, passage(account, f"Quote me {uuid4()}")).external_id
    quote = bluesky.others[0].quote(post, "Look at this lot")
    item = seen(client, account, quote, [post])
    assert (item.kind, item.text, item.post_id) == (ItemKind.MENTION, "Look at this lot", "")


def test_what_we_are_told_of_is_read_page_by_page_to_its_end(
    client: Bluesky,
    bluesky: BlueskyServer,
    between: Middleman,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "_A_PAGE", 2)
    through = replace(bluesky.account, base_url=between.url)
    told = [bluesky.others[number % 3].mention(bluesky.own, f"number {number}") for number in range(5)]
    eventually(lambda: set(told) <= ids(client, through, []))
    between.calls.clear()
    assert set(told) <= ids(client, through, [])
    assert between.count("app.bsky.notification.listNotifications") >= 3


def test_an_answer_under_a_post_no_longer_asked_for_is_still_read(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    post = send(client, passage(account, f"An old post {uuid4()}")).external_id
    comment = bluesky.others[0].reply(post, "Years later")
    item = seen(client, account, comment, [])
    assert (item.kind, item.parent_id, item.post_id) == (ItemKind.COMMENT, post, post)


def test_a_post_of_ours_that_is_gone_is_said(client: Bluesky, account: Account) -> None:
    gone = f"at://{account.account_id}/app.bsky.feed.post/2222222222222"
    assert client.fetch(account, posts=[gone], cursor="").removed == (gone,)


def test_a_reading_that_breaks_off_is_trouble(
    client: Bluesky, bluesky: BlueskyServer, between: Middleman
) -> None:
    through = replace(bluesky.account, base_url=between.url)
    post = send(client, passage(through, f"Read me {uuid4()}")).external_id
    for call in ("app.bsky.feed.getPostThread", "app.bsky.notification.listNotifications"):
        between.faults.append(Fault(call, passed_on=False, status=502))
        with pytest.raises(Trouble):
            client.fetch(through, posts=[post], cursor="")
        assert not between.faults


def test_signing_in_happens_once_for_many_deeds(
    client: Bluesky, bluesky: BlueskyServer, between: Middleman
) -> None:
    through = replace(bluesky.account, base_url=between.url)
    for number in range(3):
        send(client, passage(through, f"Deed {number} {uuid4()}"))
        client.fetch(through, posts=[], cursor="")
    assert between.count("com.atproto.server.createSession") == 1
    assert between.count("com.atproto.server.refreshSession") == 2  # the app password, proved for each post
