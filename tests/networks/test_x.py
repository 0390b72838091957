"""The X client against a server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from stairgate.networks import base
from stairgate.networks.base import Outgoing, RefusalKind, Refused, Trouble, Unknown
from stairgate.networks.x import X, reading
from stairgate.networks.x.signing import signature
from tests.networks.bluesky_passages import passage, picture
from tests.networks.loopback import Answer, broken, refusing, saying
from tests.networks.x_server import OWN, STRANGER, XServer, x_network

POST = "POST /2/tweets"
#: made once: it holds only its connections
CLIENT = X()


@pytest.fixture
def server() -> Iterator[XServer]:
    with x_network() as made:
        yield made


def send(server: XServer, text: str = "Puddle day!", **more: object) -> base.Outcome:
    leave = passage(server.account, text, **more)  # type: ignore[arg-type]
    staged = CLIENT.stage(leave)
    assert isinstance(staged, base.Staged), staged
    return CLIENT.publish(leave, staged)


def look(server: XServer, outgoing: Outgoing) -> base.Reconciled:
    since = datetime.now(UTC) - timedelta(minutes=1)
    return CLIENT.reconcile(server.account, outgoing, since=since, key="k")


def test_a_request_is_signed_as_x_describes_it() -> None:
    """The example of X's own guide, "Creating a signature"."""
    given = {
        "oauth_consumer_key": "xvz1evFS4wEEPTGEFPHBog",
        "oauth_nonce": "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "1318622958",
        "oauth_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "oauth_version": "1.0",
    }
    words = "Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20OAuth%20request%21"
    url = f"https://api.twitter.com/1.1/statuses/update.json?include_entities=true&status={words}"
    key = "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw&LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"
    assert signature("POST", url, given, key=key) == "hCtSmYh+iHYCEqBWrE7C7hYmtUk="


# ── Out ──


@pytest.mark.clause("C78")
def test_a_post_with_pictures_and_descriptions_goes_out_in_one_write(server: XServer) -> None:
    big = base.Picture(b"x" * (2 * 1024 * 1024 + 5), "image/jpeg", "A rainbow", 40, 30)
    done = send(server, pictures=(picture("Muddy boots"), big))
    assert done == base.Done("9000", "https://x.com/i/web/status/9000")
    one, two = server.media.values()
    assert (one["alt"], two["alt"]) == ("Muddy boots", "A rainbow") and one["done"] and two["done"]
    assert b"".join(two["parts"]) == big.data and two["total_bytes"] == len(big.data)
    assert server.lines("POST").count(POST) == 1
    assert server.last(POST) == {
        "text": "Puddle day!",
        "media": {"media_ids": list(server.media)},
        "reply_settings": "mentionedUsers",
    }


def test_no_secret_is_part_of_a_request(server: XServer) -> None:
    send(server, pictures=(picture(),))
    sent = [f"{one.full_path} {one.headers} {one.get_data()!r}" for one in server.asked]
    assert sent and not any("secret" in one for one in sent)


def test_an_answer_goes_under_what_it_answers(server: XServer) -> None:
    asked = server.write(STRANGER, "@willow When do you open?")
    assert isinstance(send(server, "At eight.", reply_to=asked), base.Done)
    assert server.last(POST) == {"text": "At eight.", "reply": {"in_reply_to_tweet_id": asked}}
    server.posts["9001"]["text"] = "@stranger At eight."  # as X shows it
    assert isinstance(look(server, Outgoing("At eight.", reply_to=asked)), base.Found)
    assert look(server, Outgoing("At eight.")) == base.Absent(1)


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    "text", ["Soup & <bread>", "See https://willow.example/menu", "willow.example is new"]
)
def test_a_lost_answer_is_unknown_and_is_found_by_looking(server: XServer, text: str) -> None:
    server.done_all_the_same = True
    server.instead[POST] = [broken(503)]
    assert isinstance(send(server, text), Unknown) and server.lines("POST") == [POST]
    assert look(server, Outgoing(text)) == base.Found("9000", "https://x.com/i/web/status/9000", 1)
    live = CLIENT.read_post(server.account, "9000")
    assert live == base.LivePost("9000", text, 0), "as it was typed, whatever X makes of links"


