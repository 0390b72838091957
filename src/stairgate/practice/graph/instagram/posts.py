"""Posts of the Instagram account, and posts of others in which it is tagged."""

from __future__ import annotations

import time

from stairgate.practice.errors import gone
from stairgate.practice.graph.call import Answer, Call
from stairgate.practice.graph.instagram.numbers import (
    POST,
    check_account,
    n_of,
    post_id,
    tag_id,
    unknown_field,
)
from stairgate.practice.graph.routes import route
from stairgate.practice.graph.shapes import after_of, fields_of, limit_of, page_of, when
from stairgate.practice.graph.who import may_read, need
from stairgate.practice.store import Row, Store

PATH = "/instagram"


def find_post(call: Call, number: str) -> Row:
    """Return a post by its number. Raises `GraphError` when it is gone, or may not be read."""
    row = call.store.row("SELECT * FROM insta_posts WHERE n = ? AND deleted = 0", n_of(number))
    if row is None or not may_read(call, "instagram_basic"):
        raise gone(number)
    return row


def _shown(call: Call, row: Row, fields: set[str]) -> Answer:
    photos = call.store.rows("SELECT n FROM insta_photos WHERE post = ? ORDER BY position", row["n"])
    everything: Answer = {
        "id": post_id(row["n"]),
        "timestamp": when(row["created"]),
        "permalink": f"{call.base_url}{PATH}#post-{row['n']}",
        "media_type": "CAROUSEL_ALBUM" if len(photos) > 1 else "IMAGE",
        "is_comment_enabled": bool(row["comments_on"]),
        "username": call.store.meta("instagram_name"),
    }
    if row["caption"]:  # an empty one is left out
        everything["caption"] = row["caption"]
    if len(photos) > 1:
        everything["children"] = {"data": [{"id": f"183{photo['n']:014}"} for photo in photos]}
    return {name: everything[name] for name in everything if name in fields}


@route("GET", r"(\d+)/media")
def own_posts(call: Call, who: str) -> Answer:
    check_account(call, who)
    if not may_read(call, "instagram_basic"):
        return {"data": []}
    fields, after = fields_of(call, "id"), after_of(call)
    sql = "SELECT * FROM insta_posts WHERE deleted = 0 AND (? IS NULL OR n < ?) ORDER BY n DESC LIMIT ?"
    rows = call.store.rows(sql, after, after, limit_of(call) + 1)
    return page_of(call, f"{who}/media", rows, lambda row: _shown(call, row, fields))


@route("GET", r"(\d+)/tags")
def tags(call: Call, who: str) -> Answer:
    check_account(call, who)
    if not may_read(call, "instagram_manage_comments"):
        return {"data": []}
    after = after_of(call)
    sql = "SELECT * FROM insta_tags WHERE deleted = 0 AND (? IS NULL OR n < ?) ORDER BY n DESC LIMIT ?"
    rows = call.store.rows(sql, after, after, limit_of(call) + 1)
    return page_of(call, f"{who}/tags", rows, lambda row: _shown_tag(call, row, fields_of(call, "id")))


def _shown_tag(call: Call, row: Row, fields: set[str]) -> Answer:
    everything: Answer = {
        "id": tag_id(row["n"]),
        "caption": row["caption"],
        "timestamp": when(row["created"]),
        "permalink": f"{call.base_url}{PATH}#tag-{row['n']}",
        "username": row["username"],
        "media_type": "IMAGE",
    }
    return {name: everything[name] for name in everything if name in fields}


def new_tag(store: Store, username: str, caption: str) -> int:
    """Write somebody else's post in which the account is tagged; return its row."""
    sql = "INSERT INTO insta_tags (caption, username, created) VALUES (?, ?, ?)"
    return store.do(sql, caption, username, time.time())


@route("GET", rf"({POST}\d{{14}})")
def read_post(call: Call, number: str) -> Answer:
    fields = fields_of(call, "id")
    if "text" in fields:
        raise unknown_field("text")
    return _shown(call, find_post(call, number), fields)


@route("POST", rf"({POST}\d{{14}})")
def change_post(call: Call, number: str) -> Answer:
    """Open or shut the comments under a post. Nothing else of it can be changed, its words least of all."""
    need(call, "instagram_manage_comments")
    row = find_post(call, number)
    on = int(call.flag("comment_enabled", True))
    call.store.do("UPDATE insta_posts SET comments_on = ? WHERE n = ?", on, row["n"])
    return {"success": True}


@route("DELETE", rf"({POST}\d{{14}})")
def delete_post(call: Call, number: str) -> Answer:
    need(call, "instagram_manage_contents")
    call.store.do("UPDATE insta_posts SET deleted = 1 WHERE n = ?", find_post(call, number)["n"])
    return {"success": True}
