"""Who can reach an account on the network itself, as it was last read or looked at there."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from stairgate.channels.models.accounts import Channel
from stairgate.organisations.models import User


class AccessCheck(models.Model):
    """One time the whole list was read, or somebody went through it there. Kept for ever."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="access_checks")
    at = models.DateTimeField()
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="None: read by Stairgate"
    )
    seen = models.JSONField(default=list, help_text="The name of everybody who was on the list")

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["channel", "-at"])]

    def __str__(self) -> str:
        return f"access list, {self.at:%Y-%m-%d}"


class PlatformPerson(models.Model):
    """Somebody who can reach an account on the network, and which colleague that is, as somebody said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="platform_people")
    external_id = models.CharField(max_length=200, help_text="The network's own; by hand, what we call them")
    name = models.CharField(max_length=200)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    matched_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    matched_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, help_text="When a list was read without them")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="platform_person_once")
        ]

    def __str__(self) -> str:
        return self.name


class AccessFinding(models.Model):
    """Somebody was on the list who should not be. It stays until a person says what was done."""

    class Why(models.TextChoices):
        UNKNOWN = "unknown", "Nobody has said who this is"
        LEFT = "left", "They have left"
        NO_ROLE = "no_role", "They hold no role on our accounts"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(PlatformPerson, on_delete=models.PROTECT, related_name="findings")
    why = models.CharField(max_length=8, choices=Why)
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    done = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-found_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(closed_at__isnull=True), name="access_finding_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person.name}: {self.get_why_display()}"
