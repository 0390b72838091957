"""What came round and was done: self-checks, looks for training, and who has read who the safeguarding lead is."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from stairgate.assurance.rounds.rules import Audience
from stairgate.organisations.models import Organisation, RoleHeld, User
from stairgate.people.models import Person


class SelfCheck(models.Model):
    """What somebody said of themselves on one day: yes, no or help, and not a word more (C46).

    Since it is asked together with the declaration (`people.declaring`) no row is added; those there are stay.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="self_checks")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="self_checks")
    on = models.DateField()
    at = models.DateTimeField()
    answers = models.JSONField()
    wants_talk = models.BooleanField()
    talked_at = models.DateTimeField(null=True, blank=True)
    talked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-on"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user", "on"], name="self_check_once_a_day")
        ]

    def __str__(self) -> str:
        return f"self-check of {self.user.first_name}, {self.on}"


class LookOut(models.Model):
    """Somebody looked what training and guidance there is now, and wrote down what they found, also when it was nothing (C55)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="look_outs")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    term = models.CharField(max_length=7)
    looked_at = models.JSONField(default=list, help_text="Which places")
    found = models.TextField(blank=True, help_text="Empty: nothing new")

    class Meta:
        ordering = ["-on", "-at"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "by", "on"], name="look_out_once_a_day")
        ]

    def __str__(self) -> str:
        return f"look-out, {self.on}"


class Activity(models.Model):
    """Something about using technology safely that children or their parents had: an activity, or something to read (C61)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="activities")
    what = models.CharField(max_length=200)
    audience = models.CharField(max_length=16, choices=Audience)
    on = models.DateField()
    done_by = models.CharField(max_length=80, help_text="Who did it, by first name")
    link = models.CharField(max_length=500, blank=True)
    note = models.TextField(blank=True)
    term = models.CharField(max_length=7)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "-at"]

    def __str__(self) -> str:
        return self.what


class LeadRead(models.Model):
    """Somebody has read who the safeguarding lead is, or was told in person: once for each lead (C52)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="lead_reads")
    held = models.ForeignKey(RoleHeld, on_delete=models.PROTECT, related_name="reads")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="lead_reads")
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lead_reads",
        help_text="Somebody who does not sign in",
    )
    told_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["held", "user"], name="lead_read_once"),
            models.UniqueConstraint(fields=["held", "person"], name="lead_told_once"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, person__isnull=True, told_by__isnull=True)
                | Q(user__isnull=True, person__isnull=False, told_by__isnull=False),
                name="lead_read_or_told",
            ),
        ]

    def __str__(self) -> str:
        return f"read on {self.at:%Y-%m-%d}"
