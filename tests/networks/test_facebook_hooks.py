"""What a webhook says, as the Facebook client understands it: whatever is signed is never an exception."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.networks.base import Account, BadSignature, Secret, WebhookEvent, WebhookNote
from stairgate.networks.facebook import hooks

SECRET = "b1946ac92492d2347c6235b4d2611184"
ACCOUNT = Account("https://graph.example", "7", Secret("t"), app_secret=Secret(SECRET))

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["item", "verb", "post_id", "comment_id", "value", "changes"])
            | st.text(max_size=4),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)
entries = st.fixed_dictionaries({"id": st.sampled_from(["7", 7, "8", None]), "changes": values})


def parse(raw: bytes) -> list[WebhookNote]:
    signed = "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    return hooks.parse(ACCOUNT, raw, {"x-HUB-signature-256": signed})


def told(value: object) -> list[WebhookNote]:
    return parse(json.dumps({"entry": [{"id": "7", "changes": [{"value": value}]}]}).encode())


@given(st.binary(max_size=400) | st.lists(entries | values).map(lambda e: json.dumps({"entry": e}).encode()))
def test_whatever_is_signed_is_understood_as_notes_about_our_page_alone(raw: bytes) -> None:
    for note in parse(raw):
        assert note.post_id == "" or note.post_id.startswith("7_")
        assert len(note.post_id) <= 100 and len(note.external_id) <= 100 and len(note.verb) <= 20


@given(st.binary(max_size=100), st.text(max_size=100))
def test_nothing_but_the_one_signature_opens(raw: bytes, signature: str) -> None:
    for headers in ({"X-Hub-Signature-256": signature}, {"X-Hub-Signature": signature}, {}):
        with pytest.raises(BadSignature):
            hooks.parse(ACCOUNT, raw, headers)


@pytest.mark.parametrize(
    ("value", "note"),
    [
        (
            {"verb": "add", "comment_id": "1_2", "post_id": "7_1"},
            WebhookNote(WebhookEvent.ADDED, "1_2", "7_1", "add"),
        ),
        ({"verb": "remove", "post_id": "7_1"}, WebhookNote(WebhookEvent.REMOVED, "7_1", "7_1", "remove")),
        ({"verb": "unhide", "post_id": "8_1"}, WebhookNote(WebhookEvent.HIDDEN, "8_1", "", "unhide")),
        ({"verb": ["add"], "post_id": ["7_1"]}, WebhookNote(WebhookEvent.OTHER, "")),
        ({"post_id": "7_1 OR 1=1"}, WebhookNote(WebhookEvent.OTHER, "")),
        ({"post_id": "7_" + "1" * 100}, WebhookNote(WebhookEvent.OTHER, "")),
        ({}, WebhookNote(WebhookEvent.OTHER, "")),
        (None, WebhookNote(WebhookEvent.OTHER, "")),
    ],
    ids=repr,
)
def test_a_change_is_a_note_and_an_odd_one_too(value: object, note: WebhookNote) -> None:
    assert told(value) == [note]


SOMETHING = WebhookNote(WebhookEvent.OTHER, "")


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"[" * 100_000, b'{"entry"', b"[]", b"null"], ids=range(6))
def test_what_is_no_message_says_that_something_changed(raw: bytes) -> None:
    assert parse(raw) == [SOMETHING]


@pytest.mark.parametrize(
    ("entry", "notes"),
    [
        ("7", [SOMETHING]),
        ([None], [SOMETHING]),
        ([["id"]], [SOMETHING]),
        ([{}], []),
        ([{"id": "8", "changes": None}], []),
        ([{"id": "7", "changes": None}], [SOMETHING]),
        ([{"id": "7", "changes": {"value": {}}}], [SOMETHING]),
        ([{"id": "7", "changes": [None, {}, {"value": "text"}]}], [SOMETHING] * 3),
    ],
    ids=str,
)
def test_an_odd_entry_says_that_something_changed(entry: object, notes: list[WebhookNote]) -> None:
    assert parse(json.dumps({"entry": entry}).encode()) == notes


def test_a_message_without_changes_says_nothing_of_the_page() -> None:
    assert parse(b'{"entry": [{"id": "7", "messaging": [{"message": {"text": "Hello"}}]}]}') == []


def test_an_account_without_a_secret_believes_nobody() -> None:
    nobody = Account("https://graph.example", "7", Secret("t"))
    signed = "sha256=" + hmac.new(b"", b"{}", hashlib.sha256).hexdigest()
    with pytest.raises(BadSignature):
        hooks.parse(nobody, b"{}", {"X-Hub-Signature-256": signed})
