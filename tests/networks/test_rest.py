"""One request, and what is made of answers that are half, strange or slow."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import httpx2
import pytest

from stairgate.networks.base import Account, RefusalKind, Refused, Secret, Trouble, Unknown
from stairgate.networks.http import Within
from stairgate.networks.rest import Answer, Rest
from tests.networks.facebook_stand_in import Answers, always, answer, drip, standing_in

REST = Rest("Somewhere", lambda account, _: f"Bearer {str.__str__(account.token)}")
ACCOUNT = Account("http://127.0.0.1:9", "1", Secret("sesame"))


def ask(answers: Answers, *, visible: bool, seconds: float = 5.0) -> Answer | Refused | Unknown:
    with standing_in(answers) as server:
        account = replace(ACCOUNT, base_url=server.account.base_url)
        found = REST.ask(account, "POST", "/posts", within=Within(seconds), visible=visible, json={"a": 1})
        assert len(server.lines) == 1
    return found


def garbage(line: str) -> Iterator[bytes]:
    yield b"\x00\xff not HTTP at all\r\n\r\n"


def cut(line: str) -> Iterator[bytes]:
    yield answer({"id": "7"})[:-3]


def nothing(line: str) -> Iterator[bytes]:
    yield b""


LOST: dict[str, Answers] = {
    "garbage": garbage,
    "cut": cut,
    "nothing": nothing,
    "no JSON": lambda line: iter([b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nyes!"]),
    "a proxy": lambda line: iter([b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope"]),
    "broken": always({"error": "oops"}, "500 Internal Server Error"),
    "gateway": always({}, "504 Gateway Timeout"),
    "elsewhere": always({}, "302 Found", {"Location": "http://127.0.0.1:9/"}),
}


@pytest.mark.parametrize("how", LOST)
def test_what_is_not_certain_is_unknown_when_the_public_could_see_it(how: str) -> None:
    assert isinstance(ask(LOST[how], visible=True), Unknown)
    quiet = ask(LOST[how], visible=False)
    assert isinstance(quiet, Refused) and quiet.kind == RefusalKind.UNREACHABLE


@pytest.mark.parametrize("start", [b"", answer({"id": "7"}, more={"Content-Length": "9999"})])
def test_a_drip_of_an_answer_ends_with_our_time(start: bytes) -> None:
    began = time.monotonic()
    assert isinstance(ask(drip(0.2, start), visible=True, seconds=1.0), Unknown)
    assert time.monotonic() - began < 3


def test_what_never_left_us_is_a_refusal() -> None:
    for base_url in ("http://127.0.0.1:9", "http://[", "gopher://there"):
        found = REST.ask(
            replace(ACCOUNT, base_url=base_url), "POST", "/posts", within=Within(5), visible=True
        )
        assert isinstance(found, Refused) and found.kind == RefusalKind.UNREACHABLE
    late = REST.ask(ACCOUNT, "POST", "/posts", within=Within(-1), visible=True)
    assert isinstance(late, Refused) and late.kind == RefusalKind.UNREACHABLE


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RefusalKind.INVALID),
        (401, RefusalKind.RECONNECT),
        (402, RefusalKind.BLOCKED),
        (403, RefusalKind.PERMISSION),
        (404, RefusalKind.GONE),
        (410, RefusalKind.GONE),
        (422, RefusalKind.INVALID),
    ],
)
def test_an_error_of_the_network_itself_is_a_refusal(status: int, kind: RefusalKind) -> None:
    found = ask(always({"error": "no"}, f"{status} Any"), visible=True)
    assert isinstance(found, Refused) and found.kind == kind and found.code == str(status)
    assert "Somewhere" in found.message or kind == RefusalKind.GONE


@pytest.mark.parametrize(
    ("head", "wait"),
    [
        ({"Retry-After": "30"}, 30),
        ({"X-RateLimit-Reset": "2001-01-01T00:00:00Z"}, 1),
        ({"x-rate-limit-reset": "99999999999"}, 86_400),
        ({"x-rate-limit-reset": "soon", "Retry-After": "9"}, 9),
        ({"X-RateLimit-Reset": "9" * 400}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait_is_read_from_either_head(head: dict[str, str], wait: int | None) -> None:
    said = REST.understand(429, b"slow down", httpx2.Headers(head), visible=True)
    assert isinstance(said, Refused) and (said.kind, said.retry_after) == (RefusalKind.THROTTLED, wait)


def test_a_real_reset_is_counted_from_now() -> None:
    head = {"x-rate-limit-reset": str(int(time.time()) + 60)}
    said = REST.understand(429, b"", head, visible=False)
    assert isinstance(said, Refused) and said.retry_after is not None and 55 <= said.retry_after <= 60


@pytest.mark.parametrize(
    ("head", "used"),
    [
        ({"x-ratelimit-limit": "300", "x-ratelimit-remaining": "75"}, 75),
        ({"x-rate-limit-limit": "300", "x-rate-limit-remaining": "0"}, 100),
        ({"x-ratelimit-limit": "0", "x-ratelimit-remaining": "0"}, None),
        ({"x-ratelimit-limit": "many"}, None),
    ],
)
def test_how_much_is_used_is_read_from_either_head(head: dict[str, str], used: int | None) -> None:
    assert Answer({}, head).used == used


def test_a_list_that_is_none_is_not_empty() -> None:
    assert Answer([], {}).rows == []
    for body in ({}, {"error": "no"}, ["x"], None):
        with pytest.raises(Trouble):
            _ = Answer(body, {}).rows


def test_a_token_stays_out_of_what_is_printed() -> None:
    assert "sesame" not in repr(ACCOUNT)
