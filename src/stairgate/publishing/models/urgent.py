"""Templates approved ahead for when there is no time, what was sent from them, and the second look after."""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.organisations.models import Organisation, User
from stairgate.policies.models import PolicyVersion
from stairgate.publishing.models.posts import Revision
from stairgate.publishing.slots import Wording, from_json


class UrgentTemplate(models.Model):
    """One thing a setting may have to tell everybody at once. Its words are in its versions."""

    class Kind(models.TextChoices):
        CLOSURE = "closure", "Closed"
        SNOW = "snow", "Snow"
        ILLNESS = "illness", "Illness"
        LATE_COACH = "late_coach", "Late coach"
        OTHER = "other", "Something else"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="urgent_templates")
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True, help_text="When it was taken off the list")

    class Meta:
        ordering = ["made_at"]

    def __str__(self) -> str:
        return f"template {self.id}"


class UrgentVersion(models.Model):
    """One exact version of a template: words, and what each gap in them may take. Written once, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.ForeignKey(UrgentTemplate, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=UrgentTemplate.Kind)
    title = models.CharField(max_length=80)
    text = models.TextField()
    purpose = models.CharField(max_length=160, blank=True)
    slots = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="urgent_version_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def wording(self) -> Wording:
        """All that is approved of it. Raises `ValueError`, `TypeError` or `KeyError` when what is stored is none."""
        return Wording(self.kind, self.title, self.text, self.purpose, from_json(self.slots))


class UrgentApproval(models.Model):
    """A yes ahead, bound to the digest of one version and to the policy. Voided, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(UrgentVersion, on_delete=models.PROTECT, related_name="approvals")
    digest = models.CharField(max_length=64)
    approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed = models.TextField(help_text="What its approver said is so: tone and boundaries (C81)")
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["approved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "approver"],
                condition=models.Q(voided_at__isnull=True),
                name="urgent_approval_once",
            )
        ]

    def __str__(self) -> str:
        return f"approved ahead by {self.approver.first_name}"


class UrgentSending(models.Model):
    """One version of a post was sent from a template, with these values, by its author."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="urgent")
    version = models.ForeignKey(UrgentVersion, on_delete=models.PROTECT, related_name="sendings")
    values = models.JSONField(default=dict, help_text="By gap: a day, a time, a number or a choice")
    approvals = models.ManyToManyField(
        UrgentApproval, related_name="+", help_text="Those it was sent on; the gate asks for those that hold"
    )
    press = models.UUIDField(unique=True, help_text="One press of the button: pressed twice, it is sent once")
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"sent from {self.version_id}"


class SecondLook(models.Model):
    """Somebody else looks at what was sent in a hurry, by the end of the next working day. Done once."""

    class Verdict(models.TextChoices):
        RIGHT = "right", "It was right"
        WRONG = "wrong", "Something is wrong"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="second_looks")
    sending = models.OneToOneField(UrgentSending, on_delete=models.PROTECT, related_name="second_look")
    due_at = models.DateTimeField(help_text="The end of the next working day")
    missed_at = models.DateTimeField(null=True, blank=True, help_text="When it was noticed to be late")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["due_at"]
        indexes = [
            models.Index(
                fields=["organisation", "due_at"],
                condition=models.Q(done_at__isnull=True),
                name="second_look_open",
            )
        ]

    def __str__(self) -> str:
        return f"second look, due {self.due_at}"
