"""Who opened which version, how far they read, how they answered; and the questions of each version."""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.organisations.models import User


class Reading(models.Model):
    """One person's reading of one version, from the moment they opened it. Kept when newer versions come."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey("policies.PolicyVersion", on_delete=models.PROTECT, related_name="readings")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="readings")
    text_digest = models.CharField(max_length=64, help_text="Of the words that were opened")
    opened_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True, help_text="When the last part was read")
    passed_at = models.DateTimeField(null=True, blank=True, help_text="When every answer was right")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="opened_once")]

    def __str__(self) -> str:
        return f"A reading of version {self.version.label}"


class PartRead(models.Model):
    """One part that somebody reached the end of. Parts are read in their order."""

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200, blank=True)
    so_far = models.CharField(
        max_length=64, blank=True, help_text="The digest of all that was read with the end of this part"
    )
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["reading", "number", "so_far"], name="part_read_once")]

    def __str__(self) -> str:
        return f"Part {self.number}"


class Questions(models.Model):
    """The questions of one version, taken from its pack once and never changed."""

    version = models.OneToOneField(
        "policies.PolicyVersion", on_delete=models.PROTECT, related_name="questions", primary_key=True
    )
    pack = models.CharField(max_length=80)
    pack_version = models.CharField(max_length=40)
    asked = models.JSONField()
    digest = models.CharField(max_length=64)
    bound_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Questions of version {self.version.label}"


class Attempt(models.Model):
    """One try at the understanding check. Kept, right or wrong."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    asked = models.PositiveIntegerField()
    right = models.PositiveIntegerField()
    wrong = models.JSONField(help_text="The ids of what was answered wrongly")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.right} of {self.asked} right"
