"""How long a walk through a dialog counts, and where a network comes back to. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

#: to answer there, and once more to pick a page here
LIVES = timedelta(minutes=15)
_HERE = {"127.0.0.1", "localhost"}


def is_over(began: datetime, now: datetime) -> bool:
    """Return whether the time of a walk, or of what came of it, is over. A clock that was set back ends it too."""
    return not began <= now < began + LIVES


def way_back_problem(address: str, *, practice: bool) -> str:
    """Return why a network would not come back to an address of ours, or "". The practice network lives here."""
    parts = urlsplit(address)
    if parts.scheme == "https" or (practice and parts.hostname in _HERE):
        return ""
    return (
        f"Facebook comes back to an address with https:// only, and ours is {parts.scheme}://{parts.netloc}. "
        "Whoever looks after Stairgate gives it one: “Hosting” tells how."
    )
