"""What is written into a Bluesky repository. Pure: the same passage always gives the same record."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stairgate.clauses import control
from stairgate.networks import graphemes
from stairgate.networks.base import Outgoing, Picture, Staged

Record = dict[str, Any]

POST = "app.bsky.feed.post"
THREADGATE = "app.bsky.feed.threadgate"
POSTGATE = "app.bsky.feed.postgate"
BLOCK = "app.bsky.graph.block"

# Limits of the lexicons app.bsky.feed.post, app.bsky.embed.images and app.bsky.feed.threadgate.
LONGEST_TEXT = 300
MOST_BYTES_OF_TEXT = 3_000
MOST_PICTURES = 4
MOST_BYTES_OF_PICTURE = 2_000_000
#: the same on a server that was not brought up to date: nobody can ask it before it refuses
MOST_BYTES_BEFORE = 1_000_000
MOST_HIDDEN = 300
_LONGEST_TAG = 64

#: names in one post that are looked up at most
MOST_MENTIONS = 10

_LINK = re.compile(r"(?<![\w/])https?://[^\s<>\"“”]+", re.IGNORECASE)
_TAG = re.compile(r"(?<!\S)[#＃](?P<tag>\S+)")
# A handle is a domain name (atproto.com/specs/handle).
_MENTION = re.compile(
    r"(?<![^\s(])@(?P<handle>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)(?![\w-]|\.\w)",
    re.ASCII | re.IGNORECASE,
)
_AFTER_LINK = ".,;:!?'’…"
_KEY_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
_ADDRESS = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9._:%-]+)/([a-zA-Z0-9.-]+)/([A-Za-z0-9._:~-]{1,512})\Z")


@dataclass(frozen=True, slots=True)
class Address:
    """An at:// address taken apart."""

    did: str
    collection: str
    key: str

    def __str__(self) -> str:
        return f"at://{self.did}/{self.collection}/{self.key}"


def address(uri: str) -> Address | None:
    """Return an at:// address taken apart; None when it is not the address of a record."""
    found = _ADDRESS.match(uri)
    return Address(*found.groups()) if found else None


def record_key(seed: str) -> str:
    """Return the record key that belongs to a seed: always the same one.

    It has the form of a TID (atproto.com/specs/tid), which the lexicon asks for: 63 bits in 13 letters. Those
    of ours say nothing about time; no part of the network reads a post's time from its key.
    """
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]) >> 1
    return "".join(_KEY_LETTERS[number >> shift & 31] for shift in range(60, -1, -5))


