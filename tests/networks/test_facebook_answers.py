"""The Facebook client and answers that are half, strange or slow: none of them passes for a good one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from stairgate.networks import base, wire
from stairgate.networks.facebook import Facebook, graph
from stairgate.networks.facebook.tokens import SCOPES
from tests.networks.facebook_stand_in import Answers, always, answer, by_path, drip, page_of, standing_in
from tests.networks.test_facebook import PIXEL, look, passage, post, send
from tests.practice.fixtures import Practice

#: what proves an account of the stand-in
TOKEN: dict[str, Any] = {"is_valid": True, "type": "PAGE", "profile_id": "7", "scopes": sorted(SCOPES)}
PROOF: dict[str, Any] = {"/me": {"id": "7"}, "/debug_token": {"data": TOKEN}}


def reconcile(bodies: dict[str, object], outgoing: base.Outgoing) -> base.Reconciled:
    with standing_in(by_path({**PROOF, **bodies})) as server:
        since = datetime.now(UTC) - timedelta(minutes=1)
        return Facebook().reconcile(server.account, outgoing, since=since, key="k")


def row(message: str, *kinds: str) -> dict[str, object]:
    """A post on the page with attachments of these kinds."""
    hung = [{"type": kind} for kind in kinds]
    album = hung if len(hung) < 2 else [{"type": "album", "subattachments": {"data": hung}}]
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    return {"id": "7_1", "message": message, "created_time": now, "attachments": {"data": album}}


# ── Pictures of the public ──


@pytest.mark.parametrize(
    ("hung", "wanted"),
    [
        ({"attachments": {"data": [{"type": "photo"}]}}, True),
        ({"attachments": {"data": []}}, False),
        ({}, False),
    ],
)
def test_a_visitors_post_with_a_picture_is_known_to_have_one(hung: dict[str, object], wanted: bool) -> None:
    visited = {key: value for key, value in row("Found this").items() if key != "attachments"} | hung
    nothing = {path: page_of() for path in ("/published_posts", "/comments")}
    bodies = {"/visitor_posts": page_of(visited), **nothing, "/7_1": visited}
    with standing_in(by_path({**PROOF, **bodies})) as server:
        (item,) = Facebook().fetch(server.account, posts=[], cursor="").items
        again = Facebook().read_item(server.account, "7_1")
        asked = [line for line in server.lines if "/visitor_posts" in line or "/7_1?" in line]
    assert item.has_picture is wanted and again is not None and again.has_picture is wanted
    assert len(asked) == 2 and all("attachments" in line for line in asked)


# ── Looking again ──


@pytest.mark.parametrize(
    ("sent", "kinds", "wanted"),
    [
        (0, (), base.Found),
        (1, ("photo",), base.Found),
        (2, ("photo", "photo"), base.Found),
        (0, ("share",), base.Found),  # a link preview is no photo
        (1, ("share",), base.CannotTell),
        (0, ("photo",), base.CannotTell),
        (2, ("photo",), base.CannotTell),
        (2, ("photo", "photo", "photo"), base.CannotTell),
        (1, ("photo", "video_inline"), base.Found),
    ],
)
def test_the_same_words_with_other_photos_are_not_known_to_be_ours(
    sent: int, kinds: tuple[str, ...], wanted: type
) -> None:
    found = reconcile(
        {"/published_posts": page_of(row("Soup day", *kinds))}, base.Outgoing("Soup day", (PIXEL,) * sent)
    )
    assert type(found) is wanted


def test_photos_are_counted_on_the_practice_network_too(practice: Practice) -> None:
    client = Facebook()
    for count in (1, 2):
        outgoing = base.Outgoing(f"{count} photos", (PIXEL,) * count)
        send(client, practice.account, outgoing)
        assert isinstance(look(client, practice, outgoing), base.Found)
        assert isinstance(look(client, practice, base.Outgoing(outgoing.text)), base.CannotTell)


def test_a_reply_of_the_same_words_with_a_photo_is_not_known_to_be_ours() -> None:
    reply = row("Thank you") | {"from": {"id": "7"}, "attachment": {"type": "photo"}}
    bodies = {"/1_2": {"id": "1_2"}, "/1_2/comments": page_of(reply)}
    outgoing = base.Outgoing("Thank you", reply_to="1_2")
    assert isinstance(reconcile(bodies, outgoing), base.CannotTell)
    del reply["attachment"]
    assert isinstance(reconcile(bodies, outgoing), base.Found)


def test_a_row_without_a_time_tells_nothing() -> None:
    bodies: dict[str, object] = {"/published_posts": page_of({"id": "7_1", "message": "Soup day"})}
    assert isinstance(reconcile(bodies, base.Outgoing("Soup day")), base.CannotTell)


# ── Writing ──


@pytest.mark.parametrize("said", [False, "false"])
@pytest.mark.parametrize("deed", ["publish", "stage", "hide", "delete", "block", "subscribe"])
def test_success_false_is_never_success(deed: str, said: object) -> None:
    client = Facebook()
    with standing_in(always({"success": said})) as server:
        spent = passage(server.account, base.Outgoing("x", (PIXEL,) if deed == "stage" else ()))
        if deed == "publish":
            assert isinstance(client.publish(spent, base.Staged()), base.Refused)
        elif deed == "stage":
            assert isinstance(client.stage(spent), base.Refused)
        else:
            with pytest.raises(base.Trouble) as caught:
                _do(client, deed, server.account)
            assert isinstance(caught.value.outcome, base.Refused)
        assert len(server.lines) == 1


def _do(client: Facebook, deed: str, account: base.Account) -> None:
    if deed == "hide":
        client.hide(account, "1_2", hidden=True)
    elif deed == "delete":
        client.delete(account, "1_2")
    elif deed == "block":
        client.block(account, "9")
    else:
        client.subscribe(account, "https://example.example/hook")


def test_a_ban_that_facebook_says_it_did_not_do_is_trouble() -> None:
    with standing_in(always({"9": False})) as server, pytest.raises(base.Trouble):
        Facebook().block(server.account, "9")
    with standing_in(always({"9": True})) as server:
        Facebook().block(server.account, "9")


@pytest.mark.parametrize(("pictures", "handles"), [(2, 1), (1, 0), (0, 1)])
def test_photos_that_are_not_all_there_stop_the_post(practice: Practice, pictures: int, handles: int) -> None:
    before = len(practice.log())
    spent = passage(practice.account, base.Outgoing("Soup day", (PIXEL,) * pictures))
    refused = Facebook().publish(spent, base.Staged(("5",) * handles))
    assert isinstance(refused, base.Refused) and refused.kind == base.RefusalKind.INVALID
    assert len(practice.log()) == before


def test_a_reply_never_drops_its_photo(practice: Practice) -> None:
    client = Facebook()
    comment = practice.comment(post(client, practice), "Sam", "Lovely")
    refused = send(client, practice.account, base.Outgoing("Thanks", (PIXEL,), reply_to=comment))
    assert isinstance(refused, base.Refused)
    assert "Thanks" not in practice.public_page()


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
def test_a_redirect_is_never_followed_and_tells_nothing(status: str) -> None:
    with standing_in(always({"id": "7_1"})) as elsewhere:
        there = f"{elsewhere.account.base_url}/v26.0/7/feed"
        with standing_in(always({"id": "7_1"}, status, {"Location": there})) as server:
            client = Facebook()
            assert isinstance(
                client.publish(passage(server.account, base.Outgoing("x")), base.Staged()), base.Unknown
            )
            with pytest.raises(base.Trouble) as caught:
                client.delete(server.account, "1_2")
            assert isinstance(caught.value.outcome, base.Unknown)
        assert elsewhere.lines == []


# ── Reading ──


@pytest.mark.parametrize(
    "half",
    [
        dict,
        lambda: {"data": None},
        lambda: {"data": {"id": "1"}},
        lambda: page_of(row("Other"), paging={"next": "https://graph.example/more"}),
        lambda: page_of(row("Other"), paging={"next": "https://graph.example/more", "cursors": {}}),
        lambda: page_of(
            row("Other"), paging={"next": "https://graph.example/more", "cursors": {"after": None}}
        ),
        lambda: {"data": ["7_1"]},
        lambda: page_of(row("Other") | {"id": None}),
        lambda: page_of(row("Other") | {"created_time": "soon"}),
    ],
)
def test_an_incomplete_reading_never_passes_for_a_complete_one(
    half: Callable[[], dict[str, object]],
) -> None:
    answer = half()  # the posts in it are of now, and not of when the suite began
    bodies = {**PROOF, "/visitor_posts": answer, "/published_posts": answer, "/7_1/comments": page_of()}
    with standing_in(by_path(bodies)) as server, pytest.raises(base.Trouble):
        Facebook().fetch(server.account, posts=[], cursor="")
    assert isinstance(reconcile(bodies, base.Outgoing("x")), base.CannotTell)


def test_a_reading_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "MOST_PAGES", 3)
    endless = page_of(paging={"next": "x", "cursors": {"after": "same"}})
    bodies = {**PROOF, "/published_posts": page_of(), "/visitor_posts": page_of(), "/7_1/comments": endless}
    with standing_in(by_path(bodies)) as server, pytest.raises(base.Trouble):
        Facebook().fetch(server.account, posts=["7_1"], cursor="")
    assert sum("/comments" in line for line in server.lines) == 3


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ({"scopes": sorted(SCOPES - {"pages_read_user_content"})}, base.RefusalKind.PERMISSION),
        ({"is_valid": False}, base.RefusalKind.RECONNECT),
        ({"type": "USER"}, base.RefusalKind.RECONNECT),
    ],
)
def test_an_empty_inbox_is_believed_only_from_a_token_that_may_read_it(
    token: dict[str, object], kind: base.RefusalKind
) -> None:
    """Without the scope Meta answers with an empty list, and of one comment that it is not there."""
    empty = {path: page_of() for path in ("/published_posts", "/visitor_posts", "/7_1/comments")}
    with standing_in(by_path({**PROOF, **empty})) as server:
        assert Facebook().fetch(server.account, posts=["7_1"], cursor="").items == ()
        assert Facebook().read_item(server.account, "1_2") is None
        Facebook().delete(server.account, "1_2")
    with standing_in(by_path({**PROOF, **empty, "/debug_token": {"data": TOKEN | token}})) as server:
        for deed in (
            lambda: Facebook().fetch(server.account, posts=["7_1"], cursor=""),
            lambda: Facebook().read_item(server.account, "1_2"),
            lambda: Facebook().delete(server.account, "1_2"),
        ):
            with pytest.raises(base.Trouble) as caught:
                deed()
            assert isinstance(caught.value.outcome, base.Refused)
            assert caught.value.outcome.kind == kind


# ── Time ──


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",  # never even ends its headers
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n",
    ],
    ids=["body", "headers", "chunks"],
)
def test_a_server_that_drips_holds_nobody_for_ever(start: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Facebook()
    ask = client._graph.ask

    def soon(*given: Any, **more: Any) -> Any:
        return ask(*given, **{**more, "seconds": 0.8})

    monkeypatch.setattr(client._graph, "ask", soon)
    with standing_in(drip(0.1, start)) as server:
        began = time.monotonic()
        unknown = client.publish(passage(server.account, base.Outgoing("x")), base.Staged())
        assert isinstance(unknown, base.Unknown) and "ReadTimeout" in unknown.evidence
        assert 0.7 < time.monotonic() - began < 3
        with pytest.raises(base.Trouble):
            client.fetch(server.account, posts=[], cursor="")


def test_a_server_that_never_takes_the_photo_holds_nobody_for_ever() -> None:
    """It accepts the connection and reads nothing: writing stops with the call's time."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as deaf:
        account = replace(_nobody(), base_url=f"http://127.0.0.1:{deaf.getsockname()[1]}")
        began = time.monotonic()
        files = {"source": ("p.jpg", b"0" * 30_000_000, "image/jpeg")}
        said = graph.Graph().ask(account, "POST", "7/photos", {}, files=files, seconds=0.8)
    assert isinstance(said, base.Unknown)
    assert time.monotonic() - began < 3


