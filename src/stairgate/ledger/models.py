"""What is stored: one log for each setting, its entries and its signed checkpoints.

The database itself refuses to change any of it, by triggers (migration 0002): an entry can only be added at
the end, and only ever be blanked for erasure. An organisation is known by its UUID alone: the ledger stands
on the ground floor and refers to nothing above.
"""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from django.db import models

from stairgate.ledger.verifier import VERSION, Frontier, canonical

HASH_BYTES = 32


class Log(models.Model):
    """The record of one setting: how long it is, and the right edge of its tree."""

    organisation_id = models.UUIDField(unique=True)
    origin = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(default=0)
    peaks = models.BinaryField(default=bytes)

    def __str__(self) -> str:
        return self.origin

    @property
    def frontier(self) -> Frontier:
        """The tree of the first `size` entries, ready to append to or to sign."""
        raw = bytes(self.peaks)
        return Frontier(self.size, tuple(raw[i : i + HASH_BYTES] for i in range(0, len(raw), HASH_BYTES)))

    @frontier.setter
    def frontier(self, frontier: Frontier) -> None:
        self.size, self.peaks = frontier.size, b"".join(frontier.peaks)


class Entry(models.Model):
    """One deed. The header fields are in the tree as they stand; the payload only as a salted commitment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="entries")
    index = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=100)
    actor = models.CharField(max_length=100)
    subject = models.CharField(max_length=200)
    at = models.DateTimeField()
    commitment = models.BinaryField(max_length=HASH_BYTES)
    leaf_hash = models.BinaryField(max_length=HASH_BYTES)
    salt = models.BinaryField(max_length=HASH_BYTES, null=True)
    payload = models.TextField(null=True)  # noqa: DJ001 - null is "erased"; an empty text is not canonical

    class Meta:
        ordering = ["log", "index"]
        constraints = [models.UniqueConstraint(fields=["log", "index"], name="ledger_entry_one_each_place")]
        indexes = [
            models.Index(fields=["log", "subject", "index"], name="ledger_entry_by_subject"),
            models.Index(fields=["log", "actor", "index"], name="ledger_entry_by_actor"),
            models.Index(fields=["log", "at"], name="ledger_entry_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.index} {self.kind}"

    @property
    def erased(self) -> bool:
        """Whether the payload was destroyed; who, what kind and when remain."""
        return self.payload is None

    @property
    def body(self) -> dict[str, Any] | None:
        """The payload as values, or None once erased."""
        return None if self.payload is None else json.loads(self.payload)

    def header(self, origin: str) -> bytes:
        """Return the canonical bytes that are hashed into the tree, made from the columns as they are now."""
        return canonical(self.header_fields(origin))

    def header_fields(self, origin: str) -> dict[str, object]:
        """Return the public part of the entry, as it stands in an export."""
        return {
            "actor": self.actor,
            "at": written(self.at),
            "commitment": bytes(self.commitment).hex(),
            "id": str(self.id),
            "index": self.index,
            "kind": self.kind,
            "log": origin,
            "subject": self.subject,
            "v": VERSION,
        }


class Checkpoint(models.Model):
    """A signed statement of size and root, as the C2SP note that outsiders keep."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=HASH_BYTES)
    at = models.DateTimeField()
    note = models.TextField()

    class Meta:
        ordering = ["log", "id"]

    def __str__(self) -> str:
        return f"{self.log_id}: {self.size}"


def written(at: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC to the microsecond, always as wide. Raises ValueError."""
    if at.tzinfo is None:
        raise ValueError("the ledger needs a time with its zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
