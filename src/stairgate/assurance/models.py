"""What each clause was worth, from when on: written by the worker; added, never changed. Models of rooms within this
one are beside their deeds."""

from __future__ import annotations

from django.db import models

from stairgate.assurance.excepting.models import PolicyException, Told
from stairgate.assurance.reminding.models import Mail, Reminder
from stairgate.assurance.rounds.models import Activity, LeadRead, LookOut, SelfCheck
from stairgate.channels.models import Channel
from stairgate.organisations.models import Organisation

__all__ = [
    "AccountChange",
    "Activity",
    "ClauseChange",
    "LeadRead",
    "LookOut",
    "Mail",
    "PolicyException",
    "Reminder",
    "SelfCheck",
    "Told",
    "Watch",
    "WatchedDay",
]


class Watch(models.Model):
    """What the worker saw when it last looked through a setting's clauses. One row for each setting."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, primary_key=True, related_name="watch"
    )
    at = models.DateTimeField()
    worths = models.JSONField(default=dict, help_text="By clause")
    accounts = models.JSONField(default=dict, help_text="By account, then by clause")

    def __str__(self) -> str:
        return f"seen {self.at:%Y-%m-%d %H:%M}"


class WatchedDay(models.Model):
    """A day on which the worker looked: without one, nobody can say what a clause was worth that day."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="watched_days")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="watched_day_once")]

    def __str__(self) -> str:
        return f"{self.day}"


class ClauseChange(models.Model):
    """From this moment on a clause was worth something else. ``why`` tells no names."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="clause_changes")
    clause = models.CharField(max_length=4)
    worth = models.CharField(max_length=8)
    why = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "clause", "at"], name="clause_change_once")
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.worth}"


class AccountChange(models.Model):
    """From this moment on a clause was worth something else for one account. ``why`` tells no names."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="clause_changes")
    clause = models.CharField(max_length=4)
    worth = models.CharField(max_length=8)
    why = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "clause"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "clause", "at"], name="account_change_once")
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.worth}"
