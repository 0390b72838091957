"""A second look that somebody asked for, and what somebody else said."""

from __future__ import annotations

from django.db import models

from stairgate.organisations.models import User


class LookAgain(models.Model):
    """Somebody asks for a second look at a decision. Answered once, by somebody else than whoever decided."""

    decision = models.OneToOneField(
        "monitoring.Decision", on_delete=models.PROTECT, primary_key=True, related_name="look"
    )
    item = models.ForeignKey("monitoring.Item", on_delete=models.PROTECT, related_name="looks")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    was_decided = models.BooleanField(help_text="It had gone out of the inbox when somebody asked")
    words = models.CharField(max_length=64, help_text="The digest of the words that were decided on")
    why = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    agrees = models.BooleanField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["item"], condition=models.Q(answered_at=None), name="look_again_open")
        ]

    def __str__(self) -> str:
        return f"second look asked by {self.asked_by}"
