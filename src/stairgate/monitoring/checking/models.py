"""The rota of the weekly check, each check with every answer that was given, and the second looks that follow it."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q

from stairgate.monitoring.checking.rules import LONGEST_NOTE, Answer
from stairgate.organisations.models import Organisation, User


class RotaPlace(models.Model):
    """Somebody's place on the rota: the first who is there does the check. A change ends the row and adds another."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="rota")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=Q(ended_at__isnull=True), name="rota_place_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.user_id}"


class RotaAway(models.Model):
    """Somebody of the rota is not there from a day to a day, both counted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="rota_away")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["first_on", "at"]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="away_not_backwards")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.first_on} to {self.last_on}"


class PageCheck(models.Model):
    """One check of all our pages. It begins with its first answer; signed, it is closed for good."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="page_checks")
    since = models.DateTimeField(help_text="What came in from here on is looked at")
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True, help_text="Its last day; later it was late")
    note = models.TextField(blank=True, max_length=LONGEST_NOTE)
    is_nil = models.BooleanField(default=False, help_text="Nothing was found under any heading")
    receipt = models.JSONField(default=dict, help_text="What was signed, whole")
    digest = models.CharField(max_length=64, blank=True)
    entry = models.PositiveBigIntegerField(null=True, help_text="Its place in the record")

    class Meta:
        ordering = ["-begun_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(signed_at__isnull=True), name="check_one_open"
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__gte=F("begun_at"), signed_by__isnull=False, entry__isnull=False),
                name="check_signed_after_it_began",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-signed_at"])]

    def __str__(self) -> str:
        return f"check of {self.begun_at:%Y-%m-%d}"

    @property
    def signed_on(self) -> date:
        """The setting's own day on which it was signed, or began when nobody has signed it."""
        return self.organisation.day(self.signed_at or self.begun_at)

    @property
    def was_late(self) -> bool:
        return self.due_on is not None and self.signed_on > self.due_on


class CheckAnswer(models.Model):
    """What somebody said under one heading. Added, never changed: the newest of a heading counts."""

    page_check = models.ForeignKey(PageCheck, on_delete=models.PROTECT, related_name="answers")
    heading = models.CharField(max_length=40)
    answer = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Answer])
    note = models.TextField(blank=True, max_length=LONGEST_NOTE)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.heading}: {self.answer}"


class SampleLook(models.Model):
    """Something that was judged safe, drawn by chance when a check was signed, for somebody else to look at again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    page_check = models.ForeignKey(PageCheck, on_delete=models.PROTECT, related_name="sample")
    item = models.ForeignKey("monitoring.Item", on_delete=models.PROTECT, related_name="sample_looks")
    due_at = models.DateTimeField()
    looked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    looked_at = models.DateTimeField(null=True)
    agrees = models.BooleanField(null=True)
    note = models.TextField(blank=True, max_length=LONGEST_NOTE)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["page_check", "item"], name="sample_once")]

    def __str__(self) -> str:
        return f"second look at {self.item_id}"
