"""The Bluesky client against the real server: directory, data server and AppView."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from stairgate.networks.base import (
    Absent,
    Account,
    AlreadySpent,
    CannotTell,
    Done,
    Found,
    ItemKind,
    LivePost,
    Outgoing,
    Passage,
    PublicItem,
    RefusalKind,
    Refused,
    Secret,
    Staged,
    Trouble,
    Unknown,
)
from stairgate.networks.bluesky import Bluesky, threads, xrpc
from stairgate.networks.bluesky import client as client_module
from tests.networks.bluesky_fixture import BlueskyServer, eventually
from tests.networks.bluesky_middleman import Fault, Middleman, middleman
from tests.networks.bluesky_passages import passage, picture

pytestmark = pytest.mark.node

PUT = "com.atproto.repo.putRecord"
LONG_AGO = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
def client() -> Bluesky:
    return Bluesky()


@pytest.fixture
def account(bluesky: BlueskyServer) -> Account:
    return bluesky.account


@pytest.fixture
def between(bluesky: BlueskyServer) -> Iterator[Middleman]:
    with middleman(bluesky.url) as server:
        yield server


def send(client: Bluesky, leave: Passage) -> Done:
    """Stage and publish; return what came of it, which must be Done."""
    staged = client.stage(leave)
    assert isinstance(staged, Staged), staged
    outcome = client.publish(leave, staged)
    assert isinstance(outcome, Done), outcome
    return outcome


def texts(server: BlueskyServer) -> list[str]:
    return [record["value"]["text"] for record in server.own.records()]


def seen(client: Bluesky, account: Account, uri: str, posts: list[str]) -> PublicItem:
    """Return one item once a reading brings it."""

    def look() -> PublicItem | None:
        items = client.fetch(account, posts=posts, cursor="").items
        return next((item for item in items if item.external_id == uri), None)

    return eventually(look)


def ids(client: Bluesky, account: Account, posts: list[str]) -> set[str]:
    """Return the addresses of everything that one reading brings."""
    return {item.external_id for item in client.fetch(account, posts=posts, cursor="").items}


# ── Publishing ──


def test_a_post_is_there_as_it_was_written(client: Bluesky, bluesky: BlueskyServer, account: Account) -> None:
    words = f"🌧️👩‍👧 Puddle day! https://willow.example/boots – {uuid4()}"
    done = send(client, passage(account, words))
    record = bluesky.others[0].record(done.external_id)["value"]
    assert record["text"] == words
    index = record["facets"][0]["index"]
    assert words.encode()[index["byteStart"] : index["byteEnd"]] == b"https://willow.example/boots"
    key = done.external_id.rpartition("/")[2]
    assert done.permalink == f"https://bsky.app/profile/{account.account_id}/post/{key}"
    assert "embed" not in record and "reply" not in record


def test_the_public_sees_the_post_with_its_working_link(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    done = send(client, passage(account, f"🌧️ https://willow.example/boots {uuid4()}"))
    shown = eventually(lambda: _thread(bluesky, done.external_id))
    feature = shown["post"]["record"]["facets"][0]["features"][0]
    assert feature["uri"] == "https://willow.example/boots"


def _thread(server: BlueskyServer, uri: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = server.others[0].thread(uri)["thread"]
    except Exception as error:
        assert "400" in str(error)
        return None
    return found


def test_pictures_go_with_their_words(client: Bluesky, bluesky: BlueskyServer, account: Account) -> None:
    pictures = tuple(picture(f"Picture {number}", size=(40 + number, 30)) for number in range(4))
    done = send(client, passage(account, "Four pictures", pictures=pictures))
    images = bluesky.own.record(done.external_id)["value"]["embed"]["images"]
    assert [image["alt"] for image in images] == ["Picture 0", "Picture 1", "Picture 2", "Picture 3"]
    assert [image["aspectRatio"]["width"] for image in images] == [40, 41, 42, 43]
    assert [image["image"]["size"] for image in images] == [len(one.data) for one in pictures]


def test_the_longest_post_is_taken_and_one_longer_is_refused_by_the_server_too(
    client: Bluesky, account: Account
) -> None:
    longest = "é👩‍👧" * 150
    assert client.validate(Outgoing(longest)) == []
    send(client, passage(account, longest))
    longer = passage(account, longest + "!")
    assert client.validate(longer.content)
    outcome = client.publish(longer, Staged())
    assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.INVALID


def test_the_same_delivery_twice_is_one_post(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    key, words, at = uuid4().hex, f"Only once {uuid4()}", datetime.now(UTC)
    first = send(client, passage(account, words, key=key, opened_at=at))
    again = send(client, passage(account, words, key=key, opened_at=at))
    assert again == first
    later = client.publish(passage(account, words, key=key, opened_at=at + timedelta(minutes=5)), Staged())
    assert isinstance(later, Refused) and later.kind == RefusalKind.DUPLICATE
    assert texts(bluesky).count(words) == 1


def test_a_passage_works_once(client: Bluesky, account: Account) -> None:
    leave = passage(account, f"Once {uuid4()}")
    send(client, leave)
    with pytest.raises(AlreadySpent):
        client.publish(leave, Staged())


def test_publishing_makes_one_write_and_nothing_else(
    client: Bluesky, account: Account, between: Middleman
) -> None:
    leave = passage(replace(account, base_url=between.url), f"One write {uuid4()}", pictures=(picture(),))
    staged = client.stage(leave)
    assert isinstance(staged, Staged)
    assert PUT not in between.calls
    between.calls.clear()
    assert isinstance(client.publish(leave, staged), Done)
    assert between.calls == [PUT]


def test_what_was_staged_must_fit(client: Bluesky, account: Account, between: Middleman) -> None:
    leave = passage(replace(account, base_url=between.url), pictures=(picture(),))
    outcome = client.publish(leave, Staged())
    assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.INVALID
    assert between.calls == []


# ── When it goes wrong ──


@pytest.mark.parametrize("passed_on", [True, False])
@pytest.mark.parametrize("status", [0, 500, 502])
def test_a_lost_answer_is_unknown_and_looking_finds_out(
    client: Bluesky, bluesky: BlueskyServer, between: Middleman, status: int, passed_on: bool
) -> None:
    through = replace(bluesky.account, base_url=between.url)
    leave = passage(through, f"Lost answer {uuid4()}")
    staged = client.stage(leave)
    assert isinstance(staged, Staged)
    between.faults.append(Fault(PUT, passed_on=passed_on, status=status, body=b"oops"))
    outcome = client.publish(leave, staged)
    assert isinstance(outcome, Unknown)
    assert between.count(PUT) == 1
    found = client.reconcile(through, leave.content, since=LONG_AGO, key=leave.key)
    assert isinstance(found, Found if passed_on else Absent)
    assert texts(bluesky).count(leave.content.text) == passed_on


def test_a_server_that_stops_midway_is_unknown(
    client: Bluesky, bluesky: BlueskyServer, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave = passage(account, f"Stopped midway {uuid4()}")
    staged = client.stage(leave)
    assert isinstance(staged, Staged)
    with monkeypatch.context() as patch:
        patch.setattr(xrpc, "_WAIT_SECONDS", 1.0)
        os.kill(bluesky.pid, signal.SIGSTOP)
        try:
            outcome = client.publish(leave, staged)
            look = client.reconcile(account, leave.content, since=LONG_AGO, key=leave.key)
        finally:
            os.kill(bluesky.pid, signal.SIGCONT)
    assert isinstance(outcome, Unknown)
    assert isinstance(look, CannotTell)
    eventually(lambda: leave.content.text in texts(bluesky))
    found = client.reconcile(account, leave.content, since=LONG_AGO, key=leave.key)
    assert isinstance(found, Found) and found.times == 1


def test_a_server_that_is_not_there_was_never_reached(client: Bluesky, account: Account) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
    for address in (nowhere, "not an address", "ftp://willow.example"):
        leave = passage(replace(account, base_url=address))
        for outcome in (client.stage(leave), client.publish(leave, Staged())):
            assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.UNREACHABLE
        look = client.reconcile(leave.account, leave.content, since=LONG_AGO, key=leave.key)
        assert isinstance(look, CannotTell)


def test_a_server_that_went_away_before_the_write_was_never_reached(
    client: Bluesky, bluesky: BlueskyServer
) -> None:
    with middleman(bluesky.url) as server:
        leave = passage(replace(bluesky.account, base_url=server.url), f"Too late {uuid4()}")
        assert isinstance(client.stage(leave), Staged)
    outcome = client.publish(leave, Staged())
    assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.UNREACHABLE


def test_a_throttle_is_a_refusal_with_a_time(
    client: Bluesky, bluesky: BlueskyServer, between: Middleman
) -> None:
    leave = passage(replace(bluesky.account, base_url=between.url), f"Throttled {uuid4()}")
    staged = client.stage(leave)
    assert isinstance(staged, Staged)
    body, headers = b'{"error":"RateLimitExceeded"}', {"retry-after": "17"}
    between.faults.append(Fault(PUT, passed_on=False, status=429, body=body, headers=headers))
    outcome = client.publish(leave, staged)
    assert isinstance(outcome, Refused)
    assert (outcome.kind, outcome.retry_after) == (RefusalKind.THROTTLED, 17)


def test_a_wrong_password_asks_to_connect_again(client: Bluesky, account: Account) -> None:
    wrong = replace(account, token=Secret("abcd-efgh-ijkl-mnop"))
    leave = passage(wrong)
    for outcome in (client.stage(leave), client.publish(leave, Staged())):
        assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.RECONNECT
    look = client.reconcile(wrong, leave.content, since=LONG_AGO, key=leave.key)
    assert isinstance(look, CannotTell)
    with pytest.raises(Trouble):
        client.fetch(wrong, posts=[], cursor="")


def test_a_session_that_died_is_replaced_before_publishing_not_while(
    client: Bluesky, bluesky: BlueskyServer, between: Middleman
) -> None:
    through = replace(bluesky.account, base_url=between.url)
    send(client, passage(through, f"Signed in {uuid4()}"))
    expired = Fault(
        "com.atproto.server.getSession", passed_on=False, status=400, body=b'{"error":"ExpiredToken"}'
    )
    between.faults.append(expired)
    between.calls.clear()
    send(client, passage(through, f"Signed in again {uuid4()}"))
    assert between.count("com.atproto.server.refreshSession") == 1
    between.faults.append(replace(expired, call=PUT, status=401))
    outcome = client.publish(passage(through, "Never there"), Staged())
    assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.RECONNECT
    assert between.count(PUT) == 2


def test_signing_in_happens_once_for_many_deeds(
    client: Bluesky, bluesky: BlueskyServer, between: Middleman
) -> None:
    through = replace(bluesky.account, base_url=between.url)
    for number in range(3):
        send(client, passage(through, f"Deed {number} {uuid4()}"))
        client.fetch(through, posts=[], cursor="")
    assert between.count("com.atproto.server.createSession") == 1
    assert between.count("com.atproto.server.refreshSession") == 0


def test_an_answer_that_drips_ends_with_our_time(
    client: Bluesky, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_STAGE_SECONDS", 0.0)
    outcome = client.stage(passage(account))
    assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.UNREACHABLE


def test_what_was_never_sent_is_absent(client: Bluesky, account: Account) -> None:
    look = client.reconcile(account, Outgoing("Never sent"), since=LONG_AGO, key=uuid4().hex)
    assert look == Absent(1)


# ── Replies and reading ──


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


# ── Hiding, blocking, deleting ──


def test_hiding_an_answer_and_showing_it_again(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    post = send(client, passage(account, f"Be kind {uuid4()}")).external_id
    rude, kind = bluesky.others[1].reply(post, "Rude"), bluesky.others[2].reply(post, "Kind")
    seen(client, account, rude, [post])
    for _ in range(2):
        client.hide(account, rude, hidden=True)
    gate = post.replace("app.bsky.feed.post", "app.bsky.feed.threadgate")
    assert bluesky.own.record(gate)["value"]["hiddenReplies"] == [rude]
    assert seen(client, account, rude, [post]).is_hidden
    assert not seen(client, account, kind, [post]).is_hidden
    read = client.read_item(account, rude)
    assert read is not None and read.is_hidden
    eventually(lambda: _hidden_for_the_public(bluesky, post) == [rude])

    client.hide(account, kind, hidden=True)
    client.hide(account, rude, hidden=False)
    assert bluesky.own.record(gate)["value"]["hiddenReplies"] == [kind]
    assert not seen(client, account, rude, [post]).is_hidden


def _hidden_for_the_public(server: BlueskyServer, post: str) -> object:
    """Return what the app of a member of the public is told to hide."""
    gate = server.others[0].thread(post)["thread"]["post"].get("threadgate") or {}
    return gate.get("record", {}).get("hiddenReplies")


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


def test_nobody_deletes_what_others_wrote(client: Bluesky, bluesky: BlueskyServer, account: Account) -> None:
    theirs = bluesky.others[0].post(f"Mine {uuid4()}")
    with pytest.raises(Trouble) as caught:
        client.delete(account, theirs)
    assert isinstance(caught.value.outcome, Refused)
    assert caught.value.outcome.kind == RefusalKind.PERMISSION
    assert bluesky.others[0].record(theirs)

    ours = send(client, passage(account, f"Ours {uuid4()}")).external_id
    for _ in range(2):
        client.delete(account, ours)
    assert ours not in {record["uri"] for record in bluesky.own.records()}


# ── Our own posts, read back ──


@pytest.mark.clause("C78")
def test_what_is_there_now_is_read_back(client: Bluesky, bluesky: BlueskyServer, account: Account) -> None:
    words = f"🌧️ Puddle day! {uuid4()}"
    ours = send(client, passage(account, words, pictures=(picture(), picture()))).external_id
    assert client.read_post(account, ours) == LivePost(ours, words, 2)

    record = bluesky.own.record(ours)["value"]
    repo, collection, key = ours.removeprefix("at://").split("/")
    del record["embed"]
    edited = {"repo": repo, "collection": collection, "rkey": key, "record": {**record, "text": "Edited"}}
    bluesky.own.call("POST", PUT, json=edited)
    assert client.read_post(account, ours) == LivePost(ours, "Edited", 0)

    bluesky.own.delete(ours)
    assert client.read_post(account, ours) is None
    with pytest.raises(Trouble):
        client.read_post(account, bluesky.others[0].post("Not ours"))


@pytest.mark.clause("C78")
def test_a_reading_of_our_own_that_breaks_off_is_trouble(client: Bluesky, account: Account) -> None:
    ours = send(client, passage(account, f"Ours {uuid4()}")).external_id
    for elsewhere in (replace(account, base_url="http://127.0.0.1:9"), replace(account, token=Secret("no"))):
        with pytest.raises(Trouble):
            client.read_post(elsewhere, ours)


# ── Health ──


def test_a_good_connection_is_healthy(client: Bluesky, account: Account) -> None:
    health = client.health(account)
    assert health.ok and health.problems == () and health.kind is None


def test_a_wrong_password_is_a_problem_a_person_can_act_on(client: Bluesky, account: Account) -> None:
    health = client.health(replace(account, token=Secret("abcd-efgh-ijkl-mnop")))
    assert not health.ok and health.kind == RefusalKind.RECONNECT
    assert "app password" in health.problems[0]


def test_an_app_password_taken_back_is_noticed_at_once(
    client: Bluesky, bluesky: BlueskyServer, between: Middleman
) -> None:
    through = replace(bluesky.account, base_url=between.url)
    assert client.health(through).ok
    for call in ("com.atproto.server.refreshSession", "com.atproto.server.createSession"):
        between.faults.append(
            Fault(call, passed_on=False, status=401, body=b'{"error":"AuthenticationRequired"}')
        )
    assert client.health(through).kind == RefusalKind.RECONNECT


def test_another_accounts_password_is_not_ours(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    theirs = replace(account, token=Secret(bluesky.others[0].password))
    assert client.health(theirs).kind == RefusalKind.RECONNECT


def test_a_server_that_is_down_is_said(client: Bluesky, account: Account) -> None:
    health = client.health(replace(account, base_url="http://127.0.0.1:9"))
    assert not health.ok and health.kind == RefusalKind.UNREACHABLE


@pytest.mark.parametrize(
    ("status", "word"), [("takendown", "taken"), ("deactivated", "deactivated"), ("other", "not active")]
)
def test_an_account_that_is_not_active_is_a_problem(
    client: Bluesky, bluesky: BlueskyServer, between: Middleman, status: str, word: str
) -> None:
    body = f'{{"did":"x","active":false,"status":"{status}"}}'.encode()
    between.faults.append(Fault("com.atproto.server.getSession", passed_on=False, status=200, body=body))
    health = client.health(replace(bluesky.account, base_url=between.url))
    assert not health.ok and word in health.problems[0]
