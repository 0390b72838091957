"""Stands where Stairgate's signed addresses are: gives whoever comes the bytes that a test put there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stairgate.networks.base import Picture

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 64


@dataclass
class PhotoStand:
    """What each path is answered with, and which paths were asked for."""

    url: str
    photos: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def picture(
        self, alt: str = "Three pumpkins", *, data: bytes = JPEG, kind: str = "image/jpeg"
    ) -> Picture:
        """Return a picture that is there to be fetched."""
        path = f"/{len(self.photos)}.jpg"
        self.photos[path] = (kind, data)
        return Picture(data, "image/jpeg", alt, 1000, 1000, address=f"{self.url}{path}")


@pytest.fixture
def photo_stand() -> Iterator[PhotoStand]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stand.asked.append(self.path)
            kind, data = stand.photos.get(self.path, ("text/plain", b""))
            self.send_response(200 if data else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        stand = PhotoStand(f"http://127.0.0.1:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield stand
        server.shutdown()
