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
    done = subprocess.run([*COMMAND, *options], input=given, capture_output=True, check=False, timeout=300)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def lines(*requests: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(request).encode() + b"\n" for request in requests)


def test_each_line_is_answered_with_its_id_what_to_do_and_why() -> None:
    code, answers, said = screen(
        given=lines(
            {"id": 7, "text": "What fun!", "direction": "inbound_comment"},
            {"id": "b", "text": "Text 07700 900142", "direction": "outbound_post"},
        )
    )
    assert (code, said) == (0, "")
    assert answers[0] == {"id": 7, "action": "pass", "findings": []}
    finding = answers[1]["findings"][0]
    assert (answers[1]["id"], answers[1]["action"]) == ("b", "hold")
    assert set(finding) == {"category", "severity", "start", "end", "rule", "why"}
    assert (finding["category"], finding["severity"], finding["rule"]) == (
        "contact_details",
        "hold",
        "contact.mobile",
    )
    assert "Text 07700 900142"[finding["start"] : finding["end"]].endswith("07700 900142")
    assert finding["why"].endswith(".")


def test_a_line_says_which_way_its_words_go() -> None:
    text = "Which days is the one in the red coat in?"
    ways = ("inbound_comment", "inbound", "comment", "private_message", "private")
    given = lines({"text": text}, *({"text": text, "direction": way} for way in ways))
    assert [answer["action"] for answer in screen(given=given)[1]] == ["pass", *["hold"] * len(ways)]


def test_the_context_of_a_line_is_heard() -> None:
    text = "Which days is the one in the red coat in?"
    known = {"text": text, "direction": "inbound", "context": {"author": "known", "has_picture": True}}
    assert screen(given=lines(known))[1][0]["action"] == "look"


NO_REQUEST = [
    (b"What fun!", "not JSON"),
    (b"[1]", "not a JSON object"),
    (b'{"id": 1}', "no text"),
    (b'{"text": 5}', "no text"),
    (b'{"text": "a", "direction": "sideways"}', "no direction 'sideways'"),
    (b'{"text": "a", "direction": ["out"]}', "no direction"),
    (b'{"text": "a", "context": 1}', "not an object"),
    (b'{"text": "a", "context": {"colour": 1}}', "unknown fields: colour"),
    (b'{"text": "a", "context": {"author": "x"}}', "cannot be read"),
    (b"[" * 100_000, "not JSON"),
]


def test_a_line_that_is_no_request_is_answered_and_the_next_one_is_read() -> None:
    good = lines({"id": 2, "text": "hello"})
    code, answers, said = screen(given=b"".join(line + b"\n" + good for line, _ in NO_REQUEST))
    assert code == 1
    for (_, why), answer in zip(NO_REQUEST, answers[::2], strict=True):
        assert why in answer["error"]
    assert answers[1::2] == [{"id": 2, "action": "pass", "findings": []}] * len(NO_REQUEST)
    assert said == f"stairgate: {len(NO_REQUEST)} lines were not understood; each answer says why.\n"


def test_half_of_a_pair_and_a_mark_at_the_start_are_read() -> None:
    given = b'\xef\xbb\xbf{"id": "\\ud83d", "text": "fu\\ud83dck \\u0000"}\n\n  \n{"id": 18446744073709551615, "text": "x"}'
    code, answers, _ = screen(given=given)
    assert (code, len(answers)) == (0, 2)
    assert answers[1]["id"] == 18446744073709551615


def test_many_processes_keep_the_order() -> None:
    given = lines(*({"id": number, "text": f"text {number} " * 30} for number in range(1500)))
    code, answers, _ = screen("--jobs", "3", given=given)
    assert code == 0
    assert [answer["id"] for answer in answers] == list(range(1500))
    assert answers == screen(given=given)[1]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_answer_comes_before_the_next_line_is_written(jobs: str) -> None:
    with subprocess.Popen(
        [*COMMAND, "--jobs", jobs], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdin and program.stdout
        for number in range(3):
            program.stdin.write(lines({"id": number, "text": "hello"}))
            program.stdin.flush()
            assert json.loads(program.stdout.readline())["id"] == number
        program.stdin.close()
    assert program.returncode == 0


def test_plain_lines_and_whole_files(tmp_path: Path) -> None:
    post = tmp_path / "post.txt"
    post.write_text("07700\n900142", encoding="utf-8")
    assert [answer["action"] for answer in screen("--plain", str(post))[1]] == ["pass", "pass"]
    assert [answer["action"] for answer in screen("--whole", str(post))[1]] == ["hold"]
    asked = screen(
        "--plain", "--direction", "inbound_comment", "--picture", given=b"Which days is the one in?"
    )
    assert asked[1][0]["action"] == "hold"


def test_bytes_that_are_not_utf8_are_replaced() -> None:
    code, answers, _ = screen("--plain", given=b"\xff\xfe fuck \x80")
    assert (code, answers[0]["action"]) == (0, "hold")


@pytest.mark.parametrize("name", ["nothing-here.txt", "."])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, name: str, jobs: str) -> None:
    code, _, said = screen("--jobs", jobs, str(tmp_path / name))
    assert code == 2
    assert said.startswith("stairgate: cannot read ")
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "options", [("--direction", "sideways"), ("--jobs", "0"), ("--jobs", "two"), ("--plain", "--whole")]
)
def test_an_option_that_makes_no_sense_is_refused(options: tuple[str, ...]) -> None:
    assert screen(*options)[0] == 2


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_reader_that_goes_away_is_no_error(jobs: str) -> None:
    with subprocess.Popen(
        [*COMMAND, "--plain", "--jobs", jobs],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as program:
        assert program.stdin and program.stdout and program.stderr
        program.stdout.close()
        program.stdin.write(b"hello\n" * 2000)
        program.stdin.close()
        assert program.stderr.read() == b""
    assert program.returncode == 0
