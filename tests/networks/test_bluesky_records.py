"""What is written on Bluesky, and how its answers are understood. Nothing here needs a server."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.networks import base, graphemes
from stairgate.networks.base import (
    Account,
    BadSignature,
    Capability,
    ItemKind,
    Network,
    Outgoing,
    Passage,
    Picture,
    RefusalKind,
    Refused,
    Secret,
    Staged,
    Unknown,
)
from stairgate.networks.bluesky import Bluesky, reading, records
from stairgate.networks.bluesky.sessions import Session, _end_of
from stairgate.networks.bluesky.xrpc import Answer, understand
from stairgate.networks.registry import get
from tests.networks.bluesky_fixture import NODE_PARTS, _node

ACCOUNT = Account(base_url="http://127.0.0.1:9", account_id="did:plc:willow", token=Secret("hush"))
PEOPLE = {"gran.willow.example": "did:plc:gran"}
OURS = records.Address("did:plc:willow", records.POST, "3jzfcijpj2z2a")


def test_the_registry_knows_it() -> None:
    client: Network = get("bluesky")
    assert isinstance(client, Bluesky)
    assert client.name == "bluesky" and client.label == "Bluesky"
    cannot = {Capability.EDIT, Capability.DELETE_OTHERS, Capability.WEBHOOKS, Capability.SETTINGS}
    assert not client.capabilities & cannot


def test_what_would_change_a_post_is_refused_and_nothing_asked() -> None:
    passage = Passage(
        seal=base._SEAL,
        outgoing=Outgoing("Pie day", edits="at://did:plc:willow/app.bsky.feed.post/1"),
        account=ACCOUNT,
        delivery_id="d",
        key="k",
        opened_at=datetime.now(UTC),
        good_for=60,
    )
    outcome = Bluesky().publish(passage, Staged())
    assert isinstance(outcome, Refused) and outcome.kind == RefusalKind.INVALID


# ── Keys ──


@given(st.text())
def test_a_key_is_a_tid_and_always_the_same(seed: str) -> None:
    key = records.record_key(seed)
    assert re.fullmatch(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}", key)
    assert key == records.record_key(seed)


def test_keys_of_different_deliveries_differ() -> None:
    assert len({records.record_key(str(number)) for number in range(2_000)}) == 2_000


# ── Links and hashtags ──


def marked(text: str) -> list[tuple[str, str]]:
    """Return each facet as the words its bytes cover, and what it points at."""
    found = []
    for facet in records.facets(text, PEOPLE):
        index, feature = facet["index"], facet["features"][0]
        words = text.encode()[index["byteStart"] : index["byteEnd"]].decode()
        found.append((words, feature.get("uri") or feature.get("tag") or feature["did"]))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No link here", []),
        ("See https://willow.example/boots", [("https://willow.example/boots",) * 2]),
        ("👩‍👧 Größe: https://willow.example/ü!", [("https://willow.example/ü",) * 2]),
        ("(https://willow.example/a_(b)).", [("https://willow.example/a_(b)",) * 2]),
        ("“https://willow.example”", [("https://willow.example",) * 2]),
        ("🌧️ Puddles #Outdoors!", [("#Outdoors", "Outdoors")]),
        ("room #1 and a#b", []),
        ("👩‍👧 (@Gran.willow.example).", [("@Gran.willow.example", "did:plc:gran")]),
        ("@gran.willow.example, @gran.willow.example", [("@gran.willow.example", "did:plc:gran")] * 2),
        ("@nobody.example office@gran.willow.example @gran.willow.example.uk @gran", []),
        ("https://willow.example/#boots", [("https://willow.example/#boots",) * 2]),
    ],
)
def test_links_and_hashtags_are_marked_by_bytes(text: str, expected: list[tuple[str, str]]) -> None:
    assert marked(text) == expected


@given(st.text(alphabet="a 👩‍👧é#(.)!") | st.text(), st.text())
def test_marks_always_cover_whole_characters(before: str, after: str) -> None:
    text = f"{before} https://willow.example/x {after}"
    assert ("https://willow.example/x",) * 2 in marked(text)


# ── Length ──

SAMPLES = [
    "",
    "plain words\r\nin two lines\n",
    "e\u0301te\u0301",
    "👩‍👩‍👧‍👦👍🏽",
    "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
    "🇬🇧🇫🇷🇬",
    "🙂‍↔️ ❤️‍🔥 1️⃣",
    "한국어 \u1112\u1161\u11ab",
    "நிலா ਮੀਂਹ বৃষ্টি",
    "a\u200db \u200d",
    "ไทยน้ำ",
]


@pytest.mark.parametrize(("text", "length"), [("👩‍👩‍👧‍👦", 1), ("🇬🇧🇫🇷", 2), ("é\r\n", 2), ("\n\u0301", 2)])
def test_characters_are_counted_as_a_reader_sees_them(text: str, length: int) -> None:
    assert graphemes.count(text) == length


@pytest.mark.node
def test_characters_are_counted_as_javascript_counts_them() -> None:
    script = (
        "const s = new Intl.Segmenter('en', {granularity: 'grapheme'});"
        "const t = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(t.map((x) => [...s.segment(x)].length)))"
    )
    asked = json.dumps(SAMPLES)
    done = subprocess.run([_node(), "-e", script], input=asked, capture_output=True, text=True, check=True)
    theirs = json.loads(done.stdout)
    ours = [graphemes.count(text) for text in SAMPLES]
    indic = SAMPLES.index("நிலா ਮੀਂਹ বৃষ্টি")
    assert ours[indic] >= theirs[indic]
    assert ours[:indic] + ours[indic + 1 :] == theirs[:indic] + theirs[indic + 1 :]
    assert NODE_PARTS.is_dir()


def test_what_bluesky_would_refuse_is_said() -> None:
    client = Bluesky()
    small = Picture(b"x", "image/jpeg", "alt", 1, 1)
    big = Picture(b"x" * (records.MOST_BYTES_OF_PICTURE + 1), "image/jpeg", "alt", 1, 1)
    assert client.validate(Outgoing("👩‍👩‍👧‍👦" * 100, (small,) * 4)) == []
    assert client.validate(Outgoing("é" * 300)) == []
    assert "301 characters" in client.validate(Outgoing("x" * 301))[0]
    assert "too long" in client.validate(Outgoing("👩‍👩‍👧‍👦" * 300))[0]  # few characters, too many bytes
    assert "4 pictures" in client.validate(Outgoing("", (small,) * 5))[0]
    assert "2 MB" in client.validate(Outgoing("", (big,)))[0]


# ── Rules of a thread ──


def test_hiding_keeps_what_people_set_themselves() -> None:
    old = {"post": str(OURS), "allow": [], "createdAt": "2026-01-01T00:00:00Z", "hiddenReplies": ["at://a"]}
    now = datetime.now(UTC)
    more = records.threadgate(old, OURS, "at://b", hidden=True, now=now)
    assert more == {**old, "hiddenReplies": ["at://a", "at://b"]}
    assert records.threadgate(more, OURS, "at://b", hidden=True, now=now) is None
    assert records.threadgate(more, OURS, "at://b", hidden=False, now=now) == old
    assert records.threadgate(None, OURS, "at://b", hidden=False, now=now) is None


# ── Addresses ──


@pytest.mark.parametrize(
    "uri",
    ["", "at://x", "https://bsky.app", "at://did:plc:a/app.bsky.feed.post/../x", "at://did:plc:a/b/c\n"],
)
def test_what_is_no_address_is_none(uri: str) -> None:
    assert records.address(uri) is None
    assert records.permalink(uri) == ""


def test_an_address_goes_there_and_back() -> None:
    assert records.address(str(OURS)) == OURS
    assert records.permalink(str(OURS)) == "https://bsky.app/profile/did:plc:willow/post/3jzfcijpj2z2a"


# ── Answers ──


def said(error: str, **more: str) -> bytes:
    return json.dumps({"error": error, "message": "", **more}).encode()


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (401, "AuthenticationRequired", RefusalKind.RECONNECT),
        (401, "AccountTakedown", RefusalKind.RECONNECT),
        (400, "ExpiredToken", RefusalKind.RECONNECT),
        (400, "InvalidToken", RefusalKind.RECONNECT),
        (403, "InsufficientScope", RefusalKind.PERMISSION),
        (400, "InvalidRequest", RefusalKind.INVALID),
        (413, "PayloadTooLarge", RefusalKind.INVALID),
        (400, "InvalidSwap", RefusalKind.DUPLICATE),
        (400, "RecordNotFound", RefusalKind.GONE),
        (429, "RateLimitExceeded", RefusalKind.THROTTLED),
    ],
)
def test_a_refusal_is_known_by_its_code(status: int, error: str, kind: RefusalKind) -> None:
    for visible in (True, False):
        outcome = understand(status, said(error), {}, visible=visible)
        assert isinstance(outcome, Refused) and outcome.kind == kind and outcome.code == error


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"ratelimit-reset": "in 90 s"}, range(80, 91)),
        ({"ratelimit-reset": "1"}, range(1, 2)),
        ({"retry-after": "30"}, range(30, 31)),
        ({"ratelimit-reset": "99999999999"}, range(86400, 86401)),
    ],
)
def test_a_throttle_says_when_to_come_back(headers: Mapping[str, str], seconds: range) -> None:
    soon = str(int(time.time()) + 90)
    sent = {name: soon if value == "in 90 s" else value for name, value in headers.items()}
    outcome = understand(429, said("RateLimitExceeded"), sent, visible=True)
    assert isinstance(outcome, Refused) and outcome.retry_after in seconds


def test_a_throttle_may_not_say_when() -> None:
    outcome = understand(429, said("RateLimitExceeded"), {"ratelimit-reset": "soon"}, visible=True)
    assert isinstance(outcome, Refused) and outcome.retry_after is None


@pytest.mark.parametrize(
    ("status", "raw"),
    [
        (500, said("InternalServerError")),
        (502, b"<html>Bad gateway</html>"),
        (200, b"not json"),
        (200, b"[]"),
        (302, b""),
        (403, b"<html>Who are you?</html>"),
        (200, b"[" * 100_000),
    ],
)
def test_what_proves_nothing_is_unknown_where_the_public_could_see(status: int, raw: bytes) -> None:
    assert isinstance(understand(status, raw, {}, visible=True), Unknown)
    read = understand(status, raw, {}, visible=False)
    assert isinstance(read, Refused) and read.kind == RefusalKind.UNREACHABLE


def test_the_allowance_is_read() -> None:
    headers = {"ratelimit-limit": "3000", "ratelimit-remaining": "300"}
    assert understand(200, b"{}", headers, visible=False) == Answer({}, 90)
    assert understand(200, b"{}", {}, visible=False) == Answer({}, None)


# ── What strangers wrote ──


def test_a_hostile_post_still_becomes_an_item() -> None:
    post = {
        "uri": "at://did:plc:x/app.bsky.feed.post/3jzfcijpj2z2a",
        "author": {"did": "did:plc:x", "displayName": ["no", "name"], "handle": "x\x00.test"},
        "record": {"text": "a\x00b\ud800", "createdAt": "yesterday", "reply": "to nobody", "embed": 7},
    }
    found = reading.item(post)
    assert found.text == "a\ufffdb?" and found.author_name == "x\ufffd.test"
    assert found.kind == ItemKind.COMMENT and found.post_id == "" and not found.has_picture
    json.dumps(found.raw, ensure_ascii=False).encode()
    assert "\x00" not in json.dumps(found.raw, ensure_ascii=False)


def test_a_thread_is_taken_apart_however_deep_and_says_where_it_was_cut() -> None:
    def node(number: int, **more: object) -> dict[str, object]:
        return {"post": {"uri": f"at://{number}", "replyCount": 1}, **more}

    deep = node(5_000)
    for number in range(4_999, -1, -1):
        deep = node(number, replies=[deep, {"notFound": True, "uri": "at://gone"}])
    found = reading.branch(deep)
    assert len(found.posts) == 5_000
    assert found.cut_at == ("at://5000",)


def test_a_time_without_a_zone_is_taken_as_utc() -> None:
    assert reading.seen_at({"indexedAt": "2026-11-24T10:00:00"}) == datetime(2026, 11, 24, 10, tzinfo=UTC)


# ── No doorbell, and secrets ──


def test_there_are_no_webhooks() -> None:
    client = Bluesky()
    assert client.handshake(ACCOUNT, {"hub.mode": "subscribe", "hub.challenge": "1"}) is None
    with pytest.raises(BadSignature):
        client.parse_webhook(ACCOUNT, b"{}", {})
    client.subscribe(ACCOUNT, "https://willow.example/hooks")


def test_a_session_does_not_show_its_tokens() -> None:
    session = Session("did:plc:willow", Secret("access"), Secret("renewal"), 0.0)
    assert "access=Secret(…)" in repr(session) and "'access'" not in repr(session)


@pytest.mark.parametrize("token", ["", "a.b.c", "a.e30.c", "…"])
def test_a_token_without_an_end_is_trusted_for_minutes_only(token: str) -> None:
    assert _end_of(token) <= time.time() + 300
