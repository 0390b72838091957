"""What a token is worth, judged from what Facebook says of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import UTC, datetime
from typing import Any

from stairgate.networks.base import RefusalKind
from stairgate.networks.facebook import words

#: without it Facebook answers a reading of comments with an empty list, and of one comment with "not there"
READ_PUBLIC = "pages_read_user_content"
READ_OWN = "pages_read_engagement"
#: without it Facebook answers a reading of the settings, or of who has a role, with an empty list
MANAGE_PAGE = "pages_manage_metadata"
#: all that the page's own token needs, and nothing more
SCOPES = frozenset(
    {
        "pages_manage_posts",
        READ_OWN,
        READ_PUBLIC,
        "pages_manage_engagement",
        MANAGE_PAGE,
    }
)
#: what a person is asked for: the same, and the list to pick the page from
ASKED = SCOPES | {"pages_show_list"}

Problem = tuple[RefusalKind, str]


def problem_of(data: Mapping[str, Any], needed: Set[str], *, page: str = "", app: str = "") -> Problem | None:
    """Return what is wrong with a token that must be the page's and hold every scope of ``needed``; None if nothing.

    ``page`` and ``app``: whose it must be, where that is known.
    """
    if not data.get("is_valid"):
        return RefusalKind.RECONNECT, words.of_a_dead_token(data)
    if data.get("type") != "PAGE":
        return RefusalKind.RECONNECT, words.A_PERSON
    if page and str(data.get("profile_id", page)) != page:
        return RefusalKind.RECONNECT, words.OTHER_PAGE
    if app and str(data.get("app_id", app)) != app:
        return RefusalKind.RECONNECT, words.OTHER_APP
    return _missing(data, needed)


def problem_of_person(data: Mapping[str, Any]) -> Problem | None:
    """Return what is wrong with a person's token that is to give us a page; None if nothing."""
    if not data.get("is_valid"):
        return RefusalKind.RECONNECT, words.of_a_dead_token(data)
    return _missing(data, ASKED)


def _missing(data: Mapping[str, Any], needed: Set[str]) -> Problem | None:
    missing = needed - scopes_of(data)
    return (RefusalKind.PERMISSION, words.not_allowed(missing)) if missing else None


def scopes_of(data: Mapping[str, Any]) -> frozenset[str]:
    """Return what a token allows."""
    scopes = data.get("scopes")
    return frozenset(map(str, scopes)) if isinstance(scopes, list) else frozenset()


def ends_at(data: Mapping[str, Any]) -> datetime | None:
    """Return when a token runs out, or when Facebook wants a person's yes again: whichever comes first."""
    times = [data.get(name) for name in ("expires_at", "data_access_expires_at")]
    known = [value for value in times if isinstance(value, int) and value > 0]
    return datetime.fromtimestamp(min(known), UTC) if known else None
