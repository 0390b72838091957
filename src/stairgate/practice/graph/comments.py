"""Comments and answers to them."""

from __future__ import annotations

import time

from stairgate.practice.errors import GraphError
from stairgate.practice.graph.call import Answer, Call
from stairgate.practice.graph.routes import route
from stairgate.practice.graph.shapes import (
    after_of,
    comment_id,
    fields_of,
    find_comment,
    find_post,
    is_post,
    limit_of,
    page_of,
    post_id,
    seconds_of,
    when,
)
from stairgate.practice.graph.who import may_read, need
from stairgate.practice.store import Row, Store
from stairgate.practice.webhooks import announce


def shown_comment(call: Call, row: Row, fields: set[str]) -> Answer:
    """Return a comment with the fields asked for."""
    everything: Answer = {
        "id": comment_id(row),
        "created_time": when(row["created"]),
        "message": row["message"],
        "from": {"id": row["from_id"], "name": row["from_name"]},
        "is_hidden": bool(row["hidden"]),
        "can_hide": not row["own"],
        "can_remove": True,
        "permalink_url": f"{call.base_url}/willow-lane#comment-{row['n']}",
    }
    if row["parent"]:
        everything["parent"] = {"id": f"{row['post']}_{row['parent']}"}
    return {name: everything[name] for name in everything if name in fields}


@route("GET", r"(\d+_\d+)/comments")
def comments(call: Call, thing: str) -> Answer:
    if not may_read(call, "pages_read_user_content"):
        return {"data": []}
    fields = fields_of(call, "created_time,from,message")
    if is_post(call, thing):
        post, parent = find_post(call, thing)["n"], None
    else:
        row = find_comment(call, thing)
        post, parent = row["post"], row["n"]
    chosen = _comment_rows(call, post, parent)
    return page_of(call, f"{thing}/comments", chosen, lambda row: shown_comment(call, row, fields))


def _comment_rows(call: Call, post: int, parent: int | None) -> list[Row]:
    stream = call.text("filter") == "stream"
    newest_first = call.text("order") == "reverse_chronological"
    where = "post = ? AND deleted = 0"
    values: list[object] = [post]
    if parent is not None:
        where, values = f"{where} AND parent = ?", [*values, parent]
    elif not stream:
        where = f"{where} AND parent IS NULL"
    after = after_of(call)
    if after is not None:
        where, values = f"{where} AND n {'<' if newest_first else '>'} ?", [*values, after]
    if since := call.text("since"):
        where, values = f"{where} AND created >= ?", [*values, seconds_of(since)]
    order = "DESC" if newest_first else "ASC"
    sql = f"SELECT * FROM comments WHERE {where} ORDER BY n {order} LIMIT ?"  # noqa: S608 - words of our own
    return call.store.rows(sql, *values, limit_of(call) + 1)


@route("POST", r"(\d+_\d+)/comments")
def reply(call: Call, thing: str) -> Answer:
    need(call, "pages_manage_engagement")
    message = call.text("message")
    if not message:
        raise GraphError(100, "(#100) Missing message")
    if is_post(call, thing):
        post, parent = find_post(call, thing)["n"], None
    else:
        row = find_comment(call, thing)
        post, parent = row["post"], row["parent"] or row["n"]
    name = call.store.meta("page_name")
    n = new_comment(call.store, post, message, call.page, name, parent=parent, own=True)
    return {"id": f"{post}_{n}"}


def new_comment(
    store: Store,
    post: int,
    message: str,
    from_id: str,
    name: str,
    *,
    parent: int | None = None,
    own: bool = False,
) -> int:
    """Write a comment and ring the subscriber's bell; return its number."""
    sql = (
        "INSERT INTO comments (post, parent, message, from_id, from_name, created, own)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    n = store.do(sql, post, parent, message, from_id, name, time.time(), int(own))
    tell(store, n, "add")
    return n


def change_comment(call: Call, row: Row) -> Answer:
    """Edit a comment of our own, or hide anyone's. Raises `GraphError`."""
    need(call, "pages_manage_engagement")
    if "message" in call.params:
        if not row["own"]:
            raise GraphError(200, "(#200) Only the author can edit a comment", status=403)
        call.store.do("UPDATE comments SET message = ? WHERE n = ?", call.text("message"), row["n"])
        tell(call.store, row["n"], "edited")
    if "is_hidden" in call.params:
        hidden = call.flag("is_hidden", True)
        call.store.do("UPDATE comments SET hidden = ? WHERE n = ?", int(hidden), row["n"])
        tell(call.store, row["n"], "hide" if hidden else "unhide")
    return {"success": True}


def tell(store: Store, n: int, verb: str) -> None:
    """Ring the subscriber's bell about a comment."""
    row = store.row("SELECT * FROM comments WHERE n = ?", n)
    if row is None:
        return
    page = store.meta("page_id")
    parent = f"{row['post']}_{row['parent']}" if row["parent"] else f"{page}_{row['post']}"
    value = {
        "item": "comment",
        "verb": verb,
        "comment_id": comment_id(row),
        "post_id": post_id(page, row["post"]),
        "parent_id": parent,
        "created_time": int(row["created"]),
        "from": {"id": row["from_id"], "name": row["from_name"]},
        "message": row["message"],
    }
    announce(store, value)