def timestamp(at: datetime) -> str:
    """Return a time as the lexicons write it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def problems(outgoing: Outgoing) -> list[str]:
    """Return what Bluesky would refuse, as sentences for the author."""
    found = []
    length = graphemes.count(outgoing.text)
    if length > LONGEST_TEXT or len(outgoing.text.encode()) > MOST_BYTES_OF_TEXT:
        found.append(f"too long for Bluesky: {length} characters, and {LONGEST_TEXT} are allowed")
    if len(outgoing.pictures) > MOST_PICTURES:
        found.append(f"Bluesky takes {MOST_PICTURES} pictures at most")
    if any(len(picture.data) > MOST_BYTES_OF_PICTURE for picture in outgoing.pictures):
        found.append("a picture is too big for Bluesky (2 MB at most)")
    return found


def all_of(outgoing: Outgoing, place: Address, staged: Staged, *, made_at: datetime) -> dict[str, Record]:
    """Return, by collection, everything that makes one post: itself, and the rules that go out with it.

    The post is first: what shows posts looks for their rules when it meets the rules.
    """
    extra = {name: json.loads(value) for name, value in staged.extra.items()}
    return {
        POST: post(outgoing, staged.media, extra, made_at=made_at),
        **gates(place, extra.get("rules", {}), made_at),
    }


def post(outgoing: Outgoing, blobs: Sequence[str], extra: Record, *, made_at: datetime) -> Record:
    """Return the record of a post. ``blobs`` and ``extra`` are what staging found."""
    record: Record = {"$type": POST, "text": outgoing.text, "createdAt": timestamp(made_at)}
    links = list(facets(outgoing.text, extra["mentioned"]))
    if links:
        record["facets"] = links
    if blobs:
        images = [_image(blob, one) for blob, one in zip(blobs, outgoing.pictures, strict=True)]
        record["embed"] = {"$type": "app.bsky.embed.images", "images": images}
    if "reply" in extra:
        record["reply"] = extra["reply"]
    return record


def _image(blob: str, picture: Picture) -> Record:
    image: Record = {"image": json.loads(blob), "alt": picture.alt}
    if picture.width > 0 and picture.height > 0:
        image["aspectRatio"] = {"width": picture.width, "height": picture.height}
    return image


@control(
    "C30",
    "On Bluesky each post goes out with what the account chose about answering and quoting, in one write",
)
def gates(place: Address, wanted: Record, made_at: datetime) -> dict[str, Record]:
    """Return, by collection, the rules that go out with a post of our own: who may answer, and whether to quote it.

    ``wanted`` is what the account's people chose on Bluesky for new posts (`choice_for_posts`).
    """
    said = {"post": str(place), "createdAt": timestamp(made_at)}
    found: dict[str, Record] = {}
    if (allow := wanted.get("threadgateAllowRules")) is not None:
        found[THREADGATE] = {"$type": THREADGATE, **said, "allow": allow}
    if embedding := wanted.get("postgateEmbeddingRules"):
        found[POSTGATE] = {"$type": POSTGATE, **said, "embeddingRules": embedding}
    return found


def handles(text: str) -> list[str]:
    """Return the handles that a text names, each once, as they are looked up."""
    return list(dict.fromkeys(found["handle"].lower() for found in _MENTION.finditer(text)))


def facets(text: str, mentioned: Mapping[str, str]) -> Iterator[Record]:
    """Yield what makes links, hashtags and names in a text work. Places are counted in bytes of UTF-8.

    ``mentioned`` has the account of each handle that has one; any other stays plain words.
    """
    for found in _MENTION.finditer(text):
        if did := mentioned.get(found["handle"].lower()):
            feature = {"$type": "app.bsky.richtext.facet#mention", "did": did}
            yield _facet(text, found.start(), found.group(), feature)
    taken: list[range] = []
    for found in _LINK.finditer(text):
        link = _bare_link(found.group())
        taken.append(range(found.start(), found.start() + len(link)))
        yield _facet(text, found.start(), link, {"$type": "app.bsky.richtext.facet#link", "uri": link})
    for found in _TAG.finditer(text):
        tag = _bare_tag(found["tag"])
        if not tag or graphemes.count(tag) > _LONGEST_TAG or any(found.start() in part for part in taken):
            continue
        feature = {"$type": "app.bsky.richtext.facet#tag", "tag": tag}
        yield _facet(text, found.start(), text[found.start()] + tag, feature)


def _bare_link(link: str) -> str:
    """Return a link without the punctuation of the sentence around it."""
    while link[-1] in _AFTER_LINK or (link[-1] == ")" and link.count(")") > link.count("(")):
        link = link[:-1]
    return link


def _bare_tag(tag: str) -> str:
    """Return a hashtag without the punctuation after it; "" when nothing but numbers and punctuation is there."""
    while tag and _is_punctuation(tag[-1]):
        tag = tag[:-1]
    return "" if all(char.isdigit() or _is_punctuation(char) for char in tag) else tag


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char).startswith("P")


def _facet(text: str, start: int, words: str, feature: Record) -> Record:
    first = len(text[:start].encode())
    index = {"byteStart": first, "byteEnd": first + len(words.encode())}
    return {"index": index, "features": [feature]}


def threadgate(
    old: Record | None, thread: Address, reply: str, *, hidden: bool, now: datetime
) -> Record | None:
    """Return the rules of a thread with one reply hidden or shown; None when nothing has to change.

    Everything else that the account's people set in it stays as it is.
    """
    before = [str(uri) for uri in (old or {}).get("hiddenReplies") or []]
    if (reply in before) == hidden:
        return None
    after = [*before, reply] if hidden else [uri for uri in before if uri != reply]
    fresh: Record = {"$type": THREADGATE, "post": str(thread), "createdAt": timestamp(now)}
    return {**(old or fresh), "hiddenReplies": after}


def permalink(uri: str) -> str:
    """Return where a person sees a post; "" when it is not the address of a post."""
    found = address(uri)
    if found is None or found.collection != POST:
        return ""
    return f"https://bsky.app/profile/{found.did}/post/{found.key}"


def gate_of(top: Address) -> Address:
    """Return where the rules of a thread are: under the key of the post on top."""
    return Address(top.did, THREADGATE, top.key)
