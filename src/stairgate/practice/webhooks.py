"""Telling the subscriber what happened: signed, queued, tried again."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import threading
import time
import urllib.error
import urllib.request
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from stairgate.practice import faults
from stairgate.practice.store import Store

_PAUSES = (1, 2, 5, 15, 60, 300, 900)
_GIVE_UP_AFTER = 36 * 3600
_OVERTAKE_SECONDS = 2.0


def announce(store: Store, value: dict[str, Any]) -> None:
    """Queue one change of the page for the subscriber. It rings for what both the app and the page name."""
    wanted = [store.meta(names).split(",") for names in ("app_rings_for", "page_rings_for")]
    if store.meta("callback_url") and all("feed" in names for names in wanted):
        _queue(store, "page", store.meta("page_id"), "feed", value)


def announce_instagram(store: Store, field: str, value: dict[str, Any]) -> None:
    """Queue one change of the Instagram account. It rings where the app asked for that, once the page lets it in."""
    names = store.meta("instagram_rings_for").split(",")
    if store.meta("instagram_callback_url") and field in names and store.meta("page_rings_for"):
        _queue(store, "instagram", store.meta("instagram_id"), field, value)


def _queue(store: Store, kind_of: str, who: str, field: str, value: dict[str, Any]) -> None:
    now = time.time()
    fault = faults.take(store, "WEBHOOK", f"/{field}", family="webhook")
    kind = fault.kind if fault else ""
    if kind == "webhook_off":
        return
    entry = {"id": who, "time": int(now), "changes": [{"field": field, "value": value}]}
    body = json.dumps({"object": kind_of, "entry": [entry]})
    due = now
    if fault and kind == "webhook_late":
        due += fault.seconds(5)
    if kind == "webhook_out_of_order":
        due += _OVERTAKE_SECONDS
    for _ in range(2 if kind == "webhook_duplicate" else 1):
        sql = "INSERT INTO webhooks (body, due, forged) VALUES (?, ?, ?)"
        store.do(sql, body, due, int(kind == "webhook_bad_signature"))


def signature(secret: str, raw: bytes) -> str:
    """Return the value of X-Hub-Signature-256: HMAC-SHA256 over the raw bytes."""
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def shake_hands(callback: str, verify_token: str) -> bool:
    """Ask the address to echo a challenge, as Meta does before it believes it; True when it did."""
    challenge = token_hex(8)
    query = urlencode({"hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": challenge})
    try:
        with _opener().open(f"{callback}?{query}", timeout=10) as answer:
            echoed: str = answer.read(200).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return False
    return echoed == challenge


class Messenger(threading.Thread):
    """Delivers queued webhooks until told to stop."""

    def __init__(self, store: Store) -> None:
        super().__init__(name="webhooks", daemon=True)
        self._store = store
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()
        self.join(5)

    def run(self) -> None:
        while not self._stopping.wait(0.1):
            now = time.time()
            sql = "SELECT * FROM webhooks WHERE delivered IS NULL AND due <= ? ORDER BY due, id LIMIT 20"
            for row in self._store.rows(sql, now):
                self._deliver(row["id"], row["body"], bool(row["forged"]), row["attempts"])

    def _deliver(self, number: int, body: str, forged: bool, attempts: int) -> None:
        if self._post(body.encode(), forged) or forged:
            self._store.do("UPDATE webhooks SET delivered = ? WHERE id = ?", time.time(), number)
            return
        pause = _PAUSES[min(attempts, len(_PAUSES) - 1)]
        sql = "UPDATE webhooks SET attempts = attempts + 1, due = ? WHERE id = ?"
        self._store.do(sql, time.time() + pause, number)
        self._store.do("DELETE FROM webhooks WHERE id = ? AND attempts * 900 > ?", number, _GIVE_UP_AFTER)

    def _post(self, raw: bytes, forged: bool) -> bool:
        secret = "not the secret" if forged else self._store.meta("app_secret")
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature(secret, raw)}
        kept = "instagram_callback_url" if json.loads(raw)["object"] == "instagram" else "callback_url"
        request = urllib.request.Request(self._store.meta(kept), data=raw, headers=headers)  # noqa: S310
        try:
            with _opener().open(request, timeout=10) as answer:
                return bool(answer.status == 200)
        except (OSError, http.client.HTTPException):
            return False


def _opener() -> urllib.request.OpenerDirector:
    """Straight to the address: a proxy from the environment has no business on this machine's own roads."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))
