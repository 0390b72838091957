"""What the clients share: how long they wait, how much they read, and what never left. The line itself is in `wire`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx2

#: a single wait for the network; a publish makes one request, so it ends well inside a lease
READ_SECONDS = 25.0
CONNECT_SECONDS = 8.0
MOST_BYTES = 8 * 1024 * 1024
#: clocks differ: look a little further back than the attempt
CLOCK_SLACK = timedelta(minutes=10)


def never_left(error: httpx2.HTTPError) -> bool:
    """Return whether a failed request provably never reached the network."""
    return isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.UnsupportedProtocol)


def time_there(headers: Mapping[str, str]) -> datetime | None:
    """Return what time it is at the network, to the second; None when it does not say."""
    try:
        at = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return at if at.tzinfo else None


def clocks_differ(at: datetime | None) -> bool:
    """Return whether our clock is wrong, by the network's: then a post is looked for at the wrong time, and thought missing."""
    return at is not None and abs(datetime.now(UTC) - at) > CLOCK_SLACK / 2


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
