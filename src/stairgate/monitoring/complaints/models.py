"""A complaint: a record of its own, beside the item that it came with, if it did."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import Q

from stairgate.clauses import control
from stairgate.monitoring.complaints.rules import LONGEST_WHOM, Came, Standing, standing
from stairgate.organisations.models import Organisation, User


@control(
    "C08", "A complaint is a record of its own, so that neither it nor a worry about a child hides the other"
)
class Complaint(models.Model):
    """What somebody complains of, who deals with it, and by when it is answered. Closed once (C08)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="complaints")
    item = models.OneToOneField(
        "monitoring.Item", on_delete=models.PROTECT, null=True, blank=True, related_name="complaint"
    )
    what = models.TextField()
    from_whom = models.CharField(max_length=LONGEST_WHOM, help_text="A first name or a role, never a surname")
    came = models.CharField(max_length=10, choices=Came)
    came_on = models.DateField()
    due_on = models.DateField(help_text="The last day to answer it, by the policy that was in force")
    dealt_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    outcome = models.TextField(blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(
                fields=["organisation", "due_on"], condition=Q(closed_at=None), name="complaint_open"
            ),
            models.Index(fields=["organisation", "-recorded_at"]),
        ]

    def __str__(self) -> str:
        return f"complaint from {self.from_whom}"

    def standing_on(self, day: date) -> Standing:
        return standing(self.due_on, closed=self.closed_at is not None, today=day)
