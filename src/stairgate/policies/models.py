"""Adopted versions of the policy, and who signed which. Smallest true form: adopted versions never change."""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.organisations.models import Organisation, User
from stairgate.policies.library.models import ContactCheck, LibraryDocument, Receipt
from stairgate.policies.packs.tailoring import Tailoring
from stairgate.policies.parameters import Parameters
from stairgate.policies.reading.models import Attempt, PartRead, Questions, Reading

__all__ = [
    "Attempt",
    "ContactCheck",
    "LibraryDocument",
    "PartRead",
    "PolicyVersion",
    "Questions",
    "Reading",
    "Receipt",
    "Signature",
]


class PolicyVersion(models.Model):
    """One adopted version. The one with the highest number is in force; its words and its numbers never change.

    A *major* version has to be signed anew; a *minor* one, which corrects a detail of the major one before it, only
    informs (decision 0011). `number` counts all of them, for the machine; people read `label`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="policy_versions")
    number = models.PositiveIntegerField()
    major_number = models.PositiveIntegerField()
    minor_number = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=160)
    text = models.TextField()
    text_digest = models.CharField(max_length=64)
    parameters_json = models.JSONField()
    adopted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField()
    #: what it was composed from (`packs.tailoring`), for the next draft; None when it came as a text
    content = models.JSONField(null=True)
    #: when, and on which day of the setting, somebody last looked at the whole of it and kept or adopted it (C105)
    reviewed_at = models.DateTimeField()
    reviewed_on = models.DateField()
    #: the newest row of a safeguarding lead's role at that moment: a later one is a change of lead (C106)
    leads_seen = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="policy_number_once"),
            models.UniqueConstraint(
                fields=["organisation", "major_number", "minor_number"], name="policy_label_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.label}"

    @property
    def is_major(self) -> bool:
        """Whether everybody had to sign it anew."""
        return not self.minor_number

    @property
    def label(self) -> str:
        """The version as people say it: "3", or "3.1" for the first correction of it."""
        return f"{self.major_number}.{self.minor_number}" if self.minor_number else f"{self.major_number}"

    @property
    def parameters(self) -> Parameters:
        """Return the parameters. Raises `parameters.TooLoose` when a stored value is below its floor."""
        return Parameters.from_json(self.parameters_json)


class Draft(models.Model):
    """The next version while somebody writes it. A setting has one at a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="policy_drafts")
    based_on = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, related_name="+")
    content = models.JSONField()
    parameters_json = models.JSONField()
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    adopted_as = models.OneToOneField(
        PolicyVersion, on_delete=models.PROTECT, null=True, related_name="draft"
    )
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(adopted_as__isnull=True, dropped_at__isnull=True),
                name="policy_draft_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"the next version, begun by {self.begun_by.first_name}"

    @property
    def parameters(self) -> Parameters:
        """Return the parameters. Raises `parameters.TooLoose` when a stored value is below its floor."""
        return Parameters.from_json(self.parameters_json)

    @property
    def tailoring(self) -> Tailoring:
        """Return what the setting has made of the pack so far."""
        return Tailoring.from_json(self.content)


class Review(models.Model):
    """Somebody looked at the whole version and kept it as it is. A new major version is a review too, and has no row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="reviews")
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        ordering = ["-reviewed_at"]

    def __str__(self) -> str:
        return f"{self.reviewed_by.first_name} kept version {self.version.label}"


class Trigger(models.Model):
    """Something happened that asks for a look at the policy before the year is over (C106). Noted, never deleted."""

    class Kind(models.TextChoices):
        GUIDANCE = "guidance", "New national guidance"
        INCIDENT = "incident", "A serious incident"
        PLATFORM = "platform", "A change at the network"
        ACCOUNT = "account", "A new account"
        OTHER = "other", "Something else has changed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="policy_triggers")
    kind = models.CharField(max_length=12, choices=Kind)
    note = models.CharField(max_length=300)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["noted_at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.note}"


class Signature(models.Model):
    """A person signed exactly this version. Survives every later version (C107–C111).

    Without a reading it is from before readings were kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="signatures")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="signatures")
    name_typed = models.CharField(max_length=160)
    text_digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    reading = models.OneToOneField(
        Reading, on_delete=models.PROTECT, null=True, blank=True, related_name="signature"
    )
    confirmed = models.JSONField(default=list, help_text="Each line that was ticked, in its exact words")
    proved_at = models.DateTimeField(null=True, blank=True)
    proved_by = models.CharField(max_length=16, blank=True, help_text="How they showed that it is them")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="signed_once")]

    def __str__(self) -> str:
        return f"{self.name_typed} signed version {self.version.label}"
