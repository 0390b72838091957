"""A server on this machine that answers exactly the bytes a test gives it, for answers no practice network makes."""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from stairgate.networks.base import Account, Secret

#: what a request line is answered with, piece by piece
Answers = Callable[[str], Iterator[bytes]]


def answer(body: object, status: str = "200 OK", more: Mapping[str, str] | None = None) -> bytes:
    """Return a whole HTTP answer."""
    raw = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(raw)}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in (more or {}).items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + raw


def always(body: object, status: str = "200 OK", more: Mapping[str, str] | None = None) -> Answers:
    def give(line: str) -> Iterator[bytes]:
        yield answer(body, status, more)

    return give


def by_path(bodies: Mapping[str, object]) -> Answers:
    """Answer a request by the end of its path; everything else is "not there"."""

    def give(line: str) -> Iterator[bytes]:
        path = line.split(" ")[1].partition("?")[0]
        found = next((body for end, body in bodies.items() if path.endswith(end)), None)
        yield answer(found if found is not None else {"error": {"code": 100, "error_subcode": 33}})

    return give


def drip(pause: float, start: bytes = b"") -> Answers:
    """Send ``start``, then one byte every ``pause`` seconds, without an end."""

    def give(line: str) -> Iterator[bytes]:
        yield start
        while True:
            time.sleep(pause)
            yield b"x"

    return give


class StandIn(socketserver.ThreadingTCPServer):
    """Keeps the request lines it was sent, in order."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.lines: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def account(self) -> Account:
        return Account(
            base_url=f"http://127.0.0.1:{self.server_address[1]}",
            account_id="7",
            token=Secret("token"),
            app_id="1",
            app_secret=Secret("secret"),
        )


class _Handler(socketserver.StreamRequestHandler):
    server: StandIn

    def handle(self) -> None:
        line = self.rfile.readline().decode().strip()
        length = 0
        while header := self.rfile.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        self.rfile.read(length)
        self.server.lines.append(line)
        with contextlib.suppress(OSError):
            for piece in self.server.answers(line):
                self.wfile.write(piece)


@contextlib.contextmanager
def standing_in(answers: Answers) -> Iterator[StandIn]:
    """Run a stand-in until the block ends."""
    with StandIn(answers) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


def page_of(*rows: Mapping[str, Any], **more: object) -> dict[str, object]:
    """Return one page of a list."""
    return {"data": list(rows), **more}
