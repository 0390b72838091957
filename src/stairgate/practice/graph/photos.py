"""Photos: sent up unseen, and hung on a post."""

from __future__ import annotations

import json
import re

from stairgate.practice.errors import GraphError
from stairgate.practice.graph.call import Answer, Call

MOST_PHOTOS = 10
_MEDIA = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif", b"RIFF": "image/webp"}


def take_photo(call: Call, caption: str) -> int:
    """Keep the photo of a call, on no post yet; return its number. Raises `GraphError`."""
    upload = call.files.get("source")
    if upload is None:
        raise GraphError(324, "(#324) Missing or invalid image file")
    kind = next((kind for start, kind in _MEDIA.items() if upload.data.startswith(start)), None)
    if kind is None:
        raise GraphError(1366046, "Your photos couldn't be uploaded. Photos should be JPG, PNG, GIF or WebP")
    sql = "INSERT INTO photos (data, media_type, alt, caption) VALUES (?, ?, ?, ?)"
    return call.store.do(sql, upload.data, kind, call.text("alt_text_custom"), caption)


def hang(call: Call, photos: list[int], post: int) -> None:
    """Hang photos on a post, in this order."""
    for position, photo in enumerate(photos):
        call.store.do("UPDATE photos SET post = ?, position = ? WHERE n = ?", post, position, photo)


def attached(call: Call) -> list[int]:
    """Return the photos of attached_media, sent as JSON or as numbered parameters."""
    raw = call.text("attached_media")
    listed = json.loads(raw) if raw else []
    listed += [
        json.loads(v) for k, v in sorted(call.params.items()) if re.fullmatch(r"attached_media\[\d+\]", k)
    ]
    numbers = []
    for item in listed:
        item = json.loads(item) if isinstance(item, str) else item
        n = int(item["media_fbid"])
        if call.store.row("SELECT n FROM photos WHERE n = ? AND post IS NULL", n) is None:
            raise GraphError(100, "(#100) A photo of attached_media is not there or already used")
        numbers.append(n)
    if len(numbers) > MOST_PHOTOS:
        raise GraphError(100, "(#100) Too many photos")
    return numbers


def shown_attachments(call: Call, post: int) -> list[Answer]:
    """Return the photos of a post as it lists them: several are one album."""
    photos = call.store.rows("SELECT n, alt FROM photos WHERE post = ? ORDER BY position", post)
    shown = [
        {"type": "photo", "target": {"id": str(photo["n"])}, "description": photo["alt"]} for photo in photos
    ]
    return shown if len(shown) < 2 else [{"type": "album", "subattachments": {"data": shown}}]
