"""``stairgate screen`` as a person or a script meets it: what comes in, what goes out, and what goes wrong."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.installation import COMMAND, Said, refused, run

HELD = "Text 07700 900142"


def found(said: Said) -> list[dict[str, Any]]:
    assert (said.code, said.err) == (0, ""), said
    return [json.loads(line) for line in said.out.splitlines()]


def test_standard_input_and_files_together(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(f"What fun!\n{HELD}\n", "utf-8")
    (tmp_path / "two.txt").write_text(HELD, "utf-8")
    said = run(
        "screen", "--plain", str(tmp_path / "one.txt"), "-", str(tmp_path / "two.txt"), given=b"Hello\r\n"
    )
    assert [one["action"] for one in found(said)] == ["pass", "hold", "pass", "hold"]


@pytest.mark.parametrize("given", [b"", b"\n\n", b"  \r\n\t\n"])
def test_nothing_to_read_says_nothing(given: bytes) -> None:
    assert found(run("screen", given=given)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_a_wrong_encoding_hides_nothing(encoding: str) -> None:
    said = run("screen", "--plain", given=f"Müller: {HELD}\n".encode(encoding))
    assert found(said)[0]["action"] == "hold"


def test_every_byte_there_is() -> None:
    assert found(run("screen", "--whole", given=bytes(range(256)) * 20))


def test_a_very_long_line() -> None:
    assert found(run("screen", "--plain", given=b"word " * 100_000 + HELD.encode()))[0]["action"] == "hold"


def test_a_file_that_cannot_be_read_comes_after_what_could(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(HELD, "utf-8")
    said = run("screen", "--plain", str(tmp_path / "one.txt"), str(tmp_path / "two.txt"))
    assert [json.loads(line)["action"] for line in said.out.splitlines()] == ["hold"]
    refused(Said(said.code, "", said.err), "cannot read", "two.txt")


def test_a_reader_that_goes_away_is_no_error() -> None:
    """Whether it goes before the first line, or in the middle of many."""
    for lines in (1, 3000):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            [*COMMAND, "screen", "--plain"],
            input=b"hello\n" * lines,
            stdout=writer,
            stderr=subprocess.PIPE,
            timeout=300,
        )
        os.close(writer)
        assert (done.returncode, done.stderr) == (0, b"")


def test_it_needs_no_installation_and_makes_none(tmp_path: Path) -> None:
    environment = {**os.environ, "STAIRGATE_HOME": str(tmp_path / "home")}
    assert found(run("screen", "--plain", environment=environment, given=b"Hello\n"))
    assert list(tmp_path.iterdir()) == []
