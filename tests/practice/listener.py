"""An address the practice network can ring at: it shakes hands, and keeps what it was told."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Ring:
    """One delivery, as it came."""

    raw: bytes
    headers: dict[str, str]
    at: float

    @property
    def value(self) -> dict[str, Any]:
        """The change it tells of."""
        found: dict[str, Any] = json.loads(self.raw)["entry"][0]["changes"][0]["value"]
        return found


@dataclass
class Listener:
    """What came, in order. ``answers`` are the next statuses to answer with; then it is 200."""

    url: str = ""
    verify_token: str = ""
    rings: list[Ring] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def wait(self, enough: Callable[[list[Ring]], bool], seconds: float = 60) -> list[Ring]:
        """Return the rings once they are enough. Fails when they never are."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if enough(list(self.rings)):
                return list(self.rings)
            time.sleep(0.05)
        raise AssertionError(f"{len(self.rings)} rings, and not what was waited for")

    def texts(self, count: int) -> list[str]:
        """Return the messages of the first rings, in the order they came."""
        return [ring.value["message"] for ring in self.wait(lambda rings: len(rings) >= count)]


@contextlib.contextmanager
def listening(verify_token: str) -> Iterator[Listener]:
    """Listen on this machine until the block ends."""
    kept = Listener(verify_token=verify_token)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = {key: value[0] for key, value in parse_qs(urlsplit(self.path).query).items()}
            ours = query.get("hub.verify_token") == kept.verify_token
            self._say(200 if ours else 403, query.get("hub.challenge", "").encode() if ours else b"")

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            kept.rings.append(Ring(raw, dict(self.headers.items()), time.monotonic()))
            self._say(kept.answers.pop(0) if kept.answers else 200, b"")

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_port}/hook"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield kept
        finally:
            server.shutdown()
