"""What somebody confirmed of an account's page before anything could go out to it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from stairgate.channels.models.accounts import Channel
from stairgate.organisations.models import User


class Confirmation(models.Model):
    """One thing that somebody confirmed of the page of an account. Kept for ever; a newer one ends the one before."""

    class Item(models.TextChoices):
        RULES = "rules", "House rules on the page"
        PLAN = "plan", "How the page is looked after"
        REPORT = "report", "How visitors report something"
        HELP = "help", "Help for children"
        OWNER = "owner", "Who owns it, and who gets in"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="confirmations")
    item = models.CharField(max_length=16, choices=Item)
    stands_for = models.CharField(max_length=64, help_text="Digest of what it was about; see `opening.rules`")
    words = models.TextField(help_text="What it was about, as it stood on the sheet")
    seen_where = models.CharField(
        max_length=300, blank=True, help_text="Where it can be seen, or who owns it"
    )
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_why = models.CharField(
        max_length=300, blank=True, help_text="Why it was taken back; empty when a newer one ended it"
    )

    class Meta:
        ordering = ["-confirmed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "item"], condition=Q(ended_at__isnull=True), name="confirmation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_item_display()}, {self.confirmed_at:%Y-%m-%d}"


class Access(models.Model):
    """One person who gets in, as recorded when the owner was confirmed: to the mailbox, or to the page itself."""

    class To(models.TextChoices):
        MAILBOX = "mailbox", "Opens the mailbox"
        PAGE = "page", "Has an access of their own on the network"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    confirmation = models.ForeignKey(Confirmation, on_delete=models.PROTECT, related_name="access")
    to = models.CharField(max_length=8, choices=To)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["confirmation", "to", "user"], name="access_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_to_display()}: {self.user.first_name}"
