"""Rows of reminders, and of e-mails to be sent. A row is there before anything is sent."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from stairgate.assurance.reminding.rules import WORDS, Kind, Words, is_urgent
from stairgate.organisations.models import Organisation, User


class Reminder(models.Model):
    """One thing that waits for one person. Closed when it is done, never deleted; when it comes round, a new row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="reminders")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reminders")
    kind = models.CharField(max_length=16, choices=Kind)
    subject = models.CharField(max_length=200)
    about = models.CharField(max_length=64, blank=True)
    says = models.CharField(max_length=240)
    count = models.PositiveIntegerField(default=1)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True, help_text="When an e-mail told of it")
    done_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    snooze_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user", "kind", "subject"],
                condition=Q(done_at__isnull=True),
                name="reminder_open_once",
            )
        ]

    def __str__(self) -> str:
        return self.says

    @property
    def words(self) -> Words:
        return WORDS[Kind(self.kind)]

    @property
    def is_urgent(self) -> bool:
        return is_urgent(self.kind)

    @property
    def href(self) -> str:
        """Return the address of the page on which it is done."""
        return reverse(self.words.page, args=[self.about] if self.about else [])


class Mail(models.Model):
    """One e-mail to one person. ``key`` makes it once: one digest a person and day, one urgent one a matter and day."""

    class Kind(models.TextChoices):
        DIGEST = "digest", "Morning e-mail"
        URGENT = "urgent", "Cannot wait"

    class State(models.TextChoices):
        WAITING = "waiting", "On its way"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "We do not know whether it arrived"
        GIVEN_UP = "given_up", "Not sent"
        DROPPED = "dropped", "Not needed any more"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mails")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mails")
    reminder = models.ForeignKey(
        Reminder, on_delete=models.PROTECT, null=True, blank=True, related_name="mails"
    )
    key = models.CharField(max_length=320, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    made_at = models.DateTimeField()
    give_up_at = models.DateTimeField()
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True, help_text="Counts and links, written when it was last tried")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "pk"]
        indexes = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["organisation", "-made_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"
