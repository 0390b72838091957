"""The Facebook client against the practice network: one attempt, honest outcomes, complete readings."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from stairgate.networks import base
from stairgate.networks.facebook import Facebook, words
from tests.practice.fixtures import Practice

PIXEL = base.Picture(b"\xff\xd8\xff\xe0" + b"0" * 64, "image/jpeg", "Three pumpkins", 10, 10)


@pytest.fixture
def client() -> Facebook:
    return Facebook()


@pytest.fixture
def soon(client: Facebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each call of the client give up after a second."""
    ask = client._graph.ask
    monkeypatch.setattr(client._graph, "ask", lambda *given, **more: ask(*given, **{**more, "seconds": 1.0}))


def passage(account: base.Account, outgoing: base.Outgoing) -> base.Passage:
    """A passage as the gate would make it."""
    return base.Passage(
        seal=base._SEAL,
        outgoing=outgoing,
        account=account,
        delivery_id="d",
        key="k",
        opened_at=datetime.now(UTC),
        good_for=60,
    )


def send(client: Facebook, account: base.Account, outgoing: base.Outgoing) -> base.Outcome:
    spent = passage(account, outgoing)
    staged = client.stage(spent)
    assert isinstance(staged, base.Staged)
    return client.publish(spent, staged)


def post(client: Facebook, practice: Practice, text: str = "Soup day") -> str:
    done = send(client, practice.account, base.Outgoing(text))
    assert isinstance(done, base.Done)
    return done.external_id


def look(client: Facebook, practice: Practice, outgoing: base.Outgoing) -> base.Reconciled:
    since = datetime.now(UTC) - timedelta(minutes=1)
    return client.reconcile(practice.account, outgoing, since=since, key="k")


def visible_writes(practice: Practice) -> list[str]:
    return [
        row["path"] for row in practice.log() if row["method"] == "POST" and row["path"].endswith("/feed")
    ]


def test_words_and_pictures_go_out_in_one_visible_write(client: Facebook, practice: Practice) -> None:
    done = send(client, practice.account, base.Outgoing("Soup day", (PIXEL, PIXEL)))
    assert isinstance(done, base.Done)
    assert done.permalink.startswith(practice.url)
    assert len(visible_writes(practice)) == 1
    page = practice.public_page()
    assert "Soup day" in page and page.count('alt="Three pumpkins"') == 2


def test_a_passage_is_spent_once(client: Facebook, practice: Practice) -> None:
    spent = passage(practice.account, base.Outgoing("Once"))
    client.publish(spent, base.Staged())
    with pytest.raises(base.AlreadySpent):
        client.publish(spent, base.Staged())
    assert practice.public_page().count("Once") == 1


@pytest.mark.parametrize("kind", ["server_error_after", "drop", "hang"])
def test_a_write_that_was_done_but_not_answered_is_unknown_and_found(
    client: Facebook, practice: Practice, soon: None, kind: str
) -> None:
    practice.fault(kind, "POST /feed", seconds=3)
    outgoing = base.Outgoing("Did it arrive?")
    assert isinstance(send(client, practice.account, outgoing), base.Unknown)
    assert len(visible_writes(practice)) >= 1
    found = look(client, practice, outgoing)
    assert isinstance(found, base.Found) and found.times == 1


@pytest.mark.parametrize("kind", ["server_error_before", "drop_before", "hang_before"])
def test_a_write_that_was_never_done_is_unknown_and_absent(
    client: Facebook, practice: Practice, soon: None, kind: str
) -> None:
    practice.fault(kind, "POST /feed", seconds=3)
    outgoing = base.Outgoing("It did not")
    assert isinstance(send(client, practice.account, outgoing), base.Unknown)
    assert isinstance(look(client, practice, outgoing), base.Absent)


def test_other_words_for_our_own_post_are_one_write_and_nothing_new(
    client: Facebook, practice: Practice
) -> None:
    done = send(client, practice.account, base.Outgoing("Soup day", (PIXEL,)))
    assert isinstance(done, base.Done)
    before = len(practice.log())
    edit = base.Outgoing("Pie day", (PIXEL,), edits=done.external_id)
    assert send(client, practice.account, edit) == base.Done(done.external_id)
    assert [(row["method"], row["path"]) for row in practice.log()[before:]] == [
        ("POST", f"/{done.external_id}")
    ]
    assert client.read_post(practice.account, done.external_id) == base.LivePost(
        done.external_id, "Pie day", 1
    )
    assert "Soup day" not in practice.public_page()


