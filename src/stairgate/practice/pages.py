"""The public page of the practice network, and the page where a trainer makes it misbehave."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from stairgate.practice import faults
from stairgate.practice.graph import new_comment, new_visitor_post
from stairgate.practice.store import Row, Store

LONGEST_NAME = 60
LONGEST_COMMENT = 8000
_MOST_POSTS = 50

environment = Environment(
    loader=PackageLoader("stairgate.practice"),
    autoescape=select_autoescape(["html"]),
    trim_blocks=True,
    lstrip_blocks=True,
)


class BadInput(ValueError):
    """A visitor sent something that cannot be shown; the message says what."""


@dataclass(frozen=True, slots=True)
class ShownComment:
    n: int
    name: str
    text: str
    at: str
    own: bool
    replies: tuple[ShownComment, ...]


def visitor_id(name: str) -> str:
    """Return the made-up account behind a made-up name: the same name is the same account."""
    digest = hashlib.sha256(name.strip().lower().encode()).hexdigest()
    return "2" + str(int(digest[:16], 16))[:15].zfill(15)


def comment(store: Store, post: int, name: str, text: str, parent: int | None = None) -> int:
    """Write a visitor's comment; return its number. Raises `BadInput`."""
    name, text = clean(name, text)
    if store.row("SELECT n FROM posts WHERE n = ? AND deleted = 0", post) is None:
        raise BadInput("That post is not there any more.")
    if parent is not None:
        row = store.row("SELECT * FROM comments WHERE n = ? AND post = ? AND deleted = 0", parent, post)
        if row is None:
            raise BadInput("That comment is not there any more.")
        parent = row["parent"] or row["n"]
    _check_welcome(store, name)
    return new_comment(store, post, text, visitor_id(name), name, parent=parent)


def visitor_post(store: Store, name: str, text: str) -> int:
    """Write a visitor's post on the page; return its number. Raises `BadInput`."""
    name, text = clean(name, text)
    _check_welcome(store, name)
    row = store.row("SELECT value FROM settings WHERE key = 'USERS_CAN_POST'")
    if row is None or row["value"] != "true":
        raise BadInput("This page does not take posts from visitors.")
    return new_visitor_post(store, text, visitor_id(name), name)


def clean(name: str, text: str) -> tuple[str, str]:
    name, text = " ".join(name.split()), text.replace("\r\n", "\n").strip()
    if not name or len(name) > LONGEST_NAME:
        raise BadInput("Write a made-up name of up to 60 letters.")
    if not text or len(text) > LONGEST_COMMENT:
        raise BadInput("Write something of up to 8,000 letters.")
    return name, text


def _check_welcome(store: Store, name: str) -> None:
    if store.row("SELECT id FROM blocked WHERE id = ?", visitor_id(name)):
        raise BadInput("You can’t write on this page.")


def public_page(store: Store, problem: str = "") -> str:
    """Return the page as the public sees it: nothing hidden, nothing deleted, nothing unpublished."""
    sql = "SELECT * FROM posts WHERE deleted = 0 AND hidden = 0 AND published = 1 ORDER BY n DESC LIMIT ?"
    posts = [_shown_post(store, row) for row in store.rows(sql, _MOST_POSTS)]
    page = {"id": store.meta("page_id"), "name": store.meta("page_name")}
    return environment.get_template("page.html").render(page=page, posts=posts, problem=problem)


def _shown_post(store: Store, row: Row) -> dict[str, Any]:
    photos = store.rows("SELECT n, alt FROM photos WHERE post = ? ORDER BY position", row["n"])
    return {
        "n": row["n"],
        "name": row["from_name"],
        "text": row["message"],
        "at": at(row["created"]),
        "photos": photos,
        "comments": _comments(store, row["n"]),
    }


def _comments(store: Store, post: int) -> tuple[ShownComment, ...]:
    sql = "SELECT * FROM comments WHERE post = ? AND deleted = 0 AND hidden = 0 ORDER BY n"
    rows = store.rows(sql, post)
    return tuple(_shown(row, rows) for row in rows if row["parent"] is None)


def _shown(row: Row, rows: list[Row]) -> ShownComment:
    below = tuple(_shown(other, rows) for other in rows if other["parent"] == row["n"])
    return ShownComment(
        row["n"], row["from_name"], row["message"], at(row["created"]), bool(row["own"]), below
    )


def at(seconds: float) -> str:
    local = datetime.fromtimestamp(seconds).astimezone()
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


def trainer_page(store: Store) -> str:
    """Return the page where a trainer sets faults and sees what was asked."""
    waiting = store.rows("SELECT * FROM faults WHERE times > 0 ORDER BY id")
    log = store.rows("SELECT * FROM log ORDER BY id DESC LIMIT 50")
    return environment.get_template("trainer.html").render(
        kinds=faults.KINDS, ways=_WAYS, waiting=waiting, log=log, settings=store.settings(), at=at
    )


#: how the connection of an app breaks, in a trainer's words
_WAYS = {
    "expired": "It has run out (190/463)",
    "password": "The person has a new password (190/460)",
    "role": "The person has lost their role on the page (190/492)",
    "removed": "The person has taken the app away (190/458)",
    "checkpoint": "Facebook wants the person to sign in first (190/459)",
    "session": "The person signed out everywhere (190/467)",
}


def dialog_page(query: dict[str, str], name: str, scopes: list[str]) -> str:
    """Return the page that asks whether an app may speak for the page, with a tick for each thing it asks for."""
    hidden = {key: value for key, value in query.items() if key not in {"answer", "allow", "ticks"}}
    return environment.get_template("dialog.html").render(query=hidden, name=name, scopes=scopes)
