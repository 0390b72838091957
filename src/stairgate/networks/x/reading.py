"""Turning what X shows into items, and telling whether it is what we sent. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from stairgate.networks import graphemes
from stairgate.networks.base import ItemKind, PublicItem
from stairgate.networks.cleaning import clean
from stairgate.networks.rest import Body, mapping, mappings, text_of, time_of

#: what is asked of a post, and of whoever wrote it
FIELDS = {
    "post.fields": "attachments,conversation_id,created_at,entities,note_post,text",
    "expansions": "author_id,referenced_posts",
    "user.fields": "name,username",
}
#: a link counts like this, however long it is; X also makes one of what only looks like one
_LINK, _A_LINK = re.compile(r"https?://\S+|\b(?:[\w-]+\.)+[a-z]{2,}\b(?:/\S*)?", re.IGNORECASE), 23
_SCHEME = re.compile(r"https?://")
_NAMED_FIRST = re.compile(r"(?:@\w+ )+")
#: letters that count once (X's counting rules, version 3); all others count twice
_LIGHT = (range(0x1100), range(0x2000, 0x200E), range(0x2010, 0x2020), range(0x2032, 0x2038))


def length(text: str) -> int:
    """Return how long X says a text is."""
    bare = _LINK.sub("", text)
    links = len(_LINK.findall(text))
    return links * _A_LINK + sum(_weight(piece) for piece in graphemes.split(bare))


def _weight(piece: str) -> int:
    """Return what one thing a reader sees counts: an emoji counts twice, whatever it is made of."""
    if len(piece) > 1 and any(ord(letter) >= 0x1F000 or letter in "\ufe0f\u20e3" for letter in piece):
        return 2
    return sum(1 if any(ord(letter) in part for part in _LIGHT) else 2 for letter in piece)


def words_of(post: Body) -> str:
    """Return the words of a post as they were typed: X shortens each link, and adds one for its pictures."""
    whole = mapping(post.get("note_post")) or post
    text = text_of(whole, "text")
    for link in mappings(mapping(whole.get("entities") or post.get("entities")).get("urls")):
        typed = "" if link.get("media_key") else _typed(link)
        text = text.replace(text_of(link, "url"), typed) if text_of(link, "url") else text
    return html.unescape(text).strip()


def _typed(link: Body) -> str:
    """Return a link as it was typed: X puts http:// before one that was typed without."""
    to, shown = text_of(link, "expanded_url"), text_of(link, "display_url")
    bare = to.removeprefix("http://").rstrip("/")
    return bare if to.startswith("http://") and bare == shown else to


def same_words(post: Body, text: str) -> bool:
    """Return whether a post says what we sent. Of a reply X names first whom it answers."""
    return _plain(words_of(post)) == _plain(text)


def _plain(text: str) -> str:
    return _SCHEME.sub("", _NAMED_FIRST.sub("", text.strip(), count=1))


def pictures(post: Body) -> int:
    """Return how many pictures hang on a post."""
    keys = mapping(post.get("attachments")).get("media_keys")
    return len(keys) if isinstance(keys, list) else 0


def answers(post: Body) -> str:
    """Return the number of the post that a post answers; "" for none."""
    there = mappings(post.get("referenced_posts") or post.get("referenced_tweets"))
    return next((text_of(one, "id") for one in there if one.get("type") == "replied_to"), "")


def names(page: Body) -> dict[str, str]:
    """Return the names of those who wrote a page of posts, by their numbers."""
    users = mappings(mapping(page.get("includes")).get("users"))
    return {text_of(one, "id"): text_of(one, "name") or text_of(one, "username") for one in users}


def item(post: Body, known: Mapping[str, str], *, ours: bool) -> PublicItem:
    """Return a post of somebody else as an item: ``ours`` says that it is in a conversation we began."""
    author, top, parent = text_of(post, "author_id"), text_of(post, "conversation_id"), answers(post)
    kind = ItemKind.COMMENT if parent == top else ItemKind.REPLY
    return PublicItem(
        external_id=text_of(post, "id"),
        kind=kind if ours else ItemKind.MENTION,
        text=words_of(post),
        author_id=author,
        author_name=known.get(author) or author,
        created_at=time_of(post),
        parent_id=parent,
        post_id=top if ours else "",
        permalink=permalink(text_of(post, "id")),
        is_hidden=None,  # X does not say
        has_picture=bool(pictures(post)),
        raw=clean(dict(post)),
    )


def permalink(number: str) -> str:
    """Return where a person sees a post; "" for what is no number."""
    return f"https://x.com/i/web/status/{number}" if number.isascii() and number.isdigit() else ""
