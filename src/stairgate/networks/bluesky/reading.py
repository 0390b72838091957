"""Turning what Bluesky shows into items. Pure. What strangers wrote is never trusted to have any shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stairgate.networks.base import ItemKind, LivePost, PublicItem, Trouble, Unknown
from stairgate.networks.bluesky.records import permalink
from stairgate.networks.cleaning import clean, clean_text

Body = Mapping[str, Any]

_WITH_PICTURE = (
    "app.bsky.embed.images",
    "app.bsky.embed.video",
    "app.bsky.embed.recordWithMedia",
    "app.bsky.embed.external",  # a link's preview shows a picture too, and moving pictures come this way
)


CHOICE_FOR_POSTS = "app.bsky.actor.defs#postInteractionSettingsPref"
RULES = ("threadgateAllowRules", "postgateEmbeddingRules")


@dataclass(frozen=True, slots=True)
class Branch:
    """What one reading of a thread gave: posts, and those whose answers were not part of it."""

    posts: tuple[Body, ...]
    cut_at: tuple[str, ...]


def branch(thread: Body) -> Branch:
    """Take the answers out of a thread, however deep. The post at its top is not among them."""
    posts: list[Body] = []
    cut_at: list[str] = []
    waiting = [thread]
    while waiting:
        node = waiting.pop()
        post = mapping(node.get("post"))
        if node is not thread and post:
            posts.append(post)
        replies = node.get("replies")
        if isinstance(replies, list):
            waiting += [reply for reply in replies if isinstance(reply, dict)]
        elif post.get("replyCount") and node is not thread:
            cut_at.append(text_of(post, "uri"))
    return Branch(tuple(posts), tuple(cut_at))


def item(
    post: Body, *, kind: ItemKind | None = None, hidden: bool = False, under: str | None = None
) -> PublicItem:
    """Return a post as an item. It hangs under ``under``, or under the top its own record names."""
    record = mapping(post.get("record"))
    author = mapping(post.get("author"))
    uri, (parent, root) = text_of(post, "uri"), parents(record)
    top = root if under is None else under
    return PublicItem(
        external_id=uri,
        kind=kind or (ItemKind.COMMENT if parent == root else ItemKind.REPLY),
        text=text_of(record, "text"),
        author_id=text_of(author, "did"),
        author_name=text_of(author, "displayName") or text_of(author, "handle") or text_of(author, "did"),
        created_at=seen_at(post),
        parent_id=parent or top,
        post_id=top,
        permalink=permalink(uri),
        is_hidden=hidden,
        has_picture=has_picture(record),
        raw=clean(dict(post)),
    )


def live(found: Body, uri: str) -> LivePost:
    """Return a record of ours as what the public sees. Raises `Trouble` when its words cannot be read."""
    record = mapping(found.get("value"))
    words = record.get("text")
    if not isinstance(words, str):
        raise Trouble(Unknown("Bluesky gave a post without its words."))
    return LivePost(uri, words, _pictures(mapping(record.get("embed"))))


def _pictures(embed: Body) -> int:
    """Return how many pictures a post carries, also beside a quoted post."""
    return sum(1 for _ in mappings(embed.get("images") or mapping(embed.get("media")).get("images")))


def parents(record: Body) -> tuple[str, str]:
    """Return the address of what a post answers and of the top of its thread; ("", "") for a post of its own."""
    reply = mapping(record.get("reply"))
    return text_of(mapping(reply.get("parent")), "uri"), text_of(mapping(reply.get("root")), "uri")


def top_of(post: Body) -> str:
    """Return the address of the post on top of the thread that a post is in; "" for a post of its own."""
    return parents(mapping(post.get("record")))[1]


def seen_at(post: Body) -> datetime:
    """Return when the network first saw a post. The time in the post itself is only what its author says."""
    said = text_of(post, "indexedAt") or text_of(mapping(post.get("record")), "createdAt")
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def has_picture(record: Body) -> bool:
    """Return whether a reader sees a picture or a video with the post."""
    return text_of(mapping(record.get("embed")), "$type").startswith(_WITH_PICTURE)


def mapping(value: object) -> Body:
    """Return an object of JSON; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> Iterator[Body]:
    """Yield the objects in a list of JSON; nothing for anything else."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def text_of(body: Body, name: str) -> str:
    """Return a string of JSON; "" for anything else."""
    value = body.get(name)
    return clean_text(value) if isinstance(value, str) else ""


def choice_for_posts(preferences: object) -> Body:
    """Return what the account's people chose on Bluesky about answers to new posts; an empty object for no choice.

    Raises `Trouble` when it cannot be understood: it would be taken for "everybody may".
    """
    chosen = [one for one in mappings(preferences) if text_of(one, "$type") == CHOICE_FOR_POSTS]
    found = chosen[0] if chosen else {}
    if not isinstance(preferences, list) or not all(isinstance(found.get(name, []), list) for name in RULES):
        raise Trouble(Unknown("Bluesky did not say who may answer the account’s posts."))
    return {name: found[name] for name in RULES if name in found}


def author_of(post: Body) -> str:
    """Return who wrote a post; "" when it does not say."""
    return text_of(mapping(post.get("author")), "did")
