"""Checkpoints are C2SP signed notes that any other implementation can read."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from stairgate.ledger.keys import public_key, sign_checkpoint
from stairgate.ledger.proof import Key, Unusable, read_checkpoints

# The example of Go's golang.org/x/mod/sumdb/note, which C2SP signed-note grew from.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
NAME = "stairgate/ledger/x"
NOTE = sign_checkpoint(origin=NAME, size=7, root=bytes(range(32)), at="2026-11-24T17:45:00.000000Z")


def test_a_key_and_signature_made_elsewhere_are_understood() -> None:
    key = Key.parse(GO_KEY)
    raw = base64.b64decode(GO_SIGNATURE)
    assert (key.text, key.id) == (GO_KEY, raw[:4])
    assert key.verifies(raw[4:], GO_TEXT.encode())
    assert not key.verifies(raw[4:], GO_TEXT.encode() + b"\n")


def test_the_note_has_exactly_the_form_of_the_standard() -> None:
    text, _, signature = NOTE.partition("\n\n")
    assert text.split("\n") == [
        NAME,
        "7",
        base64.b64encode(bytes(range(32))).decode(),
        "time 2026-11-24T17:45:00.000000Z",
    ]
    dash, name, encoded = signature.removesuffix("\n").split(" ")
    raw = base64.b64decode(encoded)
    assert (dash, name, raw[:4]) == ("—", NAME, public_key(NAME).id)
    Ed25519PublicKey.from_public_bytes(public_key(NAME).public).verify(raw[4:], (text + "\n").encode())


@pytest.mark.parametrize("mangle", [str, lambda text: "\ufeff\n" + text.replace("\n", "  \r\n") + "\r\n\r\n"])
def test_a_note_survives_a_mail_program(mangle: type[str]) -> None:
    (point,) = read_checkpoints(mangle(NOTE))
    assert (point.size, point.at) == (7, "2026-11-24T17:45:00.000000Z")
    assert point.signed_by(public_key(NAME))


def test_several_notes_and_signatures_by_others_are_read() -> None:
    witness = "— witness.example " + base64.b64encode(b"1234" + bytes(64)).decode() + "\n"
    points = read_checkpoints(NOTE + "\n" + NOTE + witness + "\n")
    assert [point.signed_by(public_key(NAME)) for point in points] == [True, True]
    assert read_checkpoints("") == []


def test_a_signature_under_another_name_or_key_does_not_count() -> None:
    (point,) = read_checkpoints(NOTE)
    assert not point.signed_by(public_key("stairgate/ledger/y"))
    assert not point.signed_by(Key(NAME, bytes(32)))


@given(st.integers(0, len(NOTE) - 1), st.characters(codec="utf-8"))
def test_any_changed_letter_breaks_the_signature(place: int, letter: str) -> None:
    changed = NOTE[:place] + letter + NOTE[place + 1 :]
    try:
        points = read_checkpoints(changed)
    except Unusable:
        return
    meaning = [(point.body, point.signatures) for point in read_checkpoints(NOTE)]
    for point in points:
        assert [(point.body, point.signatures)] == meaning or not point.signed_by(public_key(NAME))


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "a\n1\nAAAA\n\nno signature",
        "a\n-1\nAAAA\n\n— a AAAA\n",
        "a\n01\nAAAA\n\n— a AAAA\n",
        "a\n1\n!!\n\n— a AAAA\n",
        "a\n1\n\n— a AAAA\n",
        "a\n" + "9" * 5000 + "\nAAAA\n\n— a AAAA\n",
    ],
)
def test_what_is_no_checkpoint_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Unusable):
        read_checkpoints(text)


@pytest.mark.parametrize(
    "text", ["", "name", "name+00000000+AAAA", GO_KEY[:-1], GO_KEY.replace("c74f", "c74e")]
)
def test_a_damaged_key_is_refused(text: str) -> None:
    with pytest.raises(Unusable):
        Key.parse(text)
