"""Turning what Instagram shows into items, and telling whether it is what we sent. Pure.

Instagram's numbers do not say what they are of. Of two kinds we have to know it: they carry it in front.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from stairgate.networks.base import (
    Absent,
    Account,
    CannotTell,
    ItemKind,
    LivePost,
    Outgoing,
    PublicItem,
    Trouble,
    Unknown,
)
from stairgate.networks.cleaning import clean_text, link, plain

#: in front of the number of an answer of ours, and of somebody else's post that names us
REPLY, TAG = "reply-", "tag-"
COMMENT_FIELDS = "id,text,timestamp,from,username,hidden,parent_id"
POST_FIELDS = "id,caption,timestamp,permalink,media_type,children{id}"
TAG_FIELDS = "id,caption,timestamp,permalink,username,media_type"
_ALBUM, _PHOTO = "CAROUSEL_ALBUM", "IMAGE"

Row = Mapping[str, Any]


def not_found(recent: Sequence[Row], outgoing: Outgoing) -> Absent | CannotTell:
    """Return what to make of rows none of which is ours for certain."""
    if any(_same_words(row, outgoing) for row in recent):
        return CannotTell("The same words are on the account, but with other photos. Look at the account.")
    return Absent(len(recent))


def same(row: Row, outgoing: Outgoing) -> bool:
    """Return whether a row is what we sent: the same words and as many pictures."""
    return _same_words(row, outgoing) and photo_count(row) == len(outgoing.pictures)


def _same_words(row: Row, outgoing: Outgoing) -> bool:
    return plain(_words(row)) == plain(outgoing.text)


def _words(row: Row) -> str:
    """Return the words of a post or of a comment; Instagram leaves out an empty caption."""
    words = row.get("caption", row.get("text", ""))
    return words if isinstance(words, str) else ""


def photo_count(row: Row) -> int:
    """Return how many photos a post holds. A comment holds none, and a video is none."""
    if row.get("media_type") == _ALBUM:
        children = row.get("children")
        return len((children.get("data") or []) if isinstance(children, dict) else [])
    return 1 if row.get("media_type") == _PHOTO else 0


def comment(row: Row, post: str) -> PublicItem:
    """Return a comment under ``post``, or an answer to one. Raises `Trouble`."""
    parent = str(row.get("parent_id") or "")
    return PublicItem(
        external_id=id_of(row),
        kind=ItemKind.REPLY if parent else ItemKind.COMMENT,
        text=_words(row),
        author_id=author(row)[0],
        author_name=author(row)[1],
        created_at=time_of(row),
        parent_id=parent or post,
        post_id=post,
        is_hidden=bool(row.get("hidden")),
        raw=dict(row),
    )


def tag(row: Row) -> PublicItem:
    """Return somebody else's post in which we are tagged. Raises `Trouble`."""
    return PublicItem(
        external_id=f"{TAG}{id_of(row)}",
        kind=ItemKind.MENTION,
        text=_words(row),
        author_id=author(row)[0],
        author_name=author(row)[1],
        created_at=time_of(row),
        permalink=address(row),
        has_picture=True,  # there is no post without one
        raw=dict(row),
    )


def live(row: Row, asked: str) -> LivePost:
    """Return a row as what the public sees of our own. Raises `Trouble` when it is about something else."""
    if row.get("id") != asked.removeprefix(REPLY):
        raise Trouble(Unknown("Instagram gave something else than what was asked for."))
    return LivePost(asked, _words(row), photo_count(row), is_hidden=bool(row.get("hidden")))


def author(row: Row) -> tuple[str, str]:
    """Return the number and the name of who wrote it; "" for what Instagram does not say."""
    source = row.get("from")
    known = source if isinstance(source, dict) else {}
    return str(known.get("id", "")), str(known.get("username") or row.get("username") or "")


def is_ours(row: Row, account: Account) -> bool:
    """Return whether the account itself wrote it. Instagram gives the number for some rows, the name for others."""
    number, name = author(row)
    return number == account.account_id or (bool(account.handle) and name == account.handle)


def id_of(row: Row) -> str:
    """Return the number of a row. Raises `Trouble` when it has none."""
    if not row.get("id"):
        raise Trouble(Unknown("Instagram gave something without a number."))
    return clean_text(str(row["id"]))


def time_of(row: Row) -> datetime:
    """Return when it was written. Raises `Trouble` when that cannot be read."""
    try:
        return datetime.strptime(str(row["timestamp"]), "%Y-%m-%dT%H:%M:%S%z")
    except (KeyError, ValueError):
        raise Trouble(Unknown("Instagram gave something without a time.")) from None


def address(row: Row) -> str:
    """Return a link only when it is one: it becomes an href on our pages."""
    return link(str(row.get("permalink", "")))