@pytest.mark.parametrize(
    ("kind", "arrives"), [("server_error_after", True), ("drop", True), ("drop_before", False)]
)
def test_a_change_that_was_not_answered_is_unknown(
    client: Facebook, practice: Practice, kind: str, arrives: bool
) -> None:
    made = post(client, practice)
    practice.fault(kind, f"POST /{made}")
    outgoing = base.Outgoing("Pie day", edits=made)
    assert isinstance(send(client, practice.account, outgoing), base.Unknown)
    live = client.read_post(practice.account, made)
    assert live is not None and live.text == ("Pie day" if arrives else "Soup day")


def test_a_change_of_what_is_gone_or_not_ours_is_refused(client: Facebook, practice: Practice) -> None:
    made = post(client, practice)
    client.delete(practice.account, made)
    gone = send(client, practice.account, base.Outgoing("Pie day", edits=made))
    assert isinstance(gone, base.Refused) and gone.kind == base.RefusalKind.GONE
    visited = practice.visitor_post("Jo", "Any places left?")
    other = send(client, practice.account, base.Outgoing("Pie day", edits=visited))
    assert isinstance(other, base.Refused) and other.kind == base.RefusalKind.PERMISSION
    too_long = base.Outgoing("x" * 63_207, edits=post(client, practice))
    refused = send(client, practice.account, too_long)
    assert isinstance(refused, base.Refused) and refused.kind == base.RefusalKind.INVALID


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (32, None, base.RefusalKind.THROTTLED),
        (80001, None, base.RefusalKind.THROTTLED),
        (190, 463, base.RefusalKind.RECONNECT),
        (200, None, base.RefusalKind.PERMISSION),
        (368, None, base.RefusalKind.BLOCKED),
        (506, None, base.RefusalKind.DUPLICATE),
        (100, None, base.RefusalKind.INVALID),
    ],
)
def test_errors_are_told_apart_by_code(
    client: Facebook, practice: Practice, code: int, subcode: int | None, kind: base.RefusalKind
) -> None:
    practice.fault("error", "POST /feed", code=code, subcode=subcode)
    refused = send(client, practice.account, base.Outgoing("No"))
    assert isinstance(refused, base.Refused) and refused.kind == kind


def test_nobody_there_is_a_refusal_that_proves_nothing_was_sent(client: Facebook, practice: Practice) -> None:
    nowhere = replace(practice.account, base_url="http://127.0.0.1:9")
    refused = client.publish(passage(nowhere, base.Outgoing("x")), base.Staged())
    assert isinstance(refused, base.Refused) and refused.kind == base.RefusalKind.UNREACHABLE


def test_a_look_over_many_pages_counts_copies(client: Facebook, practice: Practice) -> None:
    for number in range(120):
        post(client, practice, "Twice" if number in {3, 90} else f"Post {number}")
    found = look(client, practice, base.Outgoing("Twice"))
    assert isinstance(found, base.Found) and found.times == 2


def test_an_empty_answer_to_the_wrong_token_is_never_nothing_there(
    client: Facebook, practice: Practice
) -> None:
    person = replace(practice.account, token=base.Secret(practice.given["user_token"]))
    assert isinstance(
        client.reconcile(person, base.Outgoing("x"), since=datetime.now(UTC), key="k"), base.CannotTell
    )
    with pytest.raises(base.Trouble):
        client.fetch(person, posts=[], cursor="")
    assert not client.health(person).ok


def test_everything_the_public_wrote_is_read(client: Facebook, practice: Practice) -> None:
    made = post(client, practice)
    first = practice.comment(made, "Sam", "Lovely")
    practice.comment(made, "Alex", "Me too", parent=first)
    practice.visitor_post("Jo", "Any places left?")
    reply = send(client, practice.account, base.Outgoing("Thank you", reply_to=first))
    assert isinstance(reply, base.Done)
    items = client.fetch(practice.account, posts=[made], cursor="").items
    assert [item.text for item in items] == ["Lovely", "Me too", "Any places left?"]
    assert items[1].parent_id == first and items[1].post_id == made
    assert items[2].kind == base.ItemKind.VISITOR_POST


def test_hide_delete_and_ban_are_seen_by_the_public_and_may_be_done_twice(
    client: Facebook, practice: Practice
) -> None:
    made = post(client, practice)
    one, two = practice.comment(made, "Sam", "first words"), practice.comment(made, "Max", "second words")
    for _ in range(2):
        client.hide(practice.account, one, hidden=True)
        client.delete(practice.account, two)
    page = practice.public_page()
    assert "first words" not in page and "second words" not in page
    client.hide(practice.account, one, hidden=False)
    assert "first words" in practice.public_page()
    read = client.read_item(practice.account, one)
    assert read is not None and client.read_item(practice.account, two) is None
    client.block(practice.account, read.author_id)
    with pytest.raises(OSError, match="422"):
        practice.comment(made, "Sam", "again")


