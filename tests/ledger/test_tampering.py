"""Whatever is done to a record is noticed.

Done by an outsider, always; done by the holder of the key, against a checkpoint held outside.
"""

from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stairgate.ledger.keys import public_key
from stairgate.ledger.proof import Unusable, canonical, examine
from tests.ledger.forge import ORIGIN, Line, look, made, note, remade, signed, with_tombstone

words = st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers(0, 9) | st.none(), max_size=3)
payloads = st.lists(words, min_size=2, max_size=20)


@st.composite
def tampered(draw: st.DrawFn, least: int = 0) -> tuple[list[Line], list[Line]]:
    """Draw a sound record and what became of it under one act: edit, delete, swap, insert or truncate."""
    lines = made(draw(payloads))
    act = draw(st.sampled_from(["payload", "actor", "time", "delete", "swap", "insert", "truncate"]))
    place = draw(st.integers(0, len(lines) - 1))
    other = draw(st.integers(0, len(lines) - 1))
    after = deepcopy(lines)
    match act:
        case "payload":
            after[place]["payload"] = {"x": "something else"}
        case "actor":
            after[place]["header"]["actor"] = "kofi"
        case "time":
            after[place]["header"]["at"] = "2026-11-24T17:46:00.000000Z"
        case "delete":
            del after[place]
        case "swap":
            assume(place != other)
            after[place], after[other] = after[other], after[place]
        case "insert":
            stranger = deepcopy(made([{"x": "slipped in"}])[0])
            stranger["header"]["id"] = "00000000-0000-4000-8000-00000000ffff"
            after.insert(place, stranger)
        case _:
            del after[place:]
    return lines, after


@given(payloads)
def test_an_untouched_record_is_sound(contents: list[object]) -> None:
    lines = made(contents)
    report = look(lines, signed(lines, 1, len(lines)), held=signed(lines, 0, 1, len(lines)))
    assert (report.problems, report.warnings) == ([], [])


@given(tampered())
@pytest.mark.clause("C82")
def test_an_outsider_cannot_touch_anything(case: tuple[list[Line], list[Line]]) -> None:
    """Without the key: the checkpoints stay, the entries are changed."""
    lines, after = case
    assert look(after, signed(lines)).problems


@given(tampered())
@pytest.mark.clause("C82")
def test_an_outsider_who_renumbers_and_rehashes_is_noticed(case: tuple[list[Line], list[Line]]) -> None:
    lines, after = case
    assert look(remade(after), signed(lines)).problems


@given(tampered(), st.data())
@pytest.mark.clause("C28")
def test_the_holder_of_the_key_cannot_contradict_a_checkpoint_held_outside(
    case: tuple[list[Line], list[Line]], draw: st.DataObject
) -> None:
    """Written anew and signed with the same key: sound by itself, but not against what we hold."""
    lines, after = case
    forged = remade(after)
    unchanged = next((n for n, (a, b) in enumerate(zip(lines, forged, strict=False)) if a != b), len(forged))
    assume(unchanged < len(lines))
    size = draw.draw(st.integers(unchanged + 1, len(lines)))
    assert not look(forged, signed(forged)).problems
    assert look(forged, signed(forged), held=signed(lines, size)).problems


@given(payloads, st.data())
def test_a_longer_record_continues_earlier_checkpoints(contents: list[object], draw: st.DataObject) -> None:
    lines = made(contents)
    size = draw.draw(st.integers(0, len(lines)))
    assert not look(lines, signed(lines), held=signed(made(contents[:size]))).problems


@given(payloads, st.data())
def test_any_changed_byte_is_noticed(contents: list[object], draw: st.DataObject) -> None:
    lines = made(contents)
    text = b"\n".join(canonical(line) for line in lines)
    place = draw.draw(st.integers(0, len(text) - 1))
    byte = draw.draw(st.integers(0, 255).filter(lambda value: value != text[place]))
    forged = (text[:place] + bytes([byte]) + text[place + 1 :]).split(b"\n")
    try:
        report = examine(forged, key=public_key(ORIGIN), signed=signed(lines))
    except Unusable:
        return
    assert report.problems