def test_looking_counts_copies_and_believes_only_the_very_same(server: XServer) -> None:
    server.write(OWN, "Soup day", at=datetime.now(UTC) - timedelta(days=2))
    server.write(STRANGER, "Soup day")
    assert look(server, Outgoing("Soup day")) == base.Absent(0)
    for _ in range(130):  # more than one page of them
        server.write(OWN, "Another")
    first = server.write(OWN, "Soup day")
    assert isinstance(look(server, Outgoing("Soup day", (picture(),))), base.CannotTell)
    server.write(OWN, "Soup day")
    assert look(server, Outgoing("Soup day")) == base.Found(first, reading.permalink(first), 2)
    assert look(server, Outgoing("Leek day")) == base.Absent(132)


def test_a_post_is_never_changed(server: XServer) -> None:
    leave = passage(server.account)
    leave._outgoing = Outgoing("Other words", edits="9000")
    assert isinstance(CLIENT.publish(leave, base.Staged()), Refused) and server.asked == []
    assert base.Capability.EDIT not in X.capabilities


@pytest.mark.parametrize(
    ("instead", "kind", "says"),
    [
        (refusing(401), RefusalKind.RECONNECT, "connect the account again"),
        (refusing(402), RefusalKind.BLOCKED, "wants to be paid"),
        (refusing(403), RefusalKind.PERMISSION, "same words are out already"),
        (refusing(400), RefusalKind.INVALID, "did not accept"),
        (refusing(429, {"x-rate-limit-reset": "99999999999"}), RefusalKind.THROTTLED, "slow down"),
    ],
)
def test_a_refusal_is_one_and_nothing_is_tried_again(
    server: XServer, instead: Answer, kind: RefusalKind, says: str
) -> None:
    server.instead[POST] = [instead]
    outcome = send(server)
    assert isinstance(outcome, Refused) and outcome.kind == kind and says in outcome.message
    assert server.lines("POST") == [POST] and server.posts == {}


@pytest.mark.parametrize(
    ("step", "instead"),
    [
        ("initialize", broken(500)),
        ("initialize", saying({"data": {}})),
        ("<number>/append", broken(500)),
        ("<number>/append", refusing(400)),
        ("<number>/finalize", refusing(400)),
        ("<number>/finalize", saying({"data": {}})),
    ],
)
def test_a_picture_that_is_not_ready_stops_the_post(server: XServer, step: str, instead: Answer) -> None:
    server.instead[f"POST /2/media/upload/{step}"] = [instead]
    staged = CLIENT.stage(passage(server.account, pictures=(picture(),)))
    assert isinstance(staged, Refused | Unknown) and POST not in server.lines()


def test_a_yes_that_does_not_say_where_is_unknown(server: XServer) -> None:
    server.instead[POST] = [saying({"data": {}})]
    assert isinstance(send(server), Unknown)
    leave = passage(server.account, pictures=(picture(),))
    assert isinstance(CLIENT.publish(leave, base.Staged()), Refused)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Puddle day!", 11),
        ("a" * 280, 280),
        ("雨の日", 6),
        ("👩‍👩‍👧‍👦", 2),
        ("👍", 2),
        ("❤️", 2),
        ("See https://willowlane.example/" + "long/" * 50, 4 + 23),
        ("willowlane.example", 23),
        ("“Puddles” – again…", 19),
    ],
)
def test_a_text_is_as_long_as_x_says(text: str, length: int) -> None:
    assert reading.length(text) == length


def test_what_x_would_refuse_is_said_before() -> None:
    assert CLIENT.validate(Outgoing("a" * 280, (picture(),) * 4)) == []
    assert "281" in CLIENT.validate(Outgoing("a" * 281))[0]
    big = base.Picture(b"x" * (5_000_001), "image/jpeg", "x" * 1001, 1, 1)
    assert len(CLIENT.validate(Outgoing("Soup", (big,) * 5))) == 3


# ── In ──


