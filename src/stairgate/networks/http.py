"""What the clients share: how long they wait, how much they read, and what never left. The line itself is in `wire`."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx2

#: a single wait for the network; a publish makes one request, so it ends well inside a lease
READ_SECONDS = 25.0
CONNECT_SECONDS = 8.0
MOST_BYTES = 8 * 1024 * 1024


def never_left(error: httpx2.HTTPError) -> bool:
    """Return whether a failed request provably never reached the network."""
    return isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.UnsupportedProtocol)


class Within:
    """A total time for a deed of several requests."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left. Raises `httpx2.ReadTimeout` when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpx2.ReadTimeout("the total time is over")
        return left


class Deadline:
    """A total time for a deed of several requests. Raises TimeoutError once it has passed."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def check(self) -> None:
        if self._clock() > self._end:
            raise TimeoutError
