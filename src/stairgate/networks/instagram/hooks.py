"""Instagram's doorbell: signed like Facebook's, with another story inside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from stairgate.networks.base import Account, WebhookEvent, WebhookNote
from stairgate.networks.facebook.hooks import check_signature

#: of something signed that we do not understand: it says that something changed, and not what
_SOMETHING = WebhookNote(event=WebhookEvent.OTHER, external_id="")


def parse(account: Account, raw: bytes, headers: Mapping[str, str]) -> list[WebhookNote]:
    """Return the notes of a webhook signed with the app's secret over its raw bytes. Raises `BadSignature`."""
    check_signature(account, raw, headers)
    try:
        entries = json.loads(raw)["entry"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return [_SOMETHING]
    rows = entries if isinstance(entries, list) else []
    return [note for row in rows if isinstance(row, dict) for note in _notes(row, account.account_id)]


def _notes(entry: Mapping[str, Any], account_id: str) -> Iterator[WebhookNote]:
    """Yield what one entry tells of our account."""
    if str(entry.get("id")) != account_id:
        return
    changes = entry.get("changes", [])
    for change in changes if isinstance(changes, list) else [None]:
        yield _note(change) if isinstance(change, dict) else _SOMETHING


def _note(change: Mapping[str, Any]) -> WebhookNote:
    """Return what a change tells. Instagram never says whether a comment is new, changed or gone.

    A post is named only when it is ours: one that mentions us is somebody else's, and cannot be read.
    """
    value = change.get("value")
    if not isinstance(value, dict):
        return _SOMETHING
    media = value.get("media")
    post = media.get("id") if isinstance(media, dict) and change.get("field") == "comments" else ""
    return WebhookNote(
        event=WebhookEvent.OTHER,
        external_id=_number(value.get("id") or value.get("comment_id")),
        post_id=_number(post),
        verb=str(change.get("field", ""))[:20],
    )


def _number(value: object) -> str:
    """Return the number of a post or a comment; "" for what is none."""
    return value if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 41 else ""
