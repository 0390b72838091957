"""Exceptions that were asked for, and that somebody asks to speak to somebody. Decided once, never deleted."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import Q

from stairgate.assurance.excepting.rules import Facts, Route, State, Temporary, Topic, state
from stairgate.organisations.models import Organisation, RoleHeld, User


class PolicyException(models.Model):
    """What somebody asks to do otherwise than the policy says, why, until when, and who said what to it (C85)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="exceptions")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    topic = models.CharField(max_length=12, choices=Topic)
    what = models.CharField(max_length=300)
    why = models.CharField(max_length=600)
    child = models.BooleanField(
        help_text="It touches the safety of a child: a safeguarding lead says yes too"
    )
    until = models.DateField(help_text="The last day")
    role = models.CharField(
        max_length=24, choices=Temporary, blank=True, help_text="The role it gives, until its last day"
    )
    role_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    role_held = models.OneToOneField(
        RoleHeld, on_delete=models.PROTECT, null=True, blank=True, related_name="exception"
    )
    managing_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    managing_at = models.DateTimeField(null=True, blank=True)
    safeguarding_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    safeguarding_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_why = models.CharField(max_length=300, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "pk"]
        indexes = [models.Index(fields=["organisation", "-asked_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(role="", role_for__isnull=True, role_held__isnull=True)
                | ~Q(role="") & Q(role_for__isnull=False),
                name="exception_role_for_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def facts(self) -> Facts:
        return Facts(
            asked_by=self.asked_by_id,
            child=self.child,
            until=self.until,
            managing_by=self.managing_by_id,
            safeguarding_by=self.safeguarding_by_id,
            declined=self.declined_at is not None,
            ended=self.ended_at is not None,
            role_for=self.role_for_id,
        )

    def state_on(self, day: date) -> State:
        return state(self.facts, day)


class Told(models.Model):
    """Somebody asks to speak to somebody about what happened. What it is is said in person, and not kept here (C86, C87)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="told")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    route = models.CharField(max_length=12, choices=Route)
    not_to = models.ManyToManyField(
        User, related_name="+", help_text="Whom it is about: never told, cannot see it"
    )
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"asked to speak, {self.at:%Y-%m-%d}"
