"""The Instagram account of the practice network as the public sees it, and what the public does there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stairgate.practice.graph import instagram
from stairgate.practice.graph.instagram.posts import PATH
from stairgate.practice.pages import BadInput, ShownComment, at, clean, environment, visitor_id
from stairgate.practice.store import Row, Store

__all__ = ["PATH", "comment", "comment_typed", "deed", "photo", "public_album"]

_MOST_POSTS = 50


def public_album(store: Store, problem: str = "") -> str:
    """Return the account as the public sees it: nothing hidden, nothing deleted, nothing still being made ready."""
    rows = store.rows("SELECT * FROM insta_posts WHERE deleted = 0 ORDER BY n DESC LIMIT ?", _MOST_POSTS)
    tags = store.rows("SELECT * FROM insta_tags WHERE deleted = 0 ORDER BY n DESC LIMIT ?", _MOST_POSTS)
    return environment.get_template("album.html").render(
        account={"name": store.meta("instagram_name"), "page": store.meta("page_name"), "path": PATH},
        posts=[_shown_post(store, row) for row in rows],
        tags=[{"n": row["n"], "name": row["username"], "text": row["caption"]} for row in tags],
        problem=problem,
    )


def _shown_post(store: Store, row: Row) -> dict[str, Any]:
    photos = store.rows("SELECT n, alt FROM insta_photos WHERE post = ? ORDER BY position", row["n"])
    sql = "SELECT * FROM insta_comments WHERE post = ? AND deleted = 0 AND hidden = 0 ORDER BY n"
    rows = store.rows(sql, row["n"])
    own = store.meta("instagram_id")
    return {
        "n": row["n"],
        "text": row["caption"],
        "at": at(row["created"]),
        "photos": photos,
        "comments": [_shown(one, rows, own) for one in rows if one["parent"] is None],
        "comments_on": bool(row["comments_on"]),
    }


def _shown(row: Row, rows: list[Row], own: str) -> ShownComment:
    below = tuple(_shown(other, rows, own) for other in rows if other["parent"] == row["n"])
    is_own = row["from_id"] == own
    return ShownComment(row["n"], row["username"], row["text"], at(row["created"]), is_own, below)


def photo(store: Store, number: str) -> bytes | None:
    """Return a photo of a post that is there; None for any other."""
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    sql = (
        "SELECT data FROM insta_photos JOIN insta_posts ON insta_posts.n = insta_photos.post"
        " WHERE insta_photos.n = ? AND insta_posts.deleted = 0"
    )
    row = store.row(sql, int(number))
    return bytes(row["data"]) if row else None


def comment_typed(store: Store, form: Mapping[str, str]) -> int:
    """Write what a visitor typed on the account's page; return its row. Raises `BadInput`, ValueError."""
    parent = int(form["parent"]) if form.get("parent") else None
    return comment(store, int(form.get("post", "0")), form.get("name", ""), form.get("message", ""), parent)


def comment(store: Store, post: int, name: str, text: str, parent: int | None = None) -> int:
    """Write a visitor's comment; return its row. Raises `BadInput`."""
    name, text = clean(name, text)
    row = store.row("SELECT comments_on FROM insta_posts WHERE n = ? AND deleted = 0", post)
    if row is None:
        raise BadInput("That post is not there any more.")
    if not row["comments_on"]:
        raise BadInput("Nobody can comment on this post.")
    if parent is not None:
        above = store.row("SELECT * FROM insta_comments WHERE n = ? AND deleted = 0", parent)
        if above is None:
            raise BadInput("That comment is not there any more.")
        parent = above["parent"] or above["n"]
    return instagram.new_comment(store, post, text, visitor_id(name), name, parent=parent)


def deed(store: Store, what: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Do something as the trainer or the public; return what it made. Raises `ValueError`, `KeyError`."""
    match what:
        case "comment":
            parent = instagram.n_of(given["parent"]) if given.get("parent") else None
            n = comment(store, instagram.n_of(given["post"]), given["name"], given["message"], parent)
            return {"id": instagram.comment_id(n)}
        case "tag":
            return {"id": instagram.tag_id(instagram.new_tag(store, given["name"], given["message"]))}
        case "edit-post":  # as somebody does it in the app
            sql = "UPDATE insta_posts SET caption = ? WHERE n = ?"
            store.do(sql, given["message"], instagram.n_of(given["post"]))
            return {"done": True}
        case "quota":
            store.set_meta("instagram_quota", str(int(given["total"])))
            return {"done": True}
    raise ValueError(f"unknown deed {what!r}")
