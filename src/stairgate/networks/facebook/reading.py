"""Turning what Facebook shows into items, and telling whether it is what we sent. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from stairgate.networks.base import (
    Absent,
    AccessHolder,
    CannotTell,
    ItemKind,
    LivePost,
    Outgoing,
    PublicItem,
    Trouble,
    Unknown,
)
from stairgate.networks.cleaning import link, plain


def not_found(recent: Sequence[Mapping[str, Any]], outgoing: Outgoing) -> Absent | CannotTell:
    """Return what to make of rows none of which is ours for certain."""
    if any(_same_words(row, outgoing) for row in recent):
        return CannotTell("The same words are on the page, but with other photos. Look at the page.")
    return Absent(len(recent))


def same(row: Mapping[str, Any], outgoing: Outgoing) -> bool:
    """Return whether a row is what we sent: the same words and as many pictures."""
    return _same_words(row, outgoing) and _photo_count(row) == len(outgoing.pictures)


def _same_words(row: Mapping[str, Any], outgoing: Outgoing) -> bool:
    return plain(str(row.get("message", ""))) == plain(outgoing.text)


def _photo_count(row: Mapping[str, Any]) -> int:
    """Return how many photos hang on a post or a comment. A link, a video or a sticker is none."""
    found = _attached(row)
    inside = [below for one in found for below in (one.get("subattachments") or {}).get("data") or []]
    return sum(one.get("type") == "photo" for one in [*found, *inside])


def _attached(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what hangs on a post or a comment: a comment has one place for it, a post a list."""
    found = [*((row.get("attachments") or {}).get("data") or []), row.get("attachment")]
    return [one for one in found if one is not None]


def item(row: Mapping[str, Any], post: str) -> PublicItem:
    """Return a row as an item under ``post``; "" for a visitor's own post. Raises `Trouble`."""
    author_id, name = author(row)
    parent = str((row.get("parent") or {}).get("id", ""))
    return PublicItem(
        external_id=id_of(row),
        kind=_kind(post, parent),
        text=str(row.get("message", "")),
        author_id=author_id,
        author_name=name,
        created_at=time_of(row),
        parent_id=parent or post,
        post_id=post,
        permalink=address(row),
        is_hidden=bool(row.get("is_hidden")),
        has_picture=any(_attached(row)),
        raw=dict(row),
    )


def live(row: Mapping[str, Any], asked: str) -> LivePost:
    """Return a row as what the public sees of our own post. Raises `Trouble` when it is about something else."""
    words = row.get("message", "")
    if row.get("id") != asked or not isinstance(words, str):
        raise Trouble(Unknown("Facebook gave something else than what was asked for."))
    hidden = bool(row.get("is_hidden")) or row.get("is_published") is False
    return LivePost(asked, words, _photo_count(row), is_hidden=hidden)


def _kind(post: str, parent: str) -> ItemKind:
    if not post:
        return ItemKind.VISITOR_POST
    return ItemKind.REPLY if parent else ItemKind.COMMENT


def author(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the number and the name of who wrote it; "" for what Facebook does not say."""
    source = row.get("from") or {}
    return str(source.get("id", "")), str(source.get("name", ""))


def id_of(row: Mapping[str, Any]) -> str:
    """Return the number of a row. Raises `Trouble` when it has none."""
    if not row.get("id"):
        raise Trouble(Unknown("Facebook gave something without a number."))
    return str(row["id"])


def time_of(row: Mapping[str, Any], name: str = "created_time") -> datetime:
    """Return when it was written, or another time of it. Raises `Trouble` when that cannot be read."""
    try:
        return datetime.strptime(str(row[name]), "%Y-%m-%dT%H:%M:%S%z")
    except (KeyError, ValueError):
        raise Trouble(Unknown("Facebook gave something without a time.")) from None


def address(row: Mapping[str, Any]) -> str:
    """Return a link only when it is one: it becomes an href on our pages."""
    return link(str(row.get("permalink_url", "")))


def holder(row: Mapping[str, Any]) -> AccessHolder:
    """Return somebody who can reach the page. Raises `Trouble` for one without a number: a list is whole or none."""
    return AccessHolder(id_of(row), str(row.get("name") or "Somebody without a name"))
