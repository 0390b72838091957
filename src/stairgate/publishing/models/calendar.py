"""Words kept to start from, posts that come again, and the calendar on a phone."""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.organisations.models import Membership, Organisation, User
from stairgate.publishing.models.posts import Post
from stairgate.publishing.recurrence import Every


class StandingMessage(models.Model):
    """Words to start a post from, shared by everybody who may write. What comes of it is a draft like any other."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="standing_messages")
    title = models.CharField(max_length=80)
    text = models.TextField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True, help_text="When it was taken off the list")

    class Meta:
        ordering = ["title"]
        indexes = [models.Index(fields=["organisation", "title"], name="standing_by_title")]

    def __str__(self) -> str:
        return self.title


class Recurrence(models.Model):
    """A standing message that makes a draft again and again, ahead of its day. Each still needs approval."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="recurrences")
    message = models.ForeignKey(StandingMessage, on_delete=models.PROTECT, related_name="recurrences")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    every = models.CharField(max_length=8, choices=Every)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    dates = models.JSONField(default=list, help_text="The days, when they were given one by one")
    at = models.TimeField(help_text="On the setting's own clock")
    days_ahead = models.PositiveSmallIntegerField()
    channel_ids = models.JSONField(default=list)
    purpose = models.CharField(max_length=160, blank=True)
    next_on = models.DateField(null=True, blank=True, help_text="The next day; none when it is over")
    due_at = models.DateTimeField(null=True, blank=True, help_text="When its draft is to be made")
    trouble = models.TextField(blank=True, help_text="Why the draft could not be made, for a manager")
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["started_at"]
        indexes = [models.Index(fields=["due_at"], name="recurrence_due")]

    def __str__(self) -> str:
        return f"{self.message}, {self.get_every_display()}"


class Occurrence(models.Model):
    """The one draft a recurrence made for one day."""

    recurrence = models.ForeignKey(Recurrence, on_delete=models.PROTECT, related_name="occurrences")
    on = models.DateField()
    post = models.OneToOneField(Post, on_delete=models.PROTECT, related_name="occurrence")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["recurrence", "on"], name="occurrence_once")]

    def __str__(self) -> str:
        return f"for {self.on}"


class CalendarFeed(models.Model):
    """One person's secret address of the calendar. Only the digest of the secret is kept."""

    membership = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="calendar_feed")
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return "a calendar feed"
