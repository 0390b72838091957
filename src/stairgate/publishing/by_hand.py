"""What people do by hand where no program can: how long, until when, and what counts as a proof. Pure."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

#: how long whoever begins sees the words
PASTE_SECONDS = 120
#: how many looks of the worker must have failed before a person's own look counts on a page it can read
LOOKS_THAT_FAILED = 3
#: how many people have to look and not find it before it may be begun again
PEOPLE_NEEDED = 2

_SATURDAY = 5
_LONGEST_LINK = 500
#: other doors of the same house
_DOORS = ("www.", "m.", "web.", "mobile.")
#: where posts of a network can be seen, besides the address of the page itself
_SITES = {
    "facebook": frozenset({"facebook.com"}),
    "instagram": frozenset({"instagram.com"}),
    "bluesky": frozenset({"bsky.app"}),
    "x": frozenset({"x.com", "twitter.com"}),
}


def confirm_by(posted_at: datetime, zone: ZoneInfo) -> datetime:
    """Return when a second person should have looked: the next weekday, at the same hour on the setting's clock."""
    local = posted_at.astimezone(zone) + timedelta(days=1)
    while local.weekday() >= _SATURDAY:
        local += timedelta(days=1)
    return local


def link_problem(link: str, *, page: str, network: str) -> str | None:
    """Return why a link is no proof that a post is there, or None. ``page`` is the account's own address.

    Nobody ever follows it for us, but people press it: it leads to the network of that account, and nowhere else.
    """
    there, home = _parts(link), _parts(page)
    if there is None or len(link) > _LONGEST_LINK:
        return "That is not the address of a post. Copy it there once more."
    if home is not None and _is_this_machine(home):
        # The practice network: it is on this machine, and without https.
        if (there.scheme, there.netloc) == (home.scheme, home.netloc):
            return _whole_page(there, home)
        return "That leads to another place. Copy the address of the post itself."
    if there.scheme != "https" or there.username or there.port not in {None, 443} or _is_number(there):
        return "The address has to begin with https:// and lead to the network itself."
    sites = _SITES.get(network, frozenset()) | ({_site(home)} if home else frozenset())
    if _site(there) not in sites:
        return "That leads to another place. Copy the address of the post itself."
    return _whole_page(there, home)


def _parts(address: str) -> SplitResult | None:
    if any(character.isspace() or ord(character) < 33 or character == "\\" for character in address):
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and parts.hostname else None


def _whole_page(there: SplitResult, home: SplitResult | None) -> str | None:
    """Return why it is the page and not the post, or None."""
    whole = home.path.rstrip("/") if home and _site(home) == _site(there) else ""
    if there.path.rstrip("/") in {"", whole} and not there.query and not there.fragment:
        return "That is the whole page. Copy the address of the post itself."
    return None


def _site(parts: SplitResult) -> str:
    name = (parts.hostname or "").rstrip(".")
    door = next((door for door in _DOORS if name.startswith(door)), "")
    return name.removeprefix(door)


def _is_number(parts: SplitResult) -> bool:
    """Return whether it names a machine by a number, or one of our own: no network is there."""
    name = (parts.hostname or "").rstrip(".")
    if "." not in name or name.rsplit(".", 1)[-1].isdigit():
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_this_machine(parts: SplitResult) -> bool:
    return parts.hostname in {"127.0.0.1", "localhost", "::1"}
