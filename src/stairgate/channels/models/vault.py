"""The vault: what opens an account and its mailbox, who looked at it, and the envelopes for when nobody is there."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from stairgate.channels.models.accounts import Channel
from stairgate.organisations.models import Organisation, User


class Credential(models.Model):
    """One thing that lets somebody in to an account or to its mailbox. An older secret is never kept."""

    class Kind(models.TextChoices):
        MAILBOX = "mailbox", "The mailbox"
        ACCOUNT = "account", "The account itself"
        RECOVERY = "recovery", "Recovery codes"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="credentials")
    kind = models.CharField(max_length=16, choices=Kind)
    sign_in = models.CharField(max_length=200, help_text="The name or address it is used with")
    where = models.CharField(max_length=200, blank=True, help_text="Where it is typed")
    secret = models.BinaryField(help_text="Sealed with the vault's own key; empty once it is taken out")
    code_key = models.BinaryField(default=bytes, help_text="What codes are made from, sealed; may be empty")
    put_in_at = models.DateTimeField()
    put_in_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["kind", "sign_in"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "kind", "sign_in"],
                condition=Q(removed_at__isnull=True),
                name="credential_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.sign_in}"

    @property
    def has_codes(self) -> bool:
        """Whether it makes sign-in codes."""
        return bool(self.code_key)


class Envelope(models.Model):
    """A sheet with everything that opens an account, printed and sealed for when none of its holders is there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="envelopes")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="envelopes")
    number = models.PositiveIntegerField(help_text="Stands on the sheet; one for each in a setting")
    kept_where = models.CharField(max_length=200)
    printed_at = models.DateTimeField()
    printed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(null=True, help_text="When a newer one was printed in its place")
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    opened_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="envelope_number_once"),
            models.UniqueConstraint(
                fields=["channel"],
                condition=Q(replaced_at__isnull=True, opened_at__isnull=True),
                name="envelope_sealed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Envelope {self.number}"


class VaultLook(models.Model):
    """One time that somebody saw a secret, or took it along: who, when and why. Kept for ever."""

    class What(models.TextChoices):
        SECRET = "secret", "looked at it"
        CODE = "code", "saw its codes"
        COPIED = "copied", "copied it"
        PRINTED = "printed", "printed it"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="looks")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=8, choices=What)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="Until then it is shown")
    envelope = models.ForeignKey(Envelope, on_delete=models.PROTECT, null=True, related_name="looks")

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["credential", "-at"]),
            models.Index(fields=["user", "-at"]),
        ]

    def __str__(self) -> str:
        return f"{self.user.first_name} {self.get_what_display()}"
