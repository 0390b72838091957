"""Settings (nurseries, schools, clubs), the people who sign in, and the roles they hold."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.functional import cached_property
from django.utils.timezone import now

from stairgate.organisations.rules import Duty, Held, Role, duties_of, in_force
from stairgate.organisations.working_days import Nation, end_of_working_day


class UserManager(BaseUserManager["User"]):
    """Makes users; e-mail addresses are stored in lower case, so that one address is one person."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new saved user. Without a password nobody can sign in by password."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who can sign in. What they may do hangs on their membership, never on the user."""

    class Look(models.TextChoices):
        AUTO = "auto", "Same as this device"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)
    look = models.CharField(max_length=8, choices=Look, default=Look.AUTO)
    created_at = models.DateTimeField(default=now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name"]

    def __str__(self) -> str:
        return self.first_name

    def get_full_name(self) -> str:
        """Return the first name: the product shows no surnames."""
        return self.first_name

    def get_short_name(self) -> str:
        return self.first_name


class Organisation(models.Model):
    """A setting: one nursery, school or club."""

    class Kind(models.TextChoices):
        NURSERY = "nursery", "Nursery or pre-school"
        SCHOOL = "school", "School"
        CLUB = "club", "Club"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.NURSERY)
    timezone = models.CharField(max_length=64, default="Europe/London")
    nation = models.CharField(
        max_length=3, choices=Nation, default=Nation.ENGLAND, help_text="Whose bank holidays it keeps"
    )
    office_phone = models.CharField(max_length=32, blank=True)
    office_email = models.EmailField(blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now, editable=False)
    rota_until = models.DateField(
        null=True,
        help_text="The last day for which the rota has somebody to look at our pages. None: no rota",
    )
    rota_at = models.DateTimeField(null=True, help_text="When that was worked out")

    def __str__(self) -> str:
        return self.name

    def local(self, moment: datetime) -> datetime:
        """Return the moment on the setting's own clock."""
        return moment.astimezone(ZoneInfo(self.timezone))

    def day(self, moment: datetime) -> date:
        """Return the setting's own calendar day at that moment."""
        return self.local(moment).date()

    def end_of_working_day(self, moment: datetime, count: int) -> datetime:
        """Return when the ``count``-th of its working days after a moment is over."""
        zone = ZoneInfo(self.timezone)
        return end_of_working_day(moment, count, nation=Nation(self.nation), zone=zone)


class Group(models.Model):
    """A room or group of children, by name ("Acorns"). Screening needs the names; nothing else is kept."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="group_once")]

    def __str__(self) -> str:
        return self.name


class ChildName(models.Model):
    """A child's first name as a keyed hash: enough to notice it in a text, useless to read it back."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="child_names")
    digest = models.BinaryField(max_length=32)
    added_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "digest"], name="child_name_once")]

    def __str__(self) -> str:
        return "a child's name"


class Membership(models.Model):
    """A person's place in one setting, from a day to a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    job_title = models.CharField(max_length=120)
    phone = models.CharField(max_length=32, blank=True, help_text="The number they answer for safeguarding")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user.first_name}, {self.job_title}"

    @property
    def first_name(self) -> str:
        return self.user.first_name

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """Every role they hold or held; `access.membership_of` brings them along."""
        return tuple(Held(row.role, row.starts_on, row.ends_on) for row in self.roles.all())

    def roles_on(self, day: date) -> frozenset[str]:
        """Return the roles held that day; none once the membership or the sign-in has ended."""
        if not self.user.is_active or not in_force(self.started_on, self.ended_on, day):
            return frozenset()
        return frozenset(held.role for held in self.held if in_force(held.starts_on, held.ends_on, day))

    def duties_on(self, day: date) -> frozenset[Duty]:
        """Return the duties of the roles held that day. The register may still say no: see `people`."""
        return duties_of(self.roles_on(day))


class RoleHeld(models.Model):
    """One role, held from a day to a day. Ended, never deleted (C12)."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=24, choices=Role)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "role"], condition=models.Q(ends_on__isnull=True), name="role_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class Invitation(models.Model):
    """A link with which a person signs in for the first time: good once, until it runs out. Its secret is not kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="invitations")
    token_digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    void_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["membership"],
                condition=models.Q(used_at__isnull=True, void_at__isnull=True),
                name="invitation_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"An invitation for {self.membership.first_name}"


class ScreeningWord(models.Model):
    """A word or phrase that the setting looks for besides our rules, or in which some findings are no matter.

    Never changed: it is ended, with a reason, and what it said stays on record (C31).
    """

    class Kind(models.TextChoices):
        HOLD = "hold", "Hold it"
        LOOK = "look", "Somebody should look"
        EXCEPTION = "exception", "Leave it alone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="screening_words")
    kind = models.CharField(max_length=9, choices=Kind)
    words = models.CharField(max_length=80)
    folded = models.TextField(help_text="The words as they are compared: none stands twice")
    why = models.CharField(max_length=200)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["folded", "added_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "folded"],
                condition=models.Q(ended_at__isnull=True),
                name="screening_word_once",
            )
        ]

    def __str__(self) -> str:
        return self.words
