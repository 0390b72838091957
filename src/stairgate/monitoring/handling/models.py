"""Who is on an item and whom it is for, now; and the notes about it, which are added and never changed."""

from __future__ import annotations

from django.db import models

from stairgate.monitoring.handling.rules import Kind
from stairgate.organisations.models import User


class Handling(models.Model):
    """How an item stands among colleagues now. What was before is in its notes and in the ledger."""

    item = models.OneToOneField(
        "monitoring.Item", on_delete=models.PROTECT, primary_key=True, related_name="handling"
    )
    on_it = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    on_it_until = models.DateTimeField(null=True, blank=True)
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    put_off_until = models.DateTimeField(null=True, blank=True)
    put_off_first = models.DateTimeField(null=True, blank=True, help_text="The first time since a decision")
    put_off_why = models.TextField(blank=True)
    put_off_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["put_off_until"])]

    def __str__(self) -> str:
        return f"handling of {self.item_id}"


class Note(models.Model):
    """What a colleague wrote about an item, gave to another, or put off. Added, never changed."""

    item = models.ForeignKey("monitoring.Item", on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=Kind)
    words = models.TextField(blank=True)
    to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.by} {self.get_kind_display()}"