@pytest.mark.clause("C39")
def test_answers_and_mentions_of_a_week_are_read(server: XServer) -> None:
    post = server.write(OWN, "Soup day")
    answer = server.write(STRANGER, "@willow Which soup?", answers=post)
    unnamed = server.write(STRANGER, "It is bad, I say", answers=answer, attachments={"media_keys": ["3_1"]})
    server.write(OWN, "@willow Leek", answers=answer)
    mention = server.write(STRANGER, "Ask @willow")
    server.write(STRANGER, "@willow long ago", at=datetime.now(UTC) - timedelta(days=8))
    threads = [post, *(str(8000 + number) for number in range(39))]
    fetched = CLIENT.fetch(server.account, posts=threads, cursor="")
    items = {one.external_id: one for one in fetched.items}
    assert {one: (item.kind, item.post_id) for one, item in items.items()} == {
        answer: (base.ItemKind.COMMENT, post),
        unnamed: (base.ItemKind.REPLY, post),
        mention: (base.ItemKind.MENTION, ""),
    }
    assert items[unnamed].has_picture and items[unnamed].author_name == "Stranger"
    assert all(item.is_hidden is None for item in items.values()), "X does not say"
    week = datetime.now(UTC) - timedelta(days=7)
    assert fetched.since is not None and week < fetched.since < week + timedelta(minutes=5)
    assert len([line for line in server.lines() if "search" in line]) == 4


def test_a_list_that_is_none_is_no_reading(server: XServer) -> None:
    bodies: tuple[object, ...] = ({}, {"data": []}, {"errors": [{"type": "about:blank"}]}, [])
    for body in bodies:
        server.instead["GET /2/users/<number>/mentions"] = [saying(body)]
        with pytest.raises(Trouble):
            CLIENT.fetch(server.account, posts=[], cursor="")


def test_a_post_is_gone_only_when_x_says_so(server: XServer) -> None:
    theirs = server.write(STRANGER, "Ask @willow")
    item = CLIENT.read_item(server.account, theirs)
    assert item is not None and item.text == "Ask @willow"
    assert CLIENT.read_item(server.account, "1") is None and CLIENT.read_post(server.account, "1") is None
    read = "GET /2/tweets/<number>"
    server.instead[read] = [saying({"errors": [{"type": "x/not-authorized-for-resource"}]})]
    with pytest.raises(Trouble, match="does not show us"):
        CLIENT.read_item(server.account, theirs)
    server.instead[read] = [refusing(404)]
    assert CLIENT.read_item(server.account, "1") is None
    server.instead[read], server.instead["GET /2/users/me"] = [refusing(404)], [refusing(401)]
    with pytest.raises(Trouble):
        CLIENT.read_item(server.account, theirs)


# ── Deeds ──


def test_an_answer_is_hidden_and_shown_again(server: XServer) -> None:
    answer = server.write(STRANGER, "Rude")
    for _ in range(2):
        CLIENT.hide(server.account, answer, hidden=True)
    assert server.hidden == {answer}
    CLIENT.hide(server.account, answer, hidden=False)
    assert server.hidden == set()
    server.instead["PUT /2/tweets/<number>/hidden"] = [saying({"data": {"hidden": False}})]
    with pytest.raises(Trouble, match="did not say"):
        CLIENT.hide(server.account, answer, hidden=True)


def test_only_our_own_posts_are_deleted(server: XServer) -> None:
    theirs, own = server.write(STRANGER, "Rude"), server.write(OWN, "Soup")
    with pytest.raises(Trouble, match="lets nobody delete"):
        CLIENT.delete(server.account, theirs)
    CLIENT.delete(server.account, own)
    CLIENT.delete(server.account, own)
    assert list(server.posts) == [theirs]


def test_blocking_is_a_step_for_a_person(server: XServer) -> None:
    with pytest.raises(Trouble, match="press the three dots") as caught:
        CLIENT.block(server.account, STRANGER)
    assert isinstance(caught.value.outcome, Refused) and server.asked == []
    assert base.Capability.BLOCK not in X.capabilities


# ── The connection ──


def test_it_says_whose_account_the_keys_open_and_that_they_work(server: XServer) -> None:
    owner = CLIENT.owner(server.account)
    assert owner == base.Owner(OWN, "willow", "https://x.com/willow")
    health = CLIENT.health(server.account)
    assert health.ok and health.budget_used == 20


@pytest.mark.parametrize(
    ("instead", "kind"),
    [(refusing(401), RefusalKind.RECONNECT), (refusing(402), RefusalKind.BLOCKED), (broken(502), None)],
)
def test_what_is_wrong_with_a_connection_is_said(
    server: XServer, instead: Answer, kind: RefusalKind | None
) -> None:
    server.instead["GET /2/users/me"] = [instead]
    health = CLIENT.health(server.account)
    assert not health.ok and health.kind == (kind or RefusalKind.UNREACHABLE) and health.problems
    other = base.Account(server.url, "7", server.account.token, app_id="apikeyapikey")
    assert CLIENT.health(other).kind == RefusalKind.RECONNECT, "signed with another secret"
