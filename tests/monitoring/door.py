"""Stairgate's own door, where a network rings, and what the tests of the doorbell bring to it."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from django.test import Client
from django.utils import timezone

from stairgate.monitoring.models import Sweep
from tests.cast import Cast
from tests.practice.fixtures import Practice
from tests.practice.listener import Listener, Ring


def sign(secret: str, raw: bytes) -> str:
    """Return the header that Facebook would send with these bytes."""
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


class Door:
    """Where it rings. Every knock is an HTTP request."""

    def __init__(self, cast: Cast, practice: Practice, client: Client) -> None:
        self.address = f"/hooks/facebook/{cast.channel.pk}/"
        self._secret = practice.given["app_secret"]
        self._client = client

    def carry(self, ring: Ring) -> Any:
        """Deliver exactly what the practice network sent."""
        return self.ring(ring.raw, ring.headers["X-Hub-Signature-256"])

    def ring(self, raw: bytes, signature: str = "", to: str = "", **more: Any) -> Any:
        headers = {"X-Hub-Signature-256": signature} if signature else {}
        return self._client.post(
            to or self.address, raw, content_type="application/json", headers=headers, **more
        )

    def signed(self, raw: bytes) -> Any:
        return self.ring(raw, sign(self._secret, raw))

    def get(self, to: str = "", **query: str) -> Any:
        return self._client.get(to or self.address, {f"hub.{key}": value for key, value in query.items()})


def change(**value: object) -> dict[str, object]:
    return {"field": "feed", "value": {"item": "comment", **value}}


def batch(page: str, *changes: object) -> bytes:
    """Return one message with many changes, as Facebook makes them when much happens."""
    return json.dumps({"object": "page", "entry": [{"id": page, "time": 1, "changes": changes}]}).encode()


def note(page: str, **value: object) -> bytes:
    return batch(page, change(**value))


def due() -> bool:
    return Sweep.objects.get().due_at <= timezone.now()


def rings(listener: Listener, count: int) -> list[Ring]:
    return listener.wait(lambda heard: len(heard) >= count)
