"""The exact content an approval is bound to, and its digest. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

_DOMAIN = b"stairgate/content/1\x00"


@dataclass(frozen=True, slots=True)
class PictureUse:
    """One picture in a post: which, the words for people who cannot see it, and who can be seen in it."""

    picture_id: UUID
    alt: str
    shows: str


@dataclass(frozen=True, slots=True)
class Content:
    """What an author hands in: everything that a second person will approve."""

    text: str
    channel_ids: tuple[UUID, ...] = ()
    purpose: str = ""
    send_at: datetime | None = None  # None: as soon as it is approved
    pictures: tuple[PictureUse, ...] = ()


@dataclass(frozen=True, slots=True)
class SealedPicture:
    """A picture as the digest knows it: the hash of the very bytes that will be sent."""

    sha256: str
    alt: str
    shows: str


def digest(
    *,
    text: str,
    pictures: tuple[SealedPicture, ...],
    channel_ids: tuple[UUID, ...],
    purpose: str,
    send_at: datetime | None,
    reply_to: str,
    changes: str = "",
) -> str:
    """Return the SHA-256 (hex) over text, pictures, alt texts, accounts and time, in one canonical form.

    ``changes`` names the published post whose words these are to replace.

    Any change to what the public would see, where or when, gives another digest (C78).
    """
    canonical = {
        "accounts": sorted(str(channel) for channel in channel_ids),
        "pictures": [[p.sha256, p.alt, p.shows] for p in pictures],
        "purpose": purpose,
        "reply_to": reply_to,
        "send_at": send_at.astimezone(UTC).isoformat() if send_at else None,
        "text": text,
    }
    if changes:
        canonical["changes"] = changes
    body = json.dumps(canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(_DOMAIN + body.encode()).hexdigest()


def first_words(text: str, *, most: int) -> str:
    """Return the beginning of a text on one line, cut between words where it is longer than ``most`` letters."""
    words = " ".join(text.split())
    return words if len(words) <= most else words[: most - 1].rsplit(" ", 1)[0] + "…"