def test_health_says_what_is_wrong(client: Facebook, practice: Practice) -> None:
    healthy = client.health(practice.account)
    assert healthy.ok and healthy.budget_used is not None
    practice.fault("expire_token", "GET /me")
    ill = client.health(practice.account)
    assert not ill.ok and ill.kind == base.RefusalKind.RECONNECT and "run out" in ill.problems[0]


@pytest.mark.clause("C57")
def test_a_persons_own_key_to_the_page_is_a_broken_connection(client: Facebook, practice: Practice) -> None:
    person = replace(practice.account, token=base.Secret(practice.given["user_token"]))
    health = client.health(person)
    assert not health.ok and health.problems == (words.A_PERSON,)


def test_no_secret_is_ever_part_of_an_address(client: Facebook, practice: Practice) -> None:
    addresses: list[str] = []
    client._graph._http.event_hooks = {"request": [lambda request: addresses.append(str(request.url))]}
    assert client.health(practice.account).ok
    post(client, practice)
    assert len(addresses) >= 3
    secrets = [practice.given[name] for name in ("page_token", "app_secret")]
    assert not [address for address in addresses if any(secret in address for secret in secrets)]


def test_a_webhook_is_believed_only_when_signed(client: Facebook, practice: Practice) -> None:
    body = {
        "object": "page",
        "entry": [
            {
                "id": practice.page,
                "changes": [
                    {
                        "field": "feed",
                        "value": {
                            "item": "comment",
                            "verb": "add",
                            "comment_id": "1_2",
                            "post_id": f"{practice.page}_1",
                        },
                    }
                ],
            }
        ],
    }
    raw = json.dumps(body).encode()
    signed = "sha256=" + hmac.new(practice.given["app_secret"].encode(), raw, hashlib.sha256).hexdigest()
    notes = client.parse_webhook(practice.account, raw, {"X-Hub-Signature-256": signed})
    assert [(note.event, note.external_id) for note in notes] == [(base.WebhookEvent.ADDED, "1_2")]
    for headers in ({}, {"X-Hub-Signature-256": "sha256=00"}, {"X-Hub-Signature-256": signed[:-1] + "0"}):
        if headers.get("X-Hub-Signature-256") == signed:
            continue
        with pytest.raises(base.BadSignature):
            client.parse_webhook(practice.account, raw + b" ", headers)


@pytest.mark.clause("C78")
def test_what_is_on_the_page_now_is_read_back(client: Facebook, practice: Practice) -> None:
    done = send(client, practice.account, base.Outgoing("Soup day", (PIXEL, PIXEL)))
    assert isinstance(done, base.Done)
    read = client.read_post(practice.account, done.external_id)
    assert read == base.LivePost(done.external_id, "Soup day", 2)
    client._graph.write(
        practice.account, "POST", done.external_id, {"message": "Cake day", "is_hidden": "true"}
    )
    read = client.read_post(practice.account, done.external_id)
    assert read == base.LivePost(done.external_id, "Cake day", 2, is_hidden=True)
    client.delete(practice.account, done.external_id)
    assert client.read_post(practice.account, done.external_id) is None


@pytest.mark.clause("C78")
def test_a_reply_of_ours_is_read_back(client: Facebook, practice: Practice) -> None:
    comment = practice.comment(post(client, practice), "Sam", "Lovely")
    done = send(client, practice.account, base.Outgoing("Thank you", reply_to=comment))
    assert isinstance(done, base.Done)
    assert client.read_post(practice.account, done.external_id) == base.LivePost(
        done.external_id, "Thank you", 0
    )
    client.delete(practice.account, done.external_id)
    assert client.read_post(practice.account, done.external_id) is None


def test_who_can_reach_the_page_is_told_whole(client: Facebook, practice: Practice) -> None:
    assert {one.name for one in client.who_gets_in(practice.account)} == {"Priya Example", "Kofi Example"}
    practice.deed("person", name="Sam Stranger")
    assert "Sam Stranger" in {one.name for one in client.who_gets_in(practice.account)}
    practice.deed("person-gone", name="Sam Stranger")
    assert len(client.who_gets_in(practice.account)) == 2


def test_an_empty_list_of_who_can_reach_the_page_is_never_believed(
    client: Facebook, practice: Practice
) -> None:
    practice.fault("wrong_empty", match="GET /roles")
    with pytest.raises(base.Trouble, match="cannot be"):
        client.who_gets_in(practice.account)
    with pytest.raises(base.Trouble):
        client.who_gets_in(replace(practice.account, token=base.Secret("EAAPdead")))
