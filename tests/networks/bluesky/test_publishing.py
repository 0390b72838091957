"""Publishing on the real data server: what is written, and what goes along with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from stairgate.networks.base import (
    Account,
    AlreadySpent,
    Done,
    Found,
    LivePost,
    Outgoing,
    Passage,
    Picture,
    RefusalKind,
    Refused,
    Secret,
    Staged,
    Trouble,
    Unknown,
)
from stairgate.networks.bluesky import Bluesky, records
from tests.networks.bluesky.steps import LONG_AGO, PUT, READY, WRITE, beside, chosen, send, texts
from tests.networks.bluesky_fixture import (
    BlueskyServer,
)
from tests.networks.bluesky_middleman import Fault, Middleman
from tests.networks.bluesky_passages import passage, picture

pytestmark = pytest.mark.node


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
    refused_by_the_server(client, longer)


def padded(size: int) -> Picture:
    """Return a real picture of as many bytes."""
    small = picture()
    return replace(small, data=small.data + b"\0" * (size - len(small.data)))


def test_a_picture_of_one_megabyte_is_taken_by_a_server_of_any_age(client: Bluesky, account: Account) -> None:
    pictures = (padded(records.MOST_BYTES_BEFORE),)
    assert client.validate(Outgoing("", pictures)) == []
    send(client, passage(account, "One megabyte", pictures=pictures))


@pytest.mark.parametrize("too_many", [0, 1])
def test_a_picture_too_big_for_the_server_is_refused_in_words_that_say_so(
    client: Bluesky, account: Account, too_many: int
) -> None:
    leave = passage(account, "Bigger", pictures=(padded(records.MOST_BYTES_OF_PICTURE + too_many),))
    assert len(client.validate(leave.content)) == too_many
    assert "1 MB at most" in refused_by_the_server(client, leave)


def test_four_pictures_are_taken_and_five_are_refused_by_the_server_too(
    client: Bluesky, account: Account
) -> None:
    five = passage(account, "Five", pictures=(picture(),) * 5)
    assert client.validate(five.content)
    refused_by_the_server(client, five)


def refused_by_the_server(client: Bluesky, leave: Passage) -> str:
    """Send what the server does not take; return what we say of it."""
    staged = client.stage(leave)
    assert isinstance(staged, Staged)
    outcome = client.publish(leave, staged)
    assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.INVALID, outcome
    return outcome.message


def test_the_same_delivery_twice_is_one_post(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    key, words = uuid4().hex, f"Only once {uuid4()}"
    first = send(client, passage(account, words, key=key))
    again = passage(account, words, key=key)
    staged = client.stage(again)
    assert isinstance(staged, Staged)
    assert isinstance(client.publish(again, staged), Unknown)
    look = client.reconcile(account, again.content, since=LONG_AGO, key=key)
    assert look == Found(first.external_id, first.permalink)
    assert texts(bluesky).count(words) == 1


def test_a_passage_works_once(client: Bluesky, account: Account) -> None:
    leave = passage(account, f"Once {uuid4()}")
    send(client, leave)
    with pytest.raises(AlreadySpent):
        client.publish(leave, READY)


def test_publishing_makes_one_write_and_nothing_else(
    client: Bluesky, account: Account, between: Middleman
) -> None:
    leave = passage(replace(account, base_url=between.url), f"One write {uuid4()}", pictures=(picture(),))
    staged = client.stage(leave)
    assert isinstance(staged, Staged)
    assert WRITE not in between.calls
    between.calls.clear()
    assert isinstance(client.publish(leave, staged), Done)
    assert between.calls == [WRITE]


def test_what_was_staged_must_fit(client: Bluesky, account: Account, between: Middleman) -> None:
    through = replace(account, base_url=between.url)
    plain = {"mentioned": "{}", "rules": "{}"}
    for pictures, reply_to, staged in (
        ((), None, Staged()),
        ((), None, Staged(extra={"mentioned": "{}"})),
        ((), None, Staged(extra={**plain, "reply": "{}"})),
        ((), "at://x", Staged(extra=plain)),
        ((picture(),), None, Staged(extra=plain)),
    ):
        outcome = client.publish(passage(through, pictures=pictures, reply_to=reply_to), staged)
        assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.INVALID
    assert between.calls == []


# ── Links, hashtags and names ──


@pytest.mark.parametrize("before", ["", "🌧️👩‍👧 ", "Dŵr ŷd – ", "Zażółć gęślą jaźń ", "آج بارش کا دن ہے "])
def test_links_hashtags_and_names_work_after_any_letters(
    client: Bluesky, bluesky: BlueskyServer, account: Account, before: str
) -> None:
    named = bluesky.others[0]
    words = f"{before}(@{named.handle}) https://willow.example/ŷd #Kałuże {uuid4()}"
    record = bluesky.own.record(send(client, passage(account, words)).external_id)["value"]
    assert marked(record) == {
        f"@{named.handle}": {"$type": "app.bsky.richtext.facet#mention", "did": named.did},
        "https://willow.example/ŷd": {
            "$type": "app.bsky.richtext.facet#link",
            "uri": "https://willow.example/ŷd",
        },
        "#Kałuże": {"$type": "app.bsky.richtext.facet#tag", "tag": "Kałuże"},
    }


def marked(record: dict[str, Any]) -> dict[str, Any]:
    """Return each facet by the words that its bytes cover."""
    raw = record["text"].encode()
    return {
        raw[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode(): one["features"][0]
        for one in record["facets"]
    }


def test_a_name_that_nobody_has_stays_plain_words(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    done = send(client, passage(account, f"Hello @nobody-at-all.test {uuid4()}"))
    assert "facets" not in bluesky.own.record(done.external_id)["value"]


# ── Who may answer ──


def test_without_a_choice_no_rules_go_along(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    done = send(client, passage(account, f"For everybody {uuid4()}"))
    rules = bluesky.own.records(records.THREADGATE) + bluesky.own.records(records.POSTGATE)
    assert done.external_id not in {one["value"]["post"] for one in rules}


@pytest.mark.clause("C30")
def test_what_the_account_chose_about_answers_goes_out_with_the_post(
    client: Bluesky, bluesky: BlueskyServer, account: Account, between: Middleman
) -> None:
    allow = [{"$type": "app.bsky.feed.threadgate#mentionRule"}]
    embedding = [{"$type": "app.bsky.feed.postgate#disableRule"}]
    leave = passage(replace(account, base_url=between.url), f"Quiet please {uuid4()}")
    with chosen(bluesky.own, threadgateAllowRules=allow, postgateEmbeddingRules=embedding):
        staged = client.stage(leave)
    assert isinstance(staged, Staged)
    between.calls.clear()
    done = client.publish(leave, staged)
    assert isinstance(done, Done) and between.calls == [WRITE]
    thread = bluesky.own.record(beside(done.external_id, records.THREADGATE))["value"]
    assert (thread["post"], thread["allow"]) == (done.external_id, allow)
    quoting = bluesky.own.record(beside(done.external_id, records.POSTGATE))["value"]
    assert (quoting["post"], quoting["embeddingRules"]) == (done.external_id, embedding)


@pytest.mark.clause("C30")
def test_nobody_may_answer_is_not_taken_for_everybody(
    client: Bluesky, bluesky: BlueskyServer, account: Account
) -> None:
    with chosen(bluesky.own, threadgateAllowRules=[]):
        done = send(client, passage(account, f"No answers {uuid4()}"))
    assert bluesky.own.record(beside(done.external_id, records.THREADGATE))["value"]["allow"] == []


@pytest.mark.clause("C30")
@pytest.mark.parametrize(
    ("call", "status", "body"),
    [
        ("app.bsky.actor.getPreferences", 502, b""),
        ("app.bsky.actor.getPreferences", 200, b"{}"),
        (
            "app.bsky.actor.getPreferences",
            200,
            b'{"preferences":[{"$type":"app.bsky.actor.defs#postInteractionSettingsPref","threadgateAllowRules":7}]}',
        ),
        ("com.atproto.identity.resolveHandle", 502, b""),
    ],
)
def test_what_cannot_be_found_out_before_a_post_holds_it(
    client: Bluesky, bluesky: BlueskyServer, between: Middleman, call: str, status: int, body: bytes
) -> None:
    words = f"@{bluesky.others[0].handle} {uuid4()}"
    between.faults.append(Fault(call, passed_on=False, status=status, body=body))
    staged = client.stage(passage(replace(bluesky.account, base_url=between.url), words))
    assert not isinstance(staged, Staged)
    assert WRITE not in between.calls


# ── Our own posts, read back and deleted ──


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
