"""Comments on Instagram, and the answers to them, which all hang on the comment at the top."""

from __future__ import annotations

import time

from stairgate.practice.errors import GraphError, gone
from stairgate.practice.graph.call import Answer, Call
from stairgate.practice.graph.instagram.numbers import COMMENT, POST, comment_id, n_of, post_id, unknown_field
from stairgate.practice.graph.instagram.posts import find_post
from stairgate.practice.graph.routes import route
from stairgate.practice.graph.shapes import after_of, fields_of, limit_of, page_of, when
from stairgate.practice.graph.who import may_read, need
from stairgate.practice.store import Row, Store
from stairgate.practice.webhooks import announce_instagram

_MANAGE = "instagram_manage_comments"


def _find(call: Call, number: str) -> Row:
    row = call.store.row("SELECT * FROM insta_comments WHERE n = ? AND deleted = 0", n_of(number))
    if row is None or not may_read(call, _MANAGE):
        raise gone(number)
    return row


def _shown(call: Call, row: Row, fields: set[str]) -> Answer:
    if "caption" in fields:
        raise unknown_field("caption")
    everything: Answer = {
        "id": comment_id(row["n"]),
        "text": row["text"],
        "timestamp": when(row["created"]),
        "username": row["username"],
        "from": {"id": row["from_id"], "username": row["username"]},
        "hidden": bool(row["hidden"]),
        "media": {"id": post_id(row["post"])},
    }
    if row["parent"]:
        everything["parent_id"] = comment_id(row["parent"])
    if "replies" in fields and (below := _below(call, row["n"])):
        everything["replies"] = {"data": [{"id": comment_id(one["n"])} for one in below]}
    return {name: everything[name] for name in everything if name in fields}


def _below(call: Call, n: int) -> list[Row]:
    return call.store.rows("SELECT n FROM insta_comments WHERE parent = ? AND deleted = 0 ORDER BY n", n)


def _page(call: Call, path: str, where: str, value: int) -> Answer:
    after, fields = after_of(call), fields_of(call, "id,text,timestamp")
    sql = (
        f"SELECT * FROM insta_comments WHERE deleted = 0 AND {where}"  # noqa: S608 - words of our own
        " AND (? IS NULL OR n < ?) ORDER BY n DESC LIMIT ?"
    )
    rows = call.store.rows(sql, value, after, after, limit_of(call) + 1)
    return page_of(call, path, rows, lambda row: _shown(call, row, fields))


@route("GET", rf"({POST}\d{{14}})/comments")
def comments(call: Call, post: str) -> Answer:
    """List what hangs on a post itself, newest first. Answers are not among it."""
    n = find_post(call, post)["n"]
    if not may_read(call, _MANAGE):
        return {"data": []}
    return _page(call, f"{post}/comments", "parent IS NULL AND post = ?", n)


@route("GET", rf"({COMMENT}\d{{14}})/replies")
def replies(call: Call, comment: str) -> Answer:
    return _page(call, f"{comment}/replies", "parent = ?", _find(call, comment)["n"])


@route("GET", rf"({COMMENT}\d{{14}})")
def read_comment(call: Call, comment: str) -> Answer:
    return _shown(call, _find(call, comment), fields_of(call, "id,text,timestamp"))


@route("POST", rf"({COMMENT}\d{{14}})/replies")
def reply(call: Call, comment: str) -> Answer:
    need(call, _MANAGE)
    row = _find(call, comment)
    if not call.text("message"):
        raise GraphError(100, "(#100) Missing message")
    store = call.store
    who, name = store.meta("instagram_id"), store.meta("instagram_name")
    n = new_comment(store, row["post"], call.text("message"), who, name, parent=row["parent"] or row["n"])
    return {"id": comment_id(n)}


@route("POST", rf"({COMMENT}\d{{14}})")
def change_comment(call: Call, comment: str) -> Answer:
    need(call, _MANAGE)
    row = _find(call, comment)
    if "hide" not in call.params:
        raise GraphError(100, "(#100) Missing hide")
    call.store.do("UPDATE insta_comments SET hidden = ? WHERE n = ?", int(call.flag("hide", True)), row["n"])
    return {"success": True}


@route("DELETE", rf"({COMMENT}\d{{14}})")
def delete_comment(call: Call, comment: str) -> Answer:
    need(call, _MANAGE)
    n = _find(call, comment)["n"]
    call.store.do("UPDATE insta_comments SET deleted = 1 WHERE n = ? OR parent = ?", n, n)
    return {"success": True}


def new_comment(
    store: Store, post: int, text: str, from_id: str, username: str, *, parent: int | None = None
) -> int:
    """Write a comment and ring the subscriber's bell; return its row."""
    sql = "INSERT INTO insta_comments (post, parent, text, from_id, username, created) VALUES (?, ?, ?, ?, ?, ?)"
    n = store.do(sql, post, parent, text, from_id, username, time.time())
    value = {
        "id": comment_id(n),
        "text": text,
        "from": {"id": from_id, "username": username},
        "media": {"id": post_id(post), "media_product_type": "FEED"},
    }
    announce_instagram(store, "comments", value | ({"parent_id": comment_id(parent)} if parent else {}))
    return n
