"""Facebook's doorbell: the handshake, and signed notes of what changed."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from stairgate.networks.base import Account, BadSignature, WebhookEvent, WebhookNote

_EVENTS = {
    "add": WebhookEvent.ADDED,
    "edited": WebhookEvent.EDITED,
    "edit": WebhookEvent.EDITED,
    "remove": WebhookEvent.REMOVED,
    "delete": WebhookEvent.REMOVED,
    "hide": WebhookEvent.HIDDEN,
    "unhide": WebhookEvent.HIDDEN,
}
#: what rings without a word that somebody could read
_WORDLESS = ("reaction", "like")
#: of something signed that we do not understand: it says that something changed, and not what
_SOMETHING = WebhookNote(event=WebhookEvent.OTHER, external_id="")
_NUMBER = re.compile(r"[0-9]{1,40}_[0-9]{1,40}")


def handshake(account: Account, query: Mapping[str, str]) -> str | None:
    """Return the challenge when the verify token is ours; None when it is not."""
    token = str.__str__(account.verify_token)
    given = query.get("hub.verify_token", "")
    ours = bool(token) and hmac.compare_digest(token.encode(), given.encode(errors="replace"))
    return query.get("hub.challenge", "") if ours and query.get("hub.mode") == "subscribe" else None


def parse(account: Account, raw: bytes, headers: Mapping[str, str]) -> list[WebhookNote]:
    """Return the notes of a webhook signed with the app's secret over its raw bytes. Raises `BadSignature`.

    One odd change among a thousand costs none of the others: whatever is signed and not understood is a note
    that something changed.
    """
    check_signature(account, raw, headers)
    try:
        entries = json.loads(raw)["entry"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return [_SOMETHING]
    if not isinstance(entries, list):
        return [_SOMETHING]
    return [note for entry in entries for note in _notes(entry, account.account_id)]


def check_signature(account: Account, raw: bytes, headers: Mapping[str, str]) -> None:
    """Raise `BadSignature` unless a webhook is signed with the app's secret over its raw bytes."""
    secret = str.__str__(account.app_secret)
    given = next((v for k, v in headers.items() if k.lower() == "x-hub-signature-256"), "")
    wanted = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    if not secret or not hmac.compare_digest(wanted.encode(), given.encode(errors="replace")):
        raise BadSignature("not signed by Facebook")


def _notes(entry: object, page: str) -> Iterator[WebhookNote]:
    """Yield what one entry tells of our page."""
    if not isinstance(entry, dict):
        yield _SOMETHING
        return
    if str(entry.get("id")) != page:
        return
    changes = entry.get("changes", [])
    for change in changes if isinstance(changes, list) else [None]:
        value = change.get("value") if isinstance(change, dict) else None
        if not isinstance(value, dict):
            yield _SOMETHING
        elif value.get("item") not in _WORDLESS:
            yield _note(value, page)


def _note(value: Mapping[str, Any], page: str) -> WebhookNote:
    """Return what a change tells. A post is named only when it is our page's: others' cannot be read."""
    verb, post = value.get("verb"), _number(value.get("post_id"))
    return WebhookNote(
        event=_EVENTS.get(verb, WebhookEvent.OTHER) if isinstance(verb, str) else WebhookEvent.OTHER,
        external_id=_number(value.get("comment_id")) or post,
        post_id=post if post.startswith(f"{page}_") else "",
        verb=verb[:20] if isinstance(verb, str) else "",
    )


def _number(value: object) -> str:
    """Return the number of a post or a comment; "" for what is none."""
    return value if isinstance(value, str) and _NUMBER.fullmatch(value) else ""
