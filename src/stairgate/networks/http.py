"""What the clients share: one connection pool each, no redirects, no proxy from outside, a total time."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx2

#: a single wait for the network; a publish makes one request, so it ends well inside a lease
READ_SECONDS = 25.0
CONNECT_SECONDS = 8.0
MOST_BYTES = 8 * 1024 * 1024


def pool() -> httpx2.Client:
    """Return a client that follows no redirect and takes no advice from the environment."""
    limits = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    return httpx2.Client(timeout=limits, follow_redirects=False, trust_env=False)


def never_left(error: httpx2.HTTPError) -> bool:
    """Return whether a failed request provably never reached the network."""
    return isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.UnsupportedProtocol)


class Deadline:
    """A total time for a deed of several requests. Raises TimeoutError once it has passed."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def check(self) -> None:
        if self._clock() > self._end:
            raise TimeoutError