@given(payloads, st.data())
def test_an_erased_entry_leaves_every_proof_in_place(contents: list[object], draw: st.DataObject) -> None:
    lines = made(contents)
    index = draw.draw(st.integers(0, len(lines) - 1))
    erased = with_tombstone(lines, index)
    report = look(erased, signed(erased), held=signed(lines, index + 1, len(lines)))
    assert (report.problems, report.warnings) == ([], [])
    assert "1 erased" in report.facts[0]


def test_blanking_without_a_tombstone_is_noticed() -> None:
    lines = made([{"n": 1}, {"n": 2}, {"n": 3}])
    blanked = deepcopy(lines)
    blanked[1]["salt"] = blanked[1]["payload"] = None
    assert look(blanked, signed(lines)).problems == [
        "Entry 1 has been blanked, but no later entry says that it was erased."
    ]
    half = deepcopy(lines)
    half[1]["salt"] = None
    assert look(half, signed(lines)).problems == ["Entry 1 has been blanked in part."]


def test_a_tombstone_cannot_be_blanked_or_point_at_nothing() -> None:
    erased = with_tombstone(made([{"n": 1}, {"n": 2}]), 0)
    blanked = deepcopy(erased)
    blanked[2]["salt"] = blanked[2]["payload"] = None
    assert any("has itself been blanked" in problem for problem in look(blanked, signed(erased)).problems)
    pointless = deepcopy(erased)
    pointless[2]["header"]["subject"] = "nothing"
    pointless = remade(pointless)
    assert any("not in this record" in problem for problem in look(pointless, signed(pointless)).problems)


def test_words_that_came_back_after_erasure_are_mentioned() -> None:
    lines = made([{"n": 1}, {"n": 2}])
    restored = with_tombstone(lines, 0)
    restored[0] = lines[0]
    report = look(restored, signed(restored))
    assert report.problems == []
    assert report.warnings == ["Entry 2 erased entry 0, which can still be read."]


def test_a_clock_that_runs_backwards_is_mentioned_only_beyond_the_tolerance() -> None:
    lines = made([{}, {}, {}])
    lines[1]["header"]["at"] = "2026-11-24T17:41:00.000000Z"
    lines[2]["header"]["at"] = "2026-11-24T17:39:00.000000Z"
    lines = remade(lines)
    report = look(lines, signed(lines))
    assert report.problems == []
    assert [warning[:7] for warning in report.warnings] == ["Entry 2"]


def test_one_entry_twice_is_noticed() -> None:
    lines = made([{}, {}])
    lines[1]["header"]["id"] = lines[0]["header"]["id"]
    lines = remade(lines)
    assert look(lines, signed(lines)).problems == ["Entry 1 appears twice: it is also entry 0."]


def test_an_entry_of_another_log_is_noticed() -> None:
    lines = made([{}, {}])
    lines[1]["header"]["log"] = "stairgate/ledger/another\x1b[31m"
    lines = remade(lines)
    assert look(lines, signed(lines)).problems == [
        "Entry 1 belongs to another log (stairgate/ledger/another?[31m)."
    ]


def test_entries_after_the_last_signature_are_noticed() -> None:
    lines = made([{}, {}, {}])
    assert look(lines, signed(lines, 2)).problems == [
        "Signed checkpoints that agree reach only to entry 2 of 3."
    ]
    assert look(lines, []).problems
    whole = examine([canonical(line) for line in lines], key=public_key(ORIGIN), signed=[], complete=False)
    assert whole.problems == []


def test_two_signed_histories_of_the_same_length_are_noticed() -> None:
    lines, others = made([{"n": 1}]), made([{"n": 2}])
    assert note(lines, 1) != note(others, 1)
    assert look(lines, signed(lines), held=signed(others)).problems


def test_a_record_cut_back_to_an_earlier_seal_is_found_only_by_who_holds_a_later_one() -> None:
    """The limit that docs/ledger.md admits: seals must leave the building."""
    lines = made([{"n": 1}, {"n": 2}, {"n": 3}])
    cut = lines[:2]
    assert look(cut, signed(lines, 2)).problems == []
    assert look(cut, signed(lines, 2), held=signed(lines, 3)).problems
