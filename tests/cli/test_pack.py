"""``stairgate pack`` as whoever writes rules meets it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import stairgate.screening
from tests.cli.installation import Installation, refused, run
from tests.screening.test_pack_check import RULE

DATA = Path(stairgate.screening.__file__).parent / "data"


@pytest.fixture
def pack(tmp_path: Path) -> str:
    shutil.copytree(DATA, tmp_path / "pack")
    (tmp_path / "pack" / "en" / "more.toml").write_text(RULE, "utf-8")
    return str(tmp_path / "pack")


def test_ours_and_a_copy_with_a_rule_more_are_whole(pack: str) -> None:
    said = run("pack", "check")
    assert (said.code, said.err) == (0, "") and "whole. Version" in said.out
    assert run("pack", "check", pack).out.startswith(f"{pack}: whole. Version")


def test_mistakes_are_lines_and_the_code_is_one(pack: str) -> None:
    (Path(pack) / "en" / "more.toml").write_text("[cuess]\na = 1\n[cues]\nnew = ['<nothing> a']\n", "utf-8")
    said = run("pack", "check", pack)
    assert (said.code, said.err) == (1, "")
    lines = said.out.splitlines()
    assert lines[0].startswith(f"{pack}: en/more.toml: cuess: there is no such table.")
    assert lines[-1] == f"{pack}: 2 to put right."
    compared = run("pack", "compare", pack)
    assert (compared.code, compared.out) == (1, "") and "is not whole" in compared.err


@pytest.mark.parametrize("deed", ["check", "compare"])
def test_a_folder_that_is_not_there(tmp_path: Path, deed: str) -> None:
    refused(run("pack", deed, str(tmp_path / "nothing")), "is no folder")


def test_what_differs_is_one_line_each_without_the_words(pack: str, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    rows = [
        {"id": "a", "text": "Free money here, zebra"},
        {"id": "b", "text": "We had soup"},
        {"text": "Cheap money", "direction": "inbound_comment"},
        {"id": "d", "text": "Cheap money", "direction": "outbound_post", "picture": True},
    ]
    texts.write_text("\n\n".join(map(json.dumps, rows)), "utf-8")
    said = run("pack", "compare", pack, "--texts", str(texts))
    assert said.code == 0
    lines = [json.loads(line) for line in said.out.splitlines()]
    news = [line for line in lines if line["rule"] == "test.new"]
    assert [line["id"] for line in news] == ["a", "5"]
    assert news[0] == {
        "id": "a", "direction": "inbound_comment", "change": "newly found", "rule": "test.new", "category": "scam",
        "severity": "look", "start": news[0]["start"], "end": news[0]["end"], "why": "A test.",
    }  # fmt: skip
    assert "zebra" not in said.out
    assert said.err.startswith("4 texts read. Newly found: ")


@pytest.mark.parametrize(
    "line",
    [
        "x",
        "[]",
        "3",
        "null",
        "{}",
        '{"text": 3}',
        '{"text": "a", "direction": "up"}',
        '{"text": "a", "direction": 3}',
    ],
)
def test_a_line_that_is_no_text_is_named(pack: str, tmp_path: Path, line: str) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text(f'{{"text": "fine"}}\n{line}\n', "utf-8")
    refused(run("pack", "compare", pack, "--texts", str(texts)), "line 2")


def test_texts_that_are_not_there(pack: str, tmp_path: Path) -> None:
    refused(run("pack", "compare", pack, "--texts", str(tmp_path / "none")), "No such file")


def test_history_needs_an_installation(pack: str, tmp_path: Path) -> None:
    refused(Installation(tmp_path / "home").run("pack", "compare", pack, "--history"), "no Stairgate")
