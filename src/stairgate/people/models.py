"""The staff register: people, their checks, training and references with their dates, and what a leaver leaves to do.

Rows are added, not overwritten: a new check or course is a new row, and the newest valid one counts. Numbers of
certificates and dates of birth are sealed (`people.sealed`).
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
    work_email = models.EmailField(blank=True)
    birth_date_sealed = models.BinaryField(null=True, blank=True)
    basis = models.CharField(max_length=16, choices=Basis, default=Basis.STAFF)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True, help_text="Their last day")
    line_manager = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="None: whoever manages the setting",
    )

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
    number_sealed = models.BinaryField(null=True, blank=True)
    issued_on = models.DateField()
    seen_on = models.DateField()
    seen_by = models.CharField(max_length=80)
    update_service = models.BooleanField(
        default=False, help_text="They subscribe to the update service, and agree that we look there"
    )
    status_on = models.DateField(null=True, blank=True, help_text="When we last looked there")
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
        PREVENT = "prevent", "Prevent"
        SAFER_RECRUITMENT = "safer_recruitment", "Safer recruitment"
        ALLEGATIONS = "allegations", "Allegations against staff (LADO)"
        FIRST_AID = "first_aid", "Paediatric first aid"
        DATA_PROTECTION = "data_protection", "Data protection"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="training")
    course = models.CharField(max_length=24, choices=Course)
    provider = models.CharField(max_length=120, blank=True)
    level = models.CharField(
        max_length=60, blank=True, help_text="As on the certificate: lead level, level 3"
    )
    completed_on = models.DateField()
    expires_on = models.DateField()

    class Meta:
        ordering = ["-expires_on"]

    def __str__(self) -> str:
        return f"{self.get_course_display()} to {self.expires_on}"


class Reference(models.Model):
    """A reference about a person: from whom, when, and who made sure that it is real."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="references")
    given_by = models.CharField(max_length=160)
    received_on = models.DateField()
    verified_on = models.DateField(null=True, blank=True)
    verified_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-received_on"]

    def __str__(self) -> str:
        return f"Reference, {self.received_on}"


class LeavingTask(models.Model):
    """One thing to do on somebody's last day, ticked by a named person (C25)."""

    class Kind(models.TextChoices):
        ACCESS = "access", "Access to our pages removed, on the network itself"
        DEVICES = "devices", "Devices and keys given back"
        MAILBOX = "mailbox", "Mailbox handed over"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="leaving_tasks")
    kind = models.CharField(max_length=16, choices=Kind)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="leaving_task_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


class Spreadsheet(models.Model):
    """A list of people that was uploaded and looked at, until it is imported, thrown away or too old.

    What it holds is sealed, and goes with it; the digest of the file stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    table_sealed = models.BinaryField(null=True, blank=True)
    imported_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Declaration(models.Model):
    """What somebody declared of themselves on a day. The newest counts; the answers are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="declarations")
    declared_at = models.DateTimeField()
    declared_on = models.DateField()
    answers_sealed = models.BinaryField()
    needs_plan = models.BooleanField(help_text="A connection with a family was declared")
    needs_help = models.BooleanField(help_text="Somebody is to speak with them")
    helped_at = models.DateTimeField(null=True, blank=True)
    helped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-declared_at"]

    def __str__(self) -> str:
        return f"Declaration, {self.declared_on}"


class FamilyPlan(models.Model):
    """How a connection with a family is handled: written by a manager or the lead, agreed by the person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="plans")
    words_sealed = models.BinaryField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-written_at"]

    def __str__(self) -> str:
        return f"Plan, {self.written_at:%Y-%m-%d}"
