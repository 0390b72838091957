"""A rule pack is checked whole: every mistake at once, each with its file and table."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import stairgate.screening
from stairgate.screening import Direction, Screener, default_pack, load_pack
from stairgate.screening import pack as pack_module
from stairgate.screening.pack_check import TABLES, troubles_of
from stairgate.screening.pack_compare import differences

DATA = Path(stairgate.screening.__file__).parent / "data"
RULE = """
[[rule]]
id = "test.new"
version = "1"
category = "scam"
severity = "look"
clause = "C07"
title = "A test"
reason = "A test."
directions = ["inbound_comment"]
all = ["test_cue"]
[cues]
test_cue = ["free|cheap money"]
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "pack")
    return tmp_path / "pack"


def told(pack: Path, more: str, name: str = "en/more.toml") -> list[str]:
    (pack / name).write_text(more, encoding="utf-8")
    return [str(trouble) for trouble in troubles_of(pack)]


def test_our_own_is_whole(pack: Path) -> None:
    assert troubles_of(DATA) == [] and troubles_of(pack) == [] and told(pack, RULE) == []


def test_it_knows_the_tables_that_loading_knows() -> None:
    assert pack_module._TABLES == TABLES


@pytest.mark.parametrize(
    ("more", "trouble"),
    [
        ("x =", "en/more.toml: this file cannot be read: "),
        ("[cuess]\na = 1", "en/more.toml: cuess: there is no such table. There are: version, "),
        ("cues = 3", "en/more.toml: cues: this must be a table"),
        ("version = 2", "en/more.toml: version: this must be text in quotation marks"),
        ("[lists]\nnew = 'one'", "en/more.toml: lists.new: this must be a list of words"),
        ("[aliases]\npix = 3", "en/more.toml: aliases.pix: this must be one word"),
        ("[common]\npix = 'x'", "en/more.toml: common.pix: this must be a whole number"),
        ("[cues]\nnew = ['<nothing> here']", "en/more.toml: cues.new: there is no list called <nothing>"),
        ("[cues]\nnew = ['.. here']", "en/more.toml: cues.new: '.. here' must start with a word"),
        ("[[word]]\nstem = 'x'", "en/more.toml: word x: "),
        ("[[word]]\nstem = 3\nstrength = 1", "en/more.toml: word 3: this word is malformed: "),
        ("[[rule]]\nversion = '1'", "en/more.toml: rule: there is a rule without an id"),
        ("[[rule]]\nid = 'own.word'", "en/wording.toml: rule own.word: there is a rule with this id in en/more.toml already"),
        (RULE.replace('"scam"', '"scan"'), "en/more.toml: rule test.new: rule test.new is malformed: 'scan'"),
        (RULE.replace("title", "titel"), "en/more.toml: rule test.new: rule test.new has unknown fields: titel"),
        (RULE.replace('all = ["test', 'all = ["no'), "en/more.toml: rule test.new: it asks for cues that do not exist: no_cue"),
    ],
    ids=range(16),
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(pack: Path, more: str, trouble: str) -> None:
    assert any(line.startswith(trouble) for line in told(pack, more)), told(pack, more)


def test_all_mistakes_are_told_at_once(pack: Path) -> None:
    assert len(told(pack, "[cuess]\na = 1\n[cues]\nnew = ['<nothing> a', '<nobody> b']")) == 3


def test_what_the_engine_needs_and_is_not_there(pack: Path) -> None:
    wording = pack / "en" / "wording.toml"
    words = wording.read_text("utf-8")
    wording.write_text(words.replace('id = "own.word"', 'id = "own.wort"'), "utf-8")
    assert [str(one) for one in troubles_of(pack)] == [
        "rule own.word: this rule is spoken by code, so every pack must word it"
    ]


@pytest.mark.parametrize("change", [lambda pack: shutil.rmtree(pack / "en"), lambda pack: None])
def test_an_empty_folder(tmp_path: Path, change: Callable[[Path], None]) -> None:
    (tmp_path / "empty" / "en").mkdir(parents=True)
    change(tmp_path / "empty")
    (only,) = troubles_of(tmp_path / "empty")
    assert "no file here that ends with .toml" in str(only)


def test_a_list_that_code_asks_for(pack: Path) -> None:
    for file in pack.rglob("*.toml"):
        text = file.read_text("utf-8")
        file.write_text(text.replace("\ncontact_verb = ", "\ncontact_verbs = "), "utf-8")
    assert any("contact_verb" in str(one) for one in troubles_of(pack))


def test_what_two_packs_say_differently(pack: Path) -> None:
    told(pack, RULE)
    for file in pack.rglob("*.toml"):
        text = file.read_text("utf-8").replace(
            'category = "profanity"\nseverity = "hold"', "category = 'profanity'\nseverity = 'look'"
        )
        file.write_text(text, "utf-8")  # fmt: skip
    ours, theirs = Screener(default_pack()), Screener(load_pack(pack))

    def changes(text: str, before: Screener, after: Screener) -> list[tuple[str, str]]:
        way = Direction.INBOUND_COMMENT
        found = differences(before.screen(text, direction=way), after.screen(text, direction=way))
        return [(one.change, one.finding.rule) for one in found]

    assert ("newly found", "test.new") in changes("Free money here", ours, theirs)
    assert ("no longer found", "test.new") in changes("Free money here", theirs, ours)
    assert changes("We had soup", ours, theirs) == []
