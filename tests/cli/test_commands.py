"""What every command keeps to: help that is true, 2 and a sentence for what makes no sense, never a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.installation import COMMAND, Installation, refused, run

COMMANDS = ("start", "check", "backup", "restore", "clauses", "policy", "pack", "screen", "verify", "rekey")


def test_alone_it_shows_what_it_can_do() -> None:
    said = run()
    assert (said.code, said.err) == (0, "")
    assert said == run("--help")
    for name in COMMANDS:
        assert re.search(rf"^    {name} +\w", said.out, re.MULTILINE), name


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert run("--version").out == f"stairgate {version('stairgate')}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_help(name: str, tmp_path: Path) -> None:
    """It names every option, touches nothing, and needs no installation."""
    said = Installation(tmp_path / "home").run(name, "--help")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"usage: stairgate {name} ")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["--nonsense"],
        *([name, "--nonsense"] for name in COMMANDS),
        ["check", "more"],
        ["clauses", "more"],
        ["backup"],
        ["backup", "one", "two"],
        ["restore"],
        ["verify"],
        ["pack"],
        ["pack", "compare"],
        ["pack", "compare", "folder", "--history", "--texts", "file"],
        ["start", "--port", "many"],
        ["screen", "--direction", "sideways"],
    ],
    ids=" ".join,
)
def test_what_makes_no_sense(arguments: list[str], tmp_path: Path) -> None:
    said = Installation(tmp_path / "home").run(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("usage: stairgate") and ": error: " in said.err.splitlines()[-1]
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("arguments", [["check"], ["backup", "b.tar.gz"]], ids=lambda words: words[0])
def test_without_an_installation(arguments: list[str], tmp_path: Path) -> None:
    refused(Installation(tmp_path / "home").run(*arguments), "no Stairgate", "STAIRGATE_HOME")
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder", "ascii")
    place = Installation(tmp_path / "home")
    for words in (["check"], ["backup", str(tmp_path / "b")], ["restore", str(tmp_path / "b")]):
        refused(place.run(*words))
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_clauses_as_json(tmp_path: Path) -> None:
    said = Installation(tmp_path / "home").run("clauses", "--json")
    assert (said.code, said.err) == (0, "")
    table = json.loads(said.out)
    assert [row["clause"] for row in table] == [f"C{number:02}" for number in range(1, 112)]
    for row in table:
        assert row["title"] and row["state"] in {"enforced", "partly", "not yet"}
        assert all(control.keys() == {"says", "where", "covers"} for control in row["controls"])
        claimed = row["state"] != "not yet"
        assert bool(row["controls"]) >= claimed and bool(row["tests"]) >= claimed, row
    assert any(row["state"] == "enforced" for row in table)
    assert not (tmp_path / "home").exists()


def test_clauses_to_read() -> None:
    said = run("clauses")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert [line[:4].strip() for line in lines if re.match(r"C\d", line)] == [
        row["clause"] for row in json.loads(run("clauses", "--json").out)
    ]
    total = {state: int(count) for count, state in re.findall(r"(\d+) (enforced|partly|not yet)", lines[-1])}
    assert lines[-1].startswith("111 clauses: ") and sum(total.values()) == 111


@pytest.mark.parametrize("arguments", [["clauses"], ["clauses", "--json"], ["--help"]], ids=" ".join)
def test_a_reader_that_goes_away_is_no_error(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run([*COMMAND, *arguments], stdout=writer, stderr=subprocess.PIPE, timeout=300)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_output_that_is_full_is_a_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*COMMAND, "clauses"], stdout=full, stderr=subprocess.PIPE, timeout=300)
    assert done.returncode == 2
    assert done.stderr == b"stairgate: this cannot be done (No space left on device).\n"


def test_a_terminal_that_lacks_our_letters() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "STAIRGATE_HOME": "/nowhere/at/all"}
    said = run("check", environment=environment)
    assert said.code == 2 and said.err.startswith("stairgate: There is no Stairgate in") and "?" in said.err
    assert run("clauses", environment=environment).code == 0
