"""Children's names: when they matter, how they are recognised, and that they cannot be read back."""

from __future__ import annotations

import json
import pickle
from dataclasses import asdict

import pytest

from stairgate.screening import (
    Action,
    Context,
    Direction,
    NameIndex,
    Screener,
    Severity,
    default_pack,
    digest_name,
)
from tests.screening.cast import CHILDREN, FACTS, KEY, coming_in, going_out, only, stretch

WRITTEN = [
    "Ottilie",
    "OTTILIE",
    "ottilie",
    "Ottilie’s",
    "Ottilie's",
    "Óttilié",
    "Оttilie",
    "Ｏｔｔｉｌｉｅ",
    "Ot\u200btilie",
    "𝓞𝓽𝓽𝓲𝓵𝓲𝓮",
    "Zoe",
    "Zoë",
    "Zoe\u0308",
    "Idris",
    "IDRIS’S",
    "Maya",
    "Mary Kate",
    "Mary-Kate",
    "MARY KATE",
]


@pytest.mark.clause("C36")
@pytest.mark.clause("C35")
@pytest.mark.parametrize("name", WRITTEN)
def test_a_name_beside_a_picture_is_held_however_it_is_written(name: str) -> None:
    text = f"Well done {name} at painting!"
    (finding,) = only(going_out(text, picture=True), "identity.")
    assert finding.rule == "identity.name-and-picture"
    assert finding.severity is Severity.HOLD
    assert stretch(text, finding) == name


@pytest.mark.clause("C36")
def test_a_name_alone_is_only_a_note() -> None:
    screening = going_out("Ottilie painted a boat.")
    assert [finding.severity for finding in screening.findings] == [Severity.NOTE]
    assert screening.action is Action.PASS


@pytest.mark.clause("C35")
@pytest.mark.parametrize(
    "text",
    [
        "Ottilie turned 4 with us",
        "Happy birthday Idris!",
        "Maya is allergic to nuts",
        "Ottilie comes every Tuesday",
        "Idris lives in Fenmoor",
        "Maya was at Fenmoor Park",
        "Ottilie has been poorly",
        "Idris is three years old",
        "Maya will be in hospital",
    ],
)
def test_a_name_with_something_about_the_child_is_held(text: str) -> None:
    assert [finding.rule for finding in only(going_out(text), "identity.")] == ["identity.name-and-detail"]


@pytest.mark.parametrize(
    "text",
    [
        "We sat under the rowan tree",
        "Rowan trees are full of berries",
        "The rowan was red",
        "Beautiful Rowan berries today",
        "An ottoman in the corner",
        "Adapting our garden",
        "We said boo to the ghost",
        "Our Mayan pyramid",
        "Mary had a little lamb",
    ],
)
def test_words_that_are_not_names_pass(text: str) -> None:
    assert only(going_out(text, picture=True), "identity.") == []


@pytest.mark.clause("C36")
@pytest.mark.parametrize(
    "text", ["We saw that Rowan loved it", "Rowan was so proud", "Well done Rowan!", "Rowan's tower"]
)
def test_a_name_that_is_also_a_word_needs_a_persons_place(text: str) -> None:
    assert len(only(going_out(text, picture=True), "identity.")) == 1


@pytest.mark.clause("C36")
@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Ottilie dug with the Acorns.", "One of our Acorns dug with the Acorns."),
        ("Today Ottilie dug.", "Today one of our children dug."),
        ("Look at Ottilie’s boat, Seedlings!", "Look at one of our Seedlings’ boat, Seedlings!"),
        ("Look at Ottilie's boat!", "Look at one of our children's boat!"),
    ],
)
def test_the_suggestion_keeps_the_story_and_loses_the_child(text: str, safe: str) -> None:
    (finding,) = only(going_out(text, picture=True), "identity.")
    assert finding.suggestion is not None
    assert text[: finding.start] + finding.suggestion + text[finding.end :] == safe


@pytest.mark.clause("C36")
def test_a_child_named_by_the_public_is_looked_at() -> None:
    assert coming_in("Ottilie looks so happy!").action is Action.LOOK
    assert coming_in("Ottilie is at Fenmoor Park on Mondays").action is Action.HOLD


def test_names_cannot_be_read_back() -> None:
    shown = repr(FACTS) + repr(FACTS.names) + repr(pickle.dumps(FACTS.names)) + str(asdict(FACTS.names))
    shown += json.dumps(sorted(digest.hex() for digest in FACTS.names.digests))
    assert not any(name.lower() in shown.lower() for name in CHILDREN if len(name) > 3)
    assert KEY.decode() not in repr(FACTS) + repr(FACTS.names)


def test_a_digest_needs_the_key() -> None:
    assert (
        digest_name(KEY, "Zoë")
        == digest_name(KEY, "ZOE’S")
        != digest_name(b"another key, just as long", "Zoe")
    )
    assert "ottilie" in FACTS.names
    assert "Oscar" not in FACTS.names
    assert "Ottilie" not in NameIndex(b"another key, just as long", FACTS.names.digests)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        NameIndex.build(b"short", ["Ottilie"])


def test_an_answers_key_does_not_give_the_name_away() -> None:
    ours = only(going_out("Ottilie waved", picture=True), "identity.")[0]
    later = only(going_out("Hello. Then Ottilie waved", picture=True), "identity.")[0]
    other = only(going_out("Idris waved", picture=True), "identity.")[0]
    keyless = Screener(default_pack()).screen("Ottilie", direction=Direction.OUTBOUND_POST, context=Context())
    assert ours.key == later.key != other.key
    assert keyless.findings == ()
