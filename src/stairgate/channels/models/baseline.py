"""What was seen of the settings of an account's page, what may be weaker for a while, and the sheets that were signed."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from stairgate.channels.models.accounts import Channel
from stairgate.organisations.models import Organisation, User

_NOW = Q(ended_at__isnull=True)


class SettingsPicture(models.Model):
    """A picture of a settings screen: decoded and encoded afresh, so that nothing hidden in the file came along."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="settings_pictures")
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=32)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"settings screen, {self.added_at:%Y-%m-%d}"


class SettingsReading(models.Model):
    """One asking of the network for the settings, or one that failed. Kept for ever."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="settings_readings")
    at = models.DateTimeField()
    ok = models.BooleanField()
    problem = models.CharField(max_length=300, blank=True)
    told = models.JSONField(default=list, help_text="The keys of the settings that the network told us of")

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["channel", "-at"])]

    def __str__(self) -> str:
        return "read" if self.ok else "not read"


class SettingAnswer(models.Model):
    """What one setting was found at: told by the network, or seen by a person. Kept for ever; another ends it.

    Only the time of the newest look moves, as long as nothing else is found.
    """

    class Answer(models.TextChoices):
        WANTED = "wanted", "As it should be"
        OTHER = "other", "Something else"
        NOT_OFFERED = "none", "The network does not offer it"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="setting_answers")
    line = models.CharField(max_length=40)
    stands_for = models.CharField(max_length=64, help_text="Digest of what was asked; see `baseline.lines`")
    answer = models.CharField(max_length=8, choices=Answer)
    found = models.CharField(max_length=200)
    since = models.DateTimeField()
    looked_at = models.DateTimeField()
    looked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="None: the network told us"
    )
    picture = models.ForeignKey(SettingsPicture, on_delete=models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(
        null=True, help_text="When the network was asked to put it back, and it did not change"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "line"], condition=_NOW, name="setting_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.found}"


class WeakerSetting(models.Model):
    """Leave for one setting to stay at one weaker answer, until a day, with the service manager's reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="weaker_settings")
    line = models.CharField(max_length=40)
    found = models.CharField(max_length=200, help_text="The answer it counts for, and no other")
    reason = models.CharField(max_length=300)
    until = models.DateField(help_text="The last day on which it counts")
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "line"], condition=_NOW, name="weaker_setting_once")
        ]

    def __str__(self) -> str:
        return f"{self.line} may be {self.found} until {self.until}"


class SettingsSheet(models.Model):
    """The settings of a page as somebody went through them and signed. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="settings_sheets")
    version = models.CharField(max_length=20, help_text="Of the list of settings")
    lines = models.JSONField(help_text="Each setting with what was agreed and what was found")
    digest = models.CharField(max_length=64, help_text="Of the lines")
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["-signed_at"]
        indexes = [models.Index(fields=["channel", "-signed_at"])]

    def __str__(self) -> str:
        return f"settings sheet, {self.signed_at:%Y-%m-%d}"


class SheetReach(models.Model):
    """Somebody who held a role on our accounts when a sheet was signed: when that changes, a new sheet is asked for."""

    sheet = models.ForeignKey(SettingsSheet, on_delete=models.PROTECT, related_name="reach")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "user"], name="sheet_reach_once")]

    def __str__(self) -> str:
        return self.user.first_name


class BlockedWords(models.Model):
    """One version of the words that the pages of a setting are to hide. Never changed: another list is another version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="blocked_words")
    number = models.PositiveIntegerField()
    words = models.JSONField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="blocked_words_once")]

    def __str__(self) -> str:
        return f"list {self.number}, {len(self.words)} words"
