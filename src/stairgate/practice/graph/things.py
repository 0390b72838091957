"""One post or one comment by its number: read, changed, deleted."""

from __future__ import annotations

from stairgate.practice.graph.call import Answer, Call
from stairgate.practice.graph.comments import change_comment, shown_comment, tell
from stairgate.practice.graph.posts import change_post, shown_post
from stairgate.practice.graph.routes import route
from stairgate.practice.graph.shapes import fields_of, find_comment, find_post, is_post
from stairgate.practice.graph.who import need


@route("GET", r"(\d+_\d+)")
def read_one(call: Call, thing: str) -> Answer:
    if is_post(call, thing):
        return shown_post(call, find_post(call, thing), fields_of(call, "created_time,message"))
    return shown_comment(call, find_comment(call, thing), fields_of(call, "created_time,from,message"))


@route("POST", r"(\d+_\d+)")
def change_one(call: Call, thing: str) -> Answer:
    """Edit or hide. A message on a comment edits it; it never replies."""
    if is_post(call, thing):
        return change_post(call, find_post(call, thing))
    return change_comment(call, find_comment(call, thing))


@route("DELETE", r"(\d+_\d+)")
def delete_one(call: Call, thing: str) -> Answer:
    if is_post(call, thing):
        need(call, "pages_manage_posts")
        call.store.do("UPDATE posts SET deleted = 1 WHERE n = ?", find_post(call, thing)["n"])
        return {"success": True}
    row = find_comment(call, thing)
    need(call, "pages_manage_engagement" if row["own"] else "pages_read_user_content")
    call.store.do("UPDATE comments SET deleted = 1 WHERE n = ? OR parent = ?", row["n"], row["n"])
    tell(call.store, row["n"], "remove")
    return {"success": True}
