"""What a family was asked to remove, and when somebody looks whether they have."""

from __future__ import annotations

from django.db import models

from stairgate.monitoring.families.rules import LONGEST_WHOM, Way


class FamilyAsk(models.Model):
    """A family was asked to take something down. It comes back to the inbox on its day if it is still there (C40)."""

    decision = models.OneToOneField(
        "monitoring.Decision", on_delete=models.PROTECT, primary_key=True, related_name="family"
    )
    of_whom = models.CharField(max_length=LONGEST_WHOM)
    way = models.CharField(max_length=10, choices=Way)
    look_on = models.DateField()
    due_at = models.DateTimeField(help_text="When that day begins on the setting's own clock")
    looked_at = models.DateTimeField(null=True, blank=True)
    was_gone = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=models.Q(looked_at=None), name="family_ask_due")]

    def __str__(self) -> str:
        return f"asked {self.of_whom}"