def test_the_time_of_one_call_is_not_the_next_ones() -> None:
    client = Facebook()
    with standing_in(lambda line: iter([answer({"id": "7", "data": TOKEN})])) as server:
        client._graph.read(server.account, "me", seconds=0.3)
        time.sleep(0.4)
        assert client.health(server.account).ok


def test_an_answer_without_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_BYTES", 1000)
    with standing_in(always({"id": "7" * 2000})) as server, pytest.raises(base.Trouble):
        Facebook()._graph.read(server.account, "me")


def _nobody() -> base.Account:
    return base.Account(base_url="http://127.0.0.1:9", account_id="7", token=base.Secret("t"))


# ── Changing our own post ──


@pytest.mark.parametrize("body", [{}, {"success": "perhaps"}, {"id": "7_1"}])
def test_an_answer_that_does_not_say_that_it_changed_is_unknown(body: dict[str, object]) -> None:
    with standing_in(always(body)) as server:
        outcome = send(Facebook(), server.account, base.Outgoing("Pie day", edits="7_1"))
    assert outcome == base.Unknown("Facebook did not say whether it changed the words.")


def test_an_answer_that_it_did_not_change_is_a_refusal() -> None:
    with standing_in(always({"success": False})) as server:
        outcome = send(Facebook(), server.account, base.Outgoing("Pie day", edits="7_1"))
    assert isinstance(outcome, base.Refused)


