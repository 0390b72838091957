"""A server between the client and the real one. Passes everything on, counts it, and can fail on purpose."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2

_NOT_PASSED_ON = {
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
    "content-encoding",
}


@dataclass(frozen=True)
class Fault:
    """What goes wrong, once, with the next call of one name."""

    call: str
    passed_on: bool  # whether the real server gets it first
    status: int = 0  # 0: the connection is dropped without an answer
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Middleman(ThreadingHTTPServer):
    """Listens on loopback; ``calls`` is what came, in order."""

    daemon_threads = True

    def __init__(self, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = behind
        self.calls: list[str] = []
        self.faults: list[Fault] = []
        self.http = httpx2.Client(trust_env=False, timeout=60)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def count(self, call: str) -> int:
        """Return how often a call came."""
        return self.calls.count(call)

    def fault_for(self, call: str) -> Fault | None:
        """Take the fault that is meant for this call, if there is one."""
        found = next((fault for fault in self.faults if fault.call == call), None)
        if found is not None:
            self.faults.remove(found)
        return found


class _Handler(BaseHTTPRequestHandler):
    server: Middleman
    protocol_version = "HTTP/1.0"  # one connection a call, so that none outlives the server

    def do_GET(self) -> None:
        self._carry()

    def do_POST(self) -> None:
        self._carry()

    def _carry(self) -> None:
        call = self.path.removeprefix("/xrpc/").partition("?")[0]
        self.server.calls.append(call)
        sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        fault = self.server.fault_for(call)
        if fault is None or fault.passed_on:
            answer = self._pass_on(sent)
        if fault is None:
            self._answer(answer.status_code, answer.content, dict(answer.headers))
        elif fault.status:
            self._answer(fault.status, fault.body, fault.headers)
        else:
            self.close_connection = True
            self.connection.close()

    def _pass_on(self, sent: bytes) -> httpx2.Response:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_PASSED_ON}
        address = f"{self.server.behind}{self.path}"
        return self.server.http.request(self.command, address, content=sent, headers=headers)

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in _NOT_PASSED_ON:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what is asked of it has tokens in it."""


@contextmanager
def middleman(behind: str) -> Iterator[Middleman]:
    """A middleman in front of a server, gone afterwards."""
    with Middleman(behind) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            server.http.close()
