"""Posts of the page and of its visitors."""

from __future__ import annotations

import time

from stairgate.practice.errors import GraphError, gone
from stairgate.practice.graph.call import Answer, Call
from stairgate.practice.graph.photos import attached, hang, shown_attachments, take_photo
from stairgate.practice.graph.routes import route
from stairgate.practice.graph.shapes import after_of, fields_of, limit_of, page_of, post_id, seconds_of, when
from stairgate.practice.graph.who import may_read, need
from stairgate.practice.store import Row, Store
from stairgate.practice.webhooks import announce

LONGEST_MESSAGE = 63_206


def shown_post(call: Call, row: Row, fields: set[str]) -> Answer:
    """Return a post with the fields asked for; like Facebook, without an edge on which nothing hangs."""
    everything: Answer = {
        "id": post_id(call.page, row["n"]),
        "created_time": when(row["created"]),
        "message": row["message"],
        "from": {"id": row["from_id"], "name": row["from_name"]},
        "is_hidden": bool(row["hidden"]),
        "is_published": bool(row["published"]),
        "permalink_url": f"{call.base_url}/willow-lane#post-{row['n']}",
    }
    if "updated_time" in fields:
        everything["updated_time"] = when(_changed(call, row))
    if row["scheduled"]:
        everything["scheduled_publish_time"] = int(row["scheduled"])
    if "attachments" in fields and (hung := shown_attachments(call, row["n"])):
        everything["attachments"] = {"data": hung}
    return {name: everything[name] for name in everything if name in fields}


def _changed(call: Call, row: Row) -> float:
    """Return when a post was made, or last commented on."""
    sql = "SELECT max(created) AS at FROM comments WHERE post = ?"
    commented = [float(last["at"]) for last in call.store.rows(sql, row["n"]) if last["at"]]
    return max([float(row["created"]), *commented])


def _list_posts(call: Call, path: str, where: str) -> Answer:
    fields = fields_of(call, "created_time,message")
    after = after_of(call)
    sql = (
        f"SELECT * FROM posts WHERE deleted = 0 AND {where} AND (? IS NULL OR n < ?) ORDER BY n DESC LIMIT ?"  # noqa: S608
    )
    rows = call.store.rows(sql, after, after, limit_of(call) + 1)
    since = call.text("since")
    if since:
        rows = [row for row in rows if row["created"] >= seconds_of(since)]
    return page_of(call, path, rows, lambda row: shown_post(call, row, fields))


@route("GET", r"(\d+)/published_posts")
def published_posts(call: Call, page: str) -> Answer:
    if page != call.page or not may_read(call, "pages_read_engagement"):
        return {"data": []}
    return _list_posts(call, f"{page}/published_posts", "visitor = 0 AND published = 1")


@route("GET", r"(\d+)/scheduled_posts")
def scheduled_posts(call: Call, page: str) -> Answer:
    if page != call.page or not may_read(call, "pages_read_engagement"):
        return {"data": []}
    return _list_posts(call, f"{page}/scheduled_posts", "visitor = 0 AND published = 0 AND scheduled > 0")


@route("GET", r"(\d+)/visitor_posts")
def visitor_posts(call: Call, page: str) -> Answer:
    if page != call.page or not may_read(call, "pages_read_user_content"):
        return {"data": []}
    return _list_posts(call, f"{page}/visitor_posts", "visitor = 1")


@route("GET", r"(\d+)/tagged")
def tagged(call: Call, page: str) -> Answer:
    return {"data": []}


@route("GET", r"(\d+)/feed")
def feed(call: Call, page: str) -> Answer:
    if page != call.page or not may_read(call, "pages_read_engagement"):
        return {"data": []}
    where = "published = 1" if call.flag("include_hidden", False) else "published = 1 AND hidden = 0"
    return _list_posts(call, f"{page}/feed", where)


@route("POST", r"(\d+)/feed")
def publish(call: Call, page: str) -> Answer:
    need(call, "pages_manage_posts")
    if page != call.page:
        raise gone(page)
    message, link = call.text("message"), call.text("link")
    media = attached(call)
    if not (message or link or media):
        raise GraphError(100, "(#100) Missing message or attachment")
    n = _new_post(call, message, link)
    hang(call, media, n)
    return {"id": post_id(page, n)}


def _new_post(call: Call, message: str, link: str = "") -> int:
    if len(message) > LONGEST_MESSAGE:
        raise GraphError(100, "(#100) The message is too long")
    scheduled = float(call.text("scheduled_publish_time") or 0)
    published = call.flag("published", True)
    if scheduled and published:
        raise GraphError(100, "(#100) You cannot specify a scheduled publish time on a published post")
    sql = (
        "INSERT INTO posts (visitor, message, link, from_id, from_name, created, scheduled, published)"
        " VALUES (0, ?, ?, ?, ?, ?, ?, ?)"
    )
    name = call.store.meta("page_name")
    return call.store.do(sql, message, link, call.page, name, time.time(), scheduled, int(published))


@route("POST", r"(\d+)/photos")
def photo(call: Call, page: str) -> Answer:
    need(call, "pages_manage_posts")
    caption = call.text("caption") or call.text("message")
    n = take_photo(call, caption)
    if not call.flag("published", True):
        return {"id": str(n)}
    post = _new_post(call, caption)
    hang(call, [n], post)
    return {"id": str(n), "post_id": post_id(page, post)}


def change_post(call: Call, row: Row) -> Answer:
    """Edit or hide a post. Raises `GraphError`."""
    need(call, "pages_manage_posts")
    if "message" in call.params:
        if row["visitor"]:
            raise GraphError(200, "(#200) You can only edit posts your app made", status=403)
        if len(call.text("message")) > LONGEST_MESSAGE:
            raise GraphError(100, "(#100) The message is too long")
        call.store.do("UPDATE posts SET message = ? WHERE n = ?", call.text("message"), row["n"])
    if "is_hidden" in call.params:
        call.store.do("UPDATE posts SET hidden = ? WHERE n = ?", int(call.flag("is_hidden", True)), row["n"])
    return {"success": True}


def new_visitor_post(store: Store, message: str, from_id: str, name: str) -> int:
    """Write a visitor's post on the page and ring the bell; return its number."""
    sql = (
        "INSERT INTO posts (visitor, message, link, from_id, from_name, created, scheduled, published)"
        " VALUES (1, ?, '', ?, ?, ?, 0, 1)"
    )
    n = store.do(sql, message, from_id, name, time.time())
    value = {
        "item": "post",
        "verb": "add",
        "post_id": post_id(store.meta("page_id"), n),
        "created_time": int(time.time()),
        "from": {"id": from_id, "name": name},
        "message": message,
    }
    announce(store, value)
    return n
