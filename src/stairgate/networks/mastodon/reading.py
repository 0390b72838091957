"""Turning what Mastodon shows into items. Pure. What strangers wrote is never trusted to have any shape."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser

from stairgate.networks.base import Absent, CannotTell, Found, ItemKind, Outgoing, PublicItem, Reconciled
from stairgate.networks.cleaning import clean, link
from stairgate.networks.rest import Body, mapping, mappings, text_of, time_of


class _Words(HTMLParser):
    """What a reader sees of a post: its words, with the lines they stand on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "br":
            self.found.append("\n")
        elif tag == "p" and self.found:
            self.found.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def words_of(html: str) -> str:
    """Return the words of a post without its tags."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return "".join(reader.found).strip()


def item(status: Body, *, own: str, post: str = "") -> PublicItem:
    """Return a post of somebody else as an item: under ``post``, or where it says it belongs. Raises `Trouble`."""
    author, parent = mapping(status.get("account")), text_of(status, "in_reply_to_id")
    if not post and status.get("in_reply_to_account_id") == own:
        post = parent
    kind = ItemKind.COMMENT if parent == post else ItemKind.REPLY
    return PublicItem(
        external_id=text_of(status, "id"),
        kind=kind if post else ItemKind.MENTION,
        text=_text(status),
        author_id=text_of(author, "id"),
        author_name=text_of(author, "display_name") or text_of(author, "acct"),
        created_at=time_of(status),
        parent_id=parent or post,
        post_id=post,
        permalink=address(status),
        has_picture=bool(pictures(status) or status.get("card")),
        raw=clean(dict(status)),
    )


def _text(status: Body) -> str:
    """Return every word a reader sees: also those on the cover of a post, and the answers of a poll."""
    options = mappings(mapping(status.get("poll")).get("options"))
    parts = [text_of(status, "spoiler_text"), words_of(text_of(status, "content"))]
    return "\n\n".join(part for part in [*parts, *(text_of(one, "title") for one in options)] if part)


def verdict(same: Sequence[Body], read: int, outgoing: Outgoing) -> Reconciled:
    """Return what to make of those of the posts that were read which say the same as what was sent."""
    if not same:
        return Absent(read)
    if any(len(pictures(row)) != len(outgoing.pictures) for row in same):
        return CannotTell("The same words are there, but with other pictures. Look at the account.")
    first = min(same, key=time_of)
    return Found(text_of(first, "id"), address(first), len(same))


def pictures(status: Body) -> list[Body]:
    """Return what hangs on a post."""
    return mappings(status.get("media_attachments"))


def author_of(status: Body) -> str:
    """Return the number of who wrote it; "" when it does not say."""
    return text_of(mapping(status.get("account")), "id")


def address(status: Body) -> str:
    """Return a link only when it is one: it becomes an href on our pages."""
    return link(text_of(status, "url"))
