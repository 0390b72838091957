"""The line to a network, with one total time for each call.

A time-out of the HTTP library starts anew with every byte that comes in, so that a server which drips
one byte a second would hold a worker for ever. Here every wait of a call (to connect, to write, to read)
gets only what is left of the call's total.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore2
import httpx2

from stairgate.networks.http import CONNECT_SECONDS, MOST_BYTES, READ_SECONDS, Within

#: pieces of what we send: the time is looked at between them
_PIECE = 16 * 1024


class Clock(threading.local):
    """When the call that this thread is making must be over (monotonic seconds); None between calls."""

    end: float | None = None

    @contextmanager
    def total(self, seconds: float) -> Iterator[None]:
        """Give everything inside ``seconds`` together."""
        self.end = time.monotonic() + seconds
        try:
            yield
        finally:
            self.end = None

    def left(self, wanted: float | None, late: type[Exception]) -> float | None:
        """Return how long one wait may last. Raises ``late`` when the call's time is over."""
        if self.end is None:
            return wanted
        left = self.end - time.monotonic()
        if left <= 0:
            raise late("the total time of the call is over")
        return left if wanted is None else min(wanted, left)


class _Stream(httpcore2.NetworkStream):
    """One connection whose every wait ends with the call's time."""

    def __init__(self, inner: httpcore2.NetworkStream, clock: Clock) -> None:
        self._inner, self._clock = inner, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._clock.left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            left = self._clock.left(timeout, httpcore2.WriteTimeout)
            self._inner.write(buffer[start : start + _PIECE], left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = self._clock.left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore2.SyncBackend):
    """Makes such connections."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._clock.left(timeout, httpcore2.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, left, local_address, socket_options), self._clock)


class _Transport(httpx2.HTTPTransport):
    """The library's own transport over a pool of such connections."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_Backend(clock),
        )


def line(clock: Clock) -> httpx2.Client:
    """Return a client kept by ``clock``: no redirect is followed, no advice taken from the environment."""
    limits = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    return httpx2.Client(transport=_Transport(clock), timeout=limits, follow_redirects=False, trust_env=False)


class Line:
    """A pool of such connections, and the one way to make a request over them."""

    def __init__(self) -> None:
        self._clock = Clock()
        self.http = line(self._clock)

    def exchange(self, request: httpx2.Request, within: Within) -> tuple[int, httpx2.Headers, bytes]:
        """Send one request; return status, headers and body. Raises `httpx2.HTTPError`, also when it is late."""
        with self._clock.total(within.left()):
            response = self.http.send(request, stream=True)
            try:
                content = b""
                for piece in response.iter_bytes():
                    content += piece
                    if len(content) > MOST_BYTES:
                        raise httpx2.DecodingError("more than we read", request=request)
            finally:
                response.close()
        return response.status_code, response.headers, content
