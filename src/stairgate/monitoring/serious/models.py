"""What somebody stopped at because it looks illegal, and the steps since. Steps are added, never changed."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from stairgate.clauses import control
from stairgate.monitoring.serious.rules import LONGEST_REFERENCE, LONGEST_WORDS, Done, How, Step, To
from stairgate.organisations.models import Organisation, User


@control(
    "C43", "Of what looks illegal only words are kept: there is no place for a picture, and none is asked for"
)
class Serious(models.Model):
    """Something that looks illegal: an item of the inbox, or what somebody saw elsewhere (C43).

    As long as it is not released its item is locked: nobody decides about it in the ordinary way.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="serious")
    item = models.ForeignKey(
        "monitoring.Item", on_delete=models.PROTECT, null=True, blank=True, related_name="serious"
    )
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    finished_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    released = models.BooleanField(
        default=False, help_text="Finished, and reported to nobody: its item is decided in the ordinary way"
    )

    class Meta:
        ordering = ["-started_at", "pk"]
        indexes = [models.Index(fields=["organisation", "finished_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(released=False, item__isnull=False), name="serious_once"
            )
        ]

    def __str__(self) -> str:
        return f"stopped {self.started_at:%Y-%m-%d %H:%M}"


class SeriousStep(models.Model):
    """One step: what, who, when, and a reference number. Never a description of what was to be seen."""

    serious = models.ForeignKey(Serious, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10, choices=Step)
    to = models.CharField(max_length=10, choices=To, blank=True)
    how = models.CharField(max_length=10, choices=How, blank=True)
    reference = models.CharField(max_length=LONGEST_REFERENCE, blank=True)
    words = models.CharField(
        max_length=LONGEST_WORDS, blank=True, help_text="Why not, who was told, who helps"
    )
    address = models.CharField(max_length=500, blank=True)
    account = models.CharField(max_length=LONGEST_WORDS, blank=True)
    seen_when = models.CharField(max_length=LONGEST_WORDS, blank=True)
    seen_by = models.CharField(max_length=LONGEST_WORDS, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.get_step_display()

    @property
    def done(self) -> Done:
        return Done(self.step, self.to, self.how)
