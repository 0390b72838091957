"""What the public wrote on a page: the newest each time, and everything older step by step."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from stairgate.networks.base import Account, Fetched, PublicItem, Trouble, Unknown
from stairgate.networks.facebook import reading
from stairgate.networks.facebook.graph import Graph

#: of the page's own posts, and of its visitors', how many are read whether we know them or not
NEWEST_POSTS = 25
#: posts of one step through everything older
A_STEP = 25
#: the clocks of two computers differ, and a post may be marked as changed a moment after its comment
SLACK = timedelta(minutes=30)

_ATTACHED = "attachments{type,subattachments{type}}"
COMMENT_FIELDS = "id,message,created_time,from,parent{id},is_hidden,permalink_url,attachment"
POST_FIELDS = f"id,message,created_time,from,is_hidden,permalink_url,{_ATTACHED}"
_OWN, _VISITORS = "published_posts", "visitor_posts"
_LISTS = (_OWN, _VISITORS)


@dataclass(frozen=True, slots=True)
class Collecting:
    """Reads comments and visitors' posts. Whoever asks has proved first that emptiness would mean something."""

    graph: Graph

    def recent(self, account: Account, posts: Sequence[str]) -> Fetched:
        """Read every comment under ``posts`` and under the newest of the page and its visitors. Raises `Trouble`."""
        asked = {"fields": "id", "limit": str(NEWEST_POSTS)}
        own, _ = self.graph.read_page(account, f"{account.account_id}/{_OWN}", asked)
        visited, _ = self.graph.read_page(
            account, f"{account.account_id}/{_VISITORS}", asked | {"fields": POST_FIELDS}
        )
        items = [reading.item(row, "") for row in visited]
        comments, removed = self._under(account, [*posts, *_ids(own), *_ids(visited)])
        return Fetched((*comments, *items), cursor="", removed=removed)

    def older(self, account: Account, since: datetime | None, cursor: str) -> Fetched:
        """Read one step of what changed since ``since``, or of everything. Raises `Trouble`."""
        which, after = _place(cursor)
        asked = {"fields": f"{POST_FIELDS},updated_time", "limit": str(A_STEP)}
        if after:
            asked["after"] = after
        rows, following = self.graph.read_page(account, f"{account.account_id}/{which}", asked)
        rows = [row for row in rows if _changed(row, since)]
        items = [reading.item(row, "") for row in rows if which == _VISITORS]
        comments, removed = self._under(account, _ids(rows))
        return Fetched((*comments, *items), cursor=_next(which, following), removed=removed)

    def _under(self, account: Account, posts: Iterable[str]) -> tuple[list[PublicItem], tuple[str, ...]]:
        """Return the comments under posts, and the posts that are gone. Raises `Trouble`."""
        items: list[PublicItem] = []
        removed: list[str] = []
        for post in dict.fromkeys(posts):
            try:
                items += self._comments(account, post)
            except Trouble as trouble:
                if not trouble.is_gone:
                    raise
                removed.append(post)
        return items, tuple(removed)

    def _comments(self, account: Account, post: str) -> Iterator[PublicItem]:
        params = {"fields": COMMENT_FIELDS, "filter": "stream", "order": "chronological"}
        for row in self.graph.read_all(account, f"{post}/comments", params):
            if reading.author(row)[0] != account.account_id:
                yield reading.item(row, post)


def _ids(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return [reading.id_of(row) for row in rows]


def _changed(row: Mapping[str, Any], since: datetime | None) -> bool:
    """Return whether something may have been written at a post since. One that does not say has changed."""
    if since is None or not row.get("updated_time"):
        return True
    return reading.time_of(row, "updated_time") >= since - SLACK


def _place(cursor: str) -> tuple[str, str]:
    """Return the list and the place in it where a step begins. Raises `Trouble` for what is none of ours."""
    if not cursor:
        return _LISTS[0], ""
    try:
        which, after = json.loads(cursor)
    except (ValueError, TypeError):
        which, after = "", ""
    if which not in _LISTS or not isinstance(after, str):
        raise Trouble(Unknown("Where we were in reading the page cannot be understood."))
    return which, after


def _next(which: str, following: str) -> str:
    """Return where the next step begins; "" when there is none."""
    if following:
        return json.dumps([which, following])
    return json.dumps([_VISITORS, ""]) if which == _OWN else ""
