"""The staff register, in its smallest true form: people, checks and training with their dates.

Rows are added, not overwritten: a new check or course is a new row, and the newest valid one counts.
"""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.organisations.models import Organisation, User


class Person(models.Model):
    """Someone who works in the setting: staff, volunteer, student or committee member."""

    class Basis(models.TextChoices):
        STAFF = "staff", "Staff"
        VOLUNTEER = "volunteer", "Volunteer"
        STUDENT = "student", "Student"
        COMMITTEE = "committee", "Committee member"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, blank=True, related_name="person")
    first_name = models.CharField(max_length=80)
    full_name = models.CharField(
        max_length=160, help_text="As on the register; a typed signature must match it"
    )
    job_title = models.CharField(max_length=120)
    basis = models.CharField(max_length=16, choices=Basis, default=Basis.STAFF)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "first_name"])]

    def __str__(self) -> str:
        return f"{self.first_name}, {self.job_title}"


class Check(models.Model):
    """A criminal record check that was seen. The certificate itself is never kept (reference.md §1.7)."""

    class Level(models.TextChoices):
        BASIC = "basic", "Basic"
        STANDARD = "standard", "Standard"
        ENHANCED = "enhanced", "Enhanced"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="checks")
    level = models.CharField(max_length=16, choices=Level)
    barred_list = models.BooleanField(help_text="The children's barred list was checked too")
    issued_on = models.DateField()
    seen_on = models.DateField()
    seen_by = models.CharField(max_length=80)
    review_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-issued_on"]

    def __str__(self) -> str:
        return f"{self.get_level_display()} check, {self.issued_on}"


class Training(models.Model):
    """A finished course with its expiry."""

    class Course(models.TextChoices):
        SAFEGUARDING = "safeguarding", "Child protection"
        ONLINE_SAFETY = "online_safety", "Online safety"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="training")
    course = models.CharField(max_length=24, choices=Course)
    provider = models.CharField(max_length=120, blank=True)
    completed_on = models.DateField()
    expires_on = models.DateField()

    class Meta:
        ordering = ["-expires_on"]

    def __str__(self) -> str:
        return f"{self.get_course_display()} to {self.expires_on}"
