"""The Mastodon client against a server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from stairgate.networks import base
from stairgate.networks.base import Outgoing, RefusalKind, Refused, Trouble, Unknown
from stairgate.networks.mastodon import Mastodon, reading
from tests.networks.bluesky_passages import passage, picture
from tests.networks.loopback import Answer, broken, refusing, saying
from tests.networks.mastodon_server import OWN, STRANGER, MastodonServer, mastodon

POST = "POST /api/v1/statuses"
#: made once: it holds only its connections
CLIENT = Mastodon()


@pytest.fixture
def server() -> Iterator[MastodonServer]:
    with mastodon() as made:
        yield made


def send(server: MastodonServer, text: str = "Puddle day!", **more: object) -> base.Outcome:
    leave = passage(server.account, text, **more)  # type: ignore[arg-type]
    staged = CLIENT.stage(leave)
    assert isinstance(staged, base.Staged), staged
    return CLIENT.publish(leave, staged)


def look(server: MastodonServer, outgoing: Outgoing) -> base.Reconciled:
    since = datetime.now(UTC) - timedelta(minutes=1)
    return CLIENT.reconcile(server.account, outgoing, since=since, key="k")


# ── Out ──


@pytest.mark.clause("C78")
def test_a_post_with_pictures_and_descriptions_goes_out_in_one_write(server: MastodonServer) -> None:
    server.looks_before_ready = 2
    two = (picture("Muddy boots"), picture("A rainbow"))
    done = send(server, pictures=two)
    assert done == base.Done("1000", f"{server.url}/@willow/1000")
    assert [one["description"] for one in server.media.values()] == ["Muddy boots", "A rainbow"]
    assert [one["size"] for one in server.media.values()] == [len(one.data) for one in two]
    assert server.last(POST)["visibility"] == "public"
    assert server.lines("POST").count(POST) == 1
    assert len([line for line in server.lines() if "/media/m0" in line]) == 2, "asked until it was ready"


def test_a_token_is_never_part_of_an_address(server: MastodonServer) -> None:
    send(server)
    assert server.asked and not any(server.account.token in one.full_path for one in server.asked)


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private"])
def test_a_reply_is_seen_by_no_more_people_than_what_it_answers(
    server: MastodonServer, visibility: str
) -> None:
    asked = server.write(STRANGER, "When do you open?", visibility=visibility)
    assert isinstance(send(server, "At eight.", reply_to=asked), base.Done)
    assert server.last(POST)["visibility"] == visibility and server.last(POST)["in_reply_to_id"] == asked


def test_a_private_message_is_not_answered_in_public(server: MastodonServer) -> None:
    asked = server.write(STRANGER, "Only for you", visibility="direct")
    staged = CLIENT.stage(passage(server.account, "At eight.", reply_to=asked))
    assert isinstance(staged, Refused) and "by hand" in staged.message
    gone = CLIENT.stage(passage(server.account, "At eight.", reply_to="9"))
    assert isinstance(gone, Refused) and gone.kind == RefusalKind.GONE
    assert server.own() == []


def test_a_change_keeps_the_pictures_and_makes_no_second_post(server: MastodonServer) -> None:
    first = send(server, "Puddle dya!", pictures=(picture(),))
    assert isinstance(first, base.Done)
    leave = passage(server.account, "Puddle day!")
    leave._outgoing = Outgoing("Puddle day!", edits=first.external_id)
    staged = CLIENT.stage(leave)
    assert isinstance(staged, base.Staged) and CLIENT.publish(leave, staged) == first
    assert CLIENT.read_post(server.account, first.external_id) == base.LivePost(
        first.external_id, "Puddle day!", 1
    )
    assert server.own() == ["Puddle day!"]


@pytest.mark.clause("C78")
@pytest.mark.parametrize("honours", [True, False])
def test_a_lost_answer_is_unknown_and_is_found_by_looking_whatever_the_key_is_worth(
    server: MastodonServer, honours: bool
) -> None:
    server.honours_keys, server.done_all_the_same = honours, True
    server.instead[POST] = [broken(502)]
    outcome = send(server, "Soup & <bread>\n\nhttps://willowlane.example/menu")
    assert isinstance(outcome, Unknown) and server.lines("POST") == [POST]
    found = look(server, Outgoing("Soup & <bread>\n\nhttps://willowlane.example/menu"))
    assert found == base.Found("1000", f"{server.url}/@willow/1000", 1)


def test_looking_counts_copies_and_believes_only_the_very_same(server: MastodonServer) -> None:
    assert look(server, Outgoing("Soup day")) == base.Absent(0)
    server.write(OWN, "Soup day", at=datetime.now(UTC) - timedelta(days=2))
    server.write(STRANGER, "Soup day")
    assert look(server, Outgoing("Soup day")) == base.Absent(0), "older, or by somebody else"
    for _ in range(45):  # more than one page of them
        server.write(OWN, "Another")
    first = server.write(OWN, "Soup day")
    assert look(server, Outgoing("Soup day", reply_to="1000")) == base.Absent(46)
    assert isinstance(look(server, Outgoing("Soup day", (picture(),))), base.CannotTell)
    server.write(OWN, "Soup day")
    assert look(server, Outgoing("Soup day")) == base.Found(first, f"{server.url}/@willow/{first}", 2)


def test_a_server_that_keeps_no_source_is_read_as_it_is_shown(server: MastodonServer) -> None:
    server.keeps_source = False
    server.write(OWN, "Soup & bread\nat noon")
    assert isinstance(look(server, Outgoing("Soup & bread\nat noon")), base.Found)


@pytest.mark.parametrize(
    ("instead", "kind"),
    [
        (refusing(401), RefusalKind.RECONNECT),
        (refusing(403), RefusalKind.PERMISSION),
        (refusing(422), RefusalKind.INVALID),
        (refusing(429, {"X-RateLimit-Reset": "2999-01-01T00:00:00.000Z"}), RefusalKind.THROTTLED),
    ],
)
def test_a_refusal_is_one_and_nothing_is_tried_again(
    server: MastodonServer, instead: Answer, kind: RefusalKind
) -> None:
    server.instead[POST] = [instead]
    outcome = send(server)
    assert isinstance(outcome, Refused) and outcome.kind == kind
    assert server.lines("POST") == [POST] and server.own() == []
    assert (outcome.retry_after == 24 * 60 * 60) is (kind == RefusalKind.THROTTLED)


@pytest.mark.parametrize("body", [{}, {"id": 7}, [], "yes"])
def test_a_yes_that_does_not_say_where_is_unknown(server: MastodonServer, body: object) -> None:
    server.instead[POST] = [saying(body)]
    assert isinstance(send(server), Unknown)


def test_what_the_server_would_refuse_is_said_before() -> None:
    link = "https://willowlane.example/" + "long/" * 200
    assert CLIENT.validate(Outgoing("a" * (500 - 24) + " " + link)) == []
    assert "501" in CLIENT.validate(Outgoing("a" * (500 + 1)))[0]
    assert len(CLIENT.validate(Outgoing("Soup", (picture("x" * 1501),) * 5))) == 2


def test_what_does_not_fit_its_preparation_is_not_sent(server: MastodonServer) -> None:
    for outgoing in ({"pictures": (picture(),)}, {"reply_to": "1000"}):
        leave = passage(server.account, **outgoing)
        assert isinstance(CLIENT.publish(leave, base.Staged()), Refused)
    assert server.asked == []


# ── In ──


@pytest.mark.clause("C39")
def test_answers_at_any_depth_and_mentions_elsewhere_are_read(server: MastodonServer) -> None:
    old = datetime.now(UTC) - timedelta(days=40)
    server.write(STRANGER, "@willow long ago", mentions=[{"id": OWN}], at=old)
    post = server.write(OWN, "Soup day")
    answer = server.write(STRANGER, "Which soup?", answers=post, spoiler_text="Food")
    deep = server.write(STRANGER, "Tomato?", answers=answer, card={"title": "A film"})
    server.write(OWN, "Leek", answers=answer)
    mention = server.write(STRANGER, "@willow hello", mentions=[{"id": OWN}])
    fetched = CLIENT.fetch(server.account, posts=[post, "9"], cursor="")
    items = {one.external_id: one for one in fetched.items}
    assert {one: (item.kind, item.post_id) for one, item in items.items()} == {
        answer: (base.ItemKind.COMMENT, post),
        deep: (base.ItemKind.REPLY, post),
        mention: (base.ItemKind.MENTION, ""),
    }
    assert items[answer].text == "Food\n\nWhich soup?" and items[deep].has_picture
    assert items[mention].author_id == STRANGER and items[mention].author_name == "Stranger"
    assert fetched.removed == ("9",)


def test_a_list_that_is_cut_or_none_is_no_reading(server: MastodonServer) -> None:
    post = server.write(OWN, "Soup day")
    context = "GET /api/v1/statuses/<number>/context"
    row = {"id": "1", "account": {"id": STRANGER}}
    for body in ({}, {"descendants": None}, {"descendants": [row] * 4096}, {"descendants": ["x"]}):
        server.instead[context] = [saying(body)]
        with pytest.raises(Trouble):
            CLIENT.fetch(server.account, posts=[post], cursor="")
    server.instead["GET /api/v1/notifications"] = [saying({"error": "Not today"})]
    with pytest.raises(Trouble):
        CLIENT.fetch(server.account, posts=[], cursor="")


def test_as_somebody_else_nothing_is_read_and_nothing_is_gone(server: MastodonServer) -> None:
    other = base.Account(server.url, "7@there", server.account.token)
    for ask in (
        lambda: CLIENT.fetch(other, posts=[], cursor=""),
        lambda: CLIENT.read_item(other, "9"),
        lambda: CLIENT.read_post(other, "9"),
    ):
        with pytest.raises(Trouble, match="Connect it again"):
            ask()
    assert isinstance(CLIENT.health(other).kind, RefusalKind) and not CLIENT.health(other).ok


def test_one_item_is_read_back_and_is_gone_only_when_the_server_says_so(server: MastodonServer) -> None:
    mention = server.write(STRANGER, "@willow hello")
    item = CLIENT.read_item(server.account, mention)
    assert item is not None and item.text == "@willow hello" and item.kind == base.ItemKind.MENTION
    assert CLIENT.read_item(server.account, "9") is None and CLIENT.read_post(server.account, "9") is None
    server.instead["GET /api/v1/statuses/<number>"] = [broken(404)]
    with pytest.raises(Trouble):
        CLIENT.read_item(server.account, mention)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>Soup &amp; bread</p><p>at <b>noon</b><br>sharp</p>", "Soup & bread\n\nat noon\nsharp"),
        ('<p><a href="x"><span class="invisible">https://</span>a.example</a></p>', "https://a.example"),
        ("<p>un<", "un<"),
        ("", ""),
    ],
)
def test_words_are_read_without_their_tags(html: str, words: str) -> None:
    assert reading.words_of(html) == words


# ── Deeds ──


def test_what_others_wrote_is_not_hidden_or_deleted_and_it_says_so(server: MastodonServer) -> None:
    theirs, own = server.write(STRANGER, "Rude"), server.write(OWN, "Soup")
    with pytest.raises(Trouble, match="lets nobody hide"):
        CLIENT.hide(server.account, theirs, hidden=True)
    with pytest.raises(Trouble, match="lets nobody delete"):
        CLIENT.delete(server.account, theirs)
    CLIENT.delete(server.account, own)
    CLIENT.delete(server.account, own)
    assert list(server.posts) == [theirs]
    able = Mastodon.capabilities
    assert not able & {base.Capability.HIDE, base.Capability.DELETE_OTHERS, base.Capability.WEBHOOKS}


def test_an_author_is_blocked_and_reported(server: MastodonServer) -> None:
    theirs = server.write(STRANGER, "Rude")
    CLIENT.block(server.account, STRANGER)
    CLIENT.report(server.account, theirs, STRANGER, reason="Threatens a child")
    wanted = {"account_id": STRANGER, "status_ids": [theirs], "comment": "Threatens a child", "forward": True}
    assert server.blocked == [STRANGER] and server.reports == [wanted]


# ── The connection ──


def test_it_says_whose_account_a_token_opens_and_that_it_works(server: MastodonServer) -> None:
    owner = CLIENT.owner(base.Account(server.url, "", server.account.token))
    assert owner == base.Owner(server.account.account_id, "willow", f"{server.url}/@willow")
    health = CLIENT.health(server.account)
    assert health.ok and health.problems == ()


def test_a_dead_token_is_said_to_be_dead(server: MastodonServer) -> None:
    dead = base.Account(server.url, server.account.account_id, base.Secret("no"))
    health = CLIENT.health(dead)
    assert not health.ok and health.kind == RefusalKind.RECONNECT
    nowhere = base.Account("http://127.0.0.1:9", "1@x", base.Secret("no"))
    assert CLIENT.health(nowhere).kind == RefusalKind.UNREACHABLE


def test_nothing_rings_from_there(server: MastodonServer) -> None:
    assert CLIENT.handshake(server.account, {"hub.mode": "subscribe"}) is None
    CLIENT.subscribe(server.account, "https://stairgate.example/hooks")
    with pytest.raises(base.BadSignature):
        CLIENT.parse_webhook(server.account, b"{}", {})
    assert server.asked == []
