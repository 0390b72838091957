"""Adopted versions of the policy, and who signed which. Smallest true form: adopted versions never change."""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.organisations.models import Organisation, User
from stairgate.policies.parameters import Parameters
from stairgate.policies.reading.models import Attempt, PartRead, Questions, Reading

__all__ = ["Attempt", "PartRead", "PolicyVersion", "Questions", "Reading", "Signature"]


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
