"""Facebook's doorbell: the handshake, and signed notes of what changed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
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


def handshake(account: Account, query: Mapping[str, str]) -> str | None:
    """Return the challenge when the verify token is ours; None when it is not."""
    token = str.__str__(account.verify_token)
    given = query.get("hub.verify_token", "")
    ours = bool(token) and hmac.compare_digest(token.encode(), given.encode())
    return query.get("hub.challenge", "") if ours and query.get("hub.mode") == "subscribe" else None


def parse(account: Account, raw: bytes, headers: Mapping[str, str]) -> list[WebhookNote]:
    """Return the notes of a webhook signed with the app's secret over its raw bytes. Raises `BadSignature`."""
    check_signature(account, raw, headers)
    try:
        body = json.loads(raw)
        entries = [entry for entry in body["entry"] if str(entry["id"]) == account.account_id]
        return [_note(change["value"]) for entry in entries for change in entry.get("changes", [])]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadSignature("signed, but not readable") from None


def check_signature(account: Account, raw: bytes, headers: Mapping[str, str]) -> None:
    """Raise `BadSignature` unless a webhook is signed with the app's secret over its raw bytes."""
    secret = str.__str__(account.app_secret)
    given = next((v for k, v in headers.items() if k.lower() == "x-hub-signature-256"), "")
    wanted = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    if not secret or not hmac.compare_digest(wanted.encode(), given.encode()):
        raise BadSignature("not signed by Facebook")


def _note(value: Mapping[str, Any]) -> WebhookNote:
    verb = str(value.get("verb", ""))
    thing = str(value.get("comment_id") or value.get("post_id") or "")
    event = _EVENTS.get(verb, WebhookEvent.OTHER)
    return WebhookNote(event=event, external_id=thing, post_id=str(value.get("post_id", "")), verb=verb)