# ── What it claims ──


def test_it_claims_only_what_it_does() -> None:
    assert base.Capability.SETTINGS in Facebook.capabilities
    assert isinstance(Facebook(), base.KnowsSettings)


# ── A clock that is wrong ──


def told_at(offset: timedelta) -> Answers:
    """Return answers of a Facebook whose clock is that far from ours."""
    at = format_datetime(datetime.now(UTC) + offset, usegmt=True)
    bodies: dict[str, Any] = {**PROOF, "/published_posts": page_of(), "/visitor_posts": page_of()}

    def give(line: str) -> Iterator[bytes]:
        path = line.split(" ")[1].partition("?")[0]
        found: dict[str, Any] = next((body for end, body in bodies.items() if path.endswith(end)), {})
        yield answer(found, more={"Date": at})

    return give


@pytest.mark.parametrize(("minutes", "right"), [(0, True), (4, True), (6, False), (-6, False), (-90, False)])
def test_with_a_wrong_clock_nothing_is_thought_missing_and_the_gate_stays_shut(
    minutes: int, right: bool
) -> None:
    """An attempt noted ahead of time is looked for too late: "not there" would send it twice."""
    with standing_in(told_at(timedelta(minutes=minutes))) as server:
        result = Facebook().reconcile(
            server.account, base.Outgoing("Soup day"), since=datetime.now(UTC), key="k"
        )
        health = Facebook().health(server.account)
        assert Facebook().fetch(server.account, posts=[], cursor="").items == ()
    assert isinstance(result, base.Absent if right else base.CannotTell)
    assert health.ok is right and (right or "clock" in health.problems[0])


