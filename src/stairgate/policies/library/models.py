"""Our other policies, version by version, who has read which, and each look at a contact. Added, never overwritten."""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.organisations.models import Organisation, User
from stairgate.people.models import Person
from stairgate.policies.library.rules import (
    LONGEST_LINK,
    LONGEST_PLACE,
    LONGEST_TITLE,
    LONGEST_VERSION,
    Kind,
)


class LibraryDocument(models.Model):
    """One version of one document. A new version is a new row, and names the one it replaces."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="library")
    kind = models.CharField(max_length=16, choices=Kind)
    title = models.CharField(max_length=LONGEST_TITLE)
    version = models.CharField(max_length=LONGEST_VERSION)
    adopted_on = models.DateField()
    review_by = models.DateField()
    link = models.CharField(max_length=LONGEST_LINK, blank=True)
    place = models.CharField(max_length=LONGEST_PLACE, blank=True, help_text="Of the printed copy")
    for_everyone = models.BooleanField(help_text="Everybody who works here must know it")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_on = models.DateField(help_text="On the setting's own calendar")
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["recorded_at"]
        indexes = [models.Index(fields=["organisation", "kind"])]

    def __str__(self) -> str:
        return f"{self.title}, {self.version}"


class Receipt(models.Model):
    """Somebody has read exactly this version: they say so, or a manager says so of who does not sign in (C50)."""

    class Means(models.TextChoices):
        LIBRARY = "library", "said so in the library"
        SIGNING = "signing", "confirmed it by name when they signed the policy"
        TOLD = "told", "a manager gave it to them"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(LibraryDocument, on_delete=models.PROTECT, related_name="receipts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="receipts")
    at = models.DateTimeField()
    means = models.CharField(max_length=8, choices=Means)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "person"], name="document_read_once")]

    def __str__(self) -> str:
        return f"{self.person.first_name} read {self.document}"


class ContactCheck(models.Model):
    """Somebody looked at one entry of the list of help, and found it right or changed (C53, C69)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contact_checks")
    entry = models.CharField(max_length=60, help_text="Of the pack's list")
    policy_says = models.CharField(max_length=500, help_text="As the policy had it at that moment")
    contact = models.CharField(max_length=500, help_text="As it is right")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["organisation", "entry", "-at"])]

    def __str__(self) -> str:
        return f"{self.entry}, checked {self.on}"
