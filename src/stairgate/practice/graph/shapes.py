"""Numbers, times, fields and lists, as the Graph API writes them."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

from stairgate.practice.errors import GraphError, gone
from stairgate.practice.graph.call import Answer, Call
from stairgate.practice.store import Row

MOST_ITEMS = 100


def when(seconds: float) -> str:
    """Return a time as the Graph API writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def seconds_of(text: str) -> float:
    """Return a time given as seconds or as ISO 8601. Raises `GraphError`."""
    if text.isdigit():
        return float(text)
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise GraphError(100, "(#100) Param since must be a valid time") from None


def post_id(call_page: str, n: int) -> str:
    return f"{call_page}_{n}"


def comment_id(row: Row) -> str:
    return f"{row['post']}_{row['n']}"


def is_post(call: Call, text: str) -> bool:
    return text.startswith(f"{call.page}_")


def _numbers(text: str) -> tuple[str, int]:
    first, _, last = text.partition("_")
    if not (first.isdigit() and last.isdigit()):
        raise gone(text)
    return first, int(last)


def find_post(call: Call, text: str) -> Row:
    """Return a post by its number. Raises `GraphError` when it is gone."""
    page, n = _numbers(text)
    row = call.store.row("SELECT * FROM posts WHERE n = ? AND deleted = 0", n) if page == call.page else None
    if row is None:
        raise gone(text)
    return row


def find_comment(call: Call, text: str) -> Row:
    """Return a comment by its number. Raises `GraphError` when it is gone."""
    post, n = _numbers(text)
    sql = "SELECT * FROM comments WHERE n = ? AND post = ? AND deleted = 0"
    row = call.store.row(sql, n, int(post))
    if row is None:
        raise gone(text)
    return row


def fields_of(call: Call, default: str) -> set[str]:
    """Return the names of the fields asked for, without what hangs in braces behind them."""
    flat, inner = call.text("fields") or default, 1
    while inner:  # from the innermost braces outwards
        flat, inner = re.subn(r"\{[^{}]*\}", "", flat)
    return {name.split(".")[0].strip() for name in flat.split(",")} | {"id"}


def limit_of(call: Call) -> int:
    """Return how many items one page may hold. Raises `GraphError`."""
    raw = call.text("limit") or "25"
    if not raw.isdigit() or not int(raw) >= 1:
        raise GraphError(100, "(#100) Param limit must be a positive integer")
    if int(raw) > MOST_ITEMS:
        raise GraphError(100, "(#100) Please reduce the amount of data you're asking for")
    return int(raw)


def after_of(call: Call) -> int | None:
    """Return the number a page begins behind; None for the first page. Raises `GraphError`."""
    raw = call.text("after")
    if not raw:
        return None
    try:
        return int(base64.urlsafe_b64decode(raw.encode()))
    except ValueError:
        raise GraphError(100, "(#100) Invalid cursors values", subcode=1) from None


def page_of(call: Call, path: str, rows: list[Row], shown: Callable[[Row], Answer]) -> Answer:
    """Return one page of a list: rows hold one more than asked when there is a next page."""
    limit = limit_of(call)
    kept = rows[:limit]
    answer: Answer = {"data": [shown(row) for row in kept]}
    if not kept:
        return answer
    cursors = {"before": cursor_of(kept[0]["n"]), "after": cursor_of(kept[-1]["n"])}
    answer["paging"] = {"cursors": cursors}
    if len(rows) > limit:
        kept_params = {
            k: v for k, v in call.params.items() if k not in {"access_token", "after", "appsecret_proof"}
        }
        query = urlencode({**kept_params, "after": cursors["after"]})
        answer["paging"]["next"] = f"{call.base_url}/v26.0/{path}?{query}"
    return answer


def cursor_of(n: int) -> str:
    return base64.urlsafe_b64encode(str(n).encode()).decode()
