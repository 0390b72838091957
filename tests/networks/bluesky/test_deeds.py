"""Hiding, blocking and reporting what the public wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from stairgate.networks.base import (
    Account,
    Trouble,
)
from stairgate.networks.bluesky import Bluesky, records
from tests.networks.bluesky.steps import PUT, beside, chosen, ids, seen, send
from tests.networks.bluesky_fixture import (
    BlueskyServer,
    Moderation,
    eventually,
)
from tests.networks.bluesky_middleman import Fault, Middleman
from tests.networks.bluesky_passages import passage

pytestmark = [pytest.mark.node, pytest.mark.usefixtures("appview")]


def test_hiding_an_answer_and_showing_it_again(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    post = send(client, passage(account, f"Be kind {uuid4()}")).external_id
    rude, kind = bluesky.others[1].reply(post, "Rude"), bluesky.others[2].reply(post, "Kind")
    seen(client, account, rude, [post])
    for _ in range(2):
        client.hide(account, rude, hidden=True)
    gate = beside(post, records.THREADGATE)
    assert bluesky.own.record(gate)["value"]["hiddenReplies"] == [rude]
    assert seen(client, account, rude, [post]).is_hidden
    assert not seen(client, account, kind, [post]).is_hidden
    read = client.read_item(account, rude)
    assert read is not None and read.is_hidden

    client.hide(account, kind, hidden=True)
    client.hide(account, rude, hidden=False)
    assert bluesky.own.record(gate)["value"]["hiddenReplies"] == [kind]
    assert not seen(client, account, rude, [post]).is_hidden


def test_hiding_keeps_who_may_answer(client: Bluesky, bluesky: BlueskyServer, account: Account) -> None:
    allow = [{"$type": "app.bsky.feed.threadgate#mentionRule"}]
    named = bluesky.others[0]
    with chosen(bluesky.own, threadgateAllowRules=allow):
        post = send(client, passage(account, f"@{named.handle} only {uuid4()}")).external_id
    answer = named.reply(post, "Me?")
    seen(client, account, answer, [post])
    client.hide(account, answer, hidden=True)
    gate = bluesky.own.record(beside(post, records.THREADGATE))["value"]
    assert (gate["allow"], gate["hiddenReplies"]) == (allow, [answer])


def test_hiding_yields_to_a_change_made_meanwhile(
    client: Bluesky, bluesky: BlueskyServer, between: Middleman
) -> None:
    through = replace(bluesky.account, base_url=between.url)
    post = send(client, passage(through, f"Busy {uuid4()}")).external_id
    rude = bluesky.others[1].reply(post, "Rude")
    seen(client, through, rude, [post])
    between.faults.append(Fault(PUT, passed_on=False, status=400, body=b'{"error":"InvalidSwap"}'))
    client.hide(through, rude, hidden=True)
    assert seen(client, through, rude, [post]).is_hidden


def test_blocking_is_done_once_and_takes_the_answers_away(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    stranger = bluesky.others[1]
    post = send(client, passage(account, f"Goodbye {uuid4()}")).external_id
    rude = stranger.reply(post, "Rude")
    seen(client, account, rude, [post])
    try:
        for _ in range(2):
            client.block(account, stranger.did)
        blocks = bluesky.own.records("app.bsky.graph.block")
        assert [block["value"]["subject"] for block in blocks] == [stranger.did]
        eventually(lambda: rude not in ids(client, account, [post]))
        read = client.read_item(account, rude)
        assert read is not None and read.text == "Rude" and read.author_id == stranger.did
        client.hide(account, rude, hidden=True)
    finally:
        for block in bluesky.own.records("app.bsky.graph.block"):
            bluesky.own.delete(block["uri"])
    seen(client, account, rude, [post])


# ── Reporting ──


def test_a_report_reaches_the_moderators_with_the_very_words(
    client: Bluesky, bluesky: BlueskyServer, account: Account, moderation: Moderation
) -> None:
    stranger = bluesky.others[1]
    post = send(client, passage(account, f"A busy day {uuid4()}")).external_id
    rude = stranger.reply(post, "Which days is she in?")
    item = seen(client, account, rude, [post])
    why = f"Asks when a child can be found. {uuid4()}"
    client.report(account, rude, item.author_id, reason=why)
    report = reported(moderation, why)
    assert report["createdBy"] == account.account_id
    assert report["subject"] == {
        "$type": "com.atproto.repo.strongRef",
        "uri": rude,
        "cid": stranger.record(rude)["cid"],
    }


def test_when_the_words_are_gone_their_author_is_reported(
    client: Bluesky, bluesky: BlueskyServer, account: Account, moderation: Moderation
) -> None:
    stranger = bluesky.others[1]
    uri = stranger.mention(bluesky.own, "soon gone")
    seen(client, account, uri, [])
    stranger.delete(uri)
    eventually(lambda: client.read_item(account, uri) is None)
    why = f"Wrote and deleted it. {uuid4()}"
    client.report(account, uri, stranger.did, reason=why)
    assert reported(moderation, why)["subject"] == {
        "$type": "com.atproto.admin.defs#repoRef",
        "did": stranger.did,
    }


def test_a_report_that_nobody_took_is_trouble(bluesky: BlueskyServer, account: Account) -> None:
    nobody = Bluesky("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa")
    theirs = bluesky.others[0].post(f"Harmless {uuid4()}")
    with pytest.raises(Trouble):
        nobody.report(account, theirs, bluesky.others[0].did, reason="Nobody reads this.")


def reported(moderation: Moderation, why: str) -> dict[str, Any]:
    """Return the one report that was sent in these words."""
    (found,) = (one for one in moderation.reports() if one["event"].get("comment") == why)
    return found