# ── Our own posts, read back ──

READ_BACK = {"id": "7_1", "message": "Soup day"}


def read_back(bodies: dict[str, object]) -> base.LivePost | None:
    with standing_in(by_path(bodies)) as server:
        return Facebook().read_post(server.account, "7_1")


@pytest.mark.clause("C78")
def test_a_post_taken_off_the_page_is_hidden() -> None:
    assert read_back({"/7_1": READ_BACK}) == base.LivePost("7_1", "Soup day", 0)
    for off in ({"is_published": False}, {"is_hidden": True}):
        found = read_back({"/7_1": READ_BACK | off})
        assert found and found.is_hidden


@pytest.mark.clause("C78")
def test_words_that_are_left_out_are_believed_only_with_leave_to_read() -> None:
    """Facebook leaves out what we may not see, and says "not there" of it."""
    blind = {"/me": {"id": "7"}, "/debug_token": {"data": TOKEN | {"scopes": []}}}
    for nothing in ({"/7_1": {"id": "7_1"}}, {}):
        with pytest.raises(base.Trouble):
            read_back({**blind, **nothing})
    assert read_back({**PROOF, "/7_1": {"id": "7_1"}}) == base.LivePost("7_1", "", 0)
    assert read_back(PROOF) is None


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    "strange", [{"id": "7_2", "message": "Soup day"}, {"id": "7_1", "message": ["Soup"]}]
)
def test_an_answer_about_something_else_is_no_answer(strange: dict[str, object]) -> None:
    with pytest.raises(base.Trouble):
        read_back({**PROOF, "/7_1": strange})
