"""``stairgate screen``, run as a program would be."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

COMMAND = [str(Path(sys.executable).parent / "stairgate"), "screen"]


def screen(*options: str, given: bytes = b"") -> tuple[int, list[dict[str, Any]], str]:
    done = subprocess.run([*COMMAND, *options], input=given, capture_output=True, check=False, timeout=60)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def test_one_text_a_line() -> None:
    code, lines, _ = screen(given=b"What fun!\n\nText 07700 900142\n")
    assert code == 0
    assert [(line["line"], line["action"]) for line in lines] == [(1, "pass"), (3, "hold")]
    assert lines[1]["findings"][0]["rule"] == "contact.mobile"


def test_a_whole_file(tmp_path: Path) -> None:
    post = tmp_path / "post.txt"
    post.write_text("07700\n900142", encoding="utf-8")
    _, by_line, _ = screen(str(post))
    _, whole, _ = screen("--whole", str(post))
    assert [line["action"] for line in by_line] == ["pass", "pass"]
    assert [line["action"] for line in whole] == ["hold"]
    assert whole[0]["source"] == str(post)


def test_the_direction_matters() -> None:
    text = b"Which days is the one in the red coat in?"
    assert screen(given=text)[1][0]["action"] == "pass"
    assert screen("--direction", "inbound_comment", "--picture", given=text)[1][0]["action"] == "hold"


def test_bytes_that_are_not_utf8_are_replaced() -> None:
    code, lines, _ = screen(given=b"\xff\xfe fuck \x80")
    assert (code, lines[0]["action"]) == (0, "hold")


@pytest.mark.parametrize("name", ["nothing-here.txt", "."])
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, name: str) -> None:
    code, _, said = screen(str(tmp_path / name))
    assert code == 2
    assert said.startswith("stairgate: cannot read ")
    assert "Traceback" not in said


def test_an_unknown_direction_is_refused() -> None:
    assert screen("--direction", "sideways")[0] == 2


def test_a_reader_that_goes_away_is_no_error() -> None:
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdin and program.stdout and program.stderr
        program.stdout.close()
        program.stdin.write(b"hello\n" * 2000)
        program.stdin.close()
        assert program.stderr.read() == b""
    assert program.returncode == 0
