"""The register of social accounts and their connections."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from stairgate.organisations.models import Organisation, User

#: readings made a moment ago by another process may seem to come from the next one
CLOCK_TOLERANCE = timedelta(minutes=5)


#: what a post may be for on every account, authorised for it or not: the policy asks for such a post each term (C42)
ONLINE_SAFETY = "Online safety"


class Channel(models.Model):
    """One social account of the setting. Only an authorised, live one can be posted to (C04, C89)."""

    class Network(models.TextChoices):
        FACEBOOK = "facebook", "Facebook page"
        INSTAGRAM = "instagram", "Instagram"
        BLUESKY = "bluesky", "Bluesky"
        MASTODON = "mastodon", "Mastodon"
        X = "x", "X"
        ASSISTED = "assisted", "Group or another place, by hand"

    class Status(models.TextChoices):
        AUTHORISED = "authorised", "Authorised, not connected yet"
        LIVE = "live", "Live"
        CLOSED = "closed", "Closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="channels")
    network = models.CharField(max_length=16, choices=Network)
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=16, choices=Status, default=Status.AUTHORISED)
    status_reason = models.CharField(max_length=300, blank=True)
    purposes = models.JSONField(default=list, help_text="What the account is for, as authorised (C03, C95)")
    mailbox = models.EmailField(help_text="The generic mailbox that owns the account (C22)")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    authorised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    authorised_at = models.DateTimeField()
    authorised_until = models.DateField(
        null=True, help_text="The last day it counts (C98). None, from before it was asked: it does not"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    unread_since = models.DateTimeField(
        null=True, help_text="Since when what people write there cannot be read. None: it can"
    )
    checked_at = models.DateTimeField(
        null=True, help_text="When a check that covers it was last signed (C38). None: it never was"
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "network", "name"], name="channel_once"),
            models.CheckConstraint(
                condition=~models.Q(requested_by=models.F("authorised_by")), name="channel_two_people"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def serves(self) -> tuple[str, ...]:
        """What a post there may be for: as authorised, and online safety."""
        known = {purpose.casefold() for purpose in self.purposes}
        more = () if ONLINE_SAFETY.casefold() in known else (ONLINE_SAFETY,)
        return (*self.purposes, *more)

    @property
    def by_hand(self) -> bool:
        """Whether people do and read everything there: Stairgate has no way in."""
        return self.network == self.Network.ASSISTED


class Pause(models.Model):
    """Nothing goes out to one account, or to any of the setting's, until two people open it again. Kept for ever.

    A row of its own, beside the account's status: connecting an account anew does not end a pause.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pauses")
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, null=True, related_name="pauses", help_text="None: every account"
    )
    reason = models.CharField(max_length=300)
    paused_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="None: only the ledger knows"
    )
    paused_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="Who asks to open it again"
    )
    asked_at = models.DateTimeField(null=True)
    asked_why = models.CharField(max_length=300, blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-paused_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel"], condition=models.Q(opened_at__isnull=True), name="pause_once"
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(channel__isnull=True, opened_at__isnull=True),
                name="pause_of_everything_once",
            ),
            models.CheckConstraint(
                condition=models.Q(opened_at__isnull=True)
                | models.Q(asked_by__isnull=False, opened_by__isnull=False)
                & ~models.Q(asked_by=models.F("opened_by")),
                name="pause_opened_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"paused: {self.reason}"


class Connection(models.Model):
    """How Stairgate reaches the account. Secrets are sealed; nothing shows them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.OneToOneField(Channel, on_delete=models.PROTECT, related_name="connection")
    base_url = models.URLField()
    account_id = models.CharField(max_length=200)
    handle = models.CharField(max_length=200, blank=True)
    app_id = models.CharField(max_length=80, blank=True)
    public_url = models.URLField(blank=True)
    token = models.BinaryField()
    app_secret = models.BinaryField(default=bytes)
    verify_token = models.BinaryField(default=bytes)
    connected_at = models.DateTimeField()
    first_at = models.DateTimeField(null=True, help_text="When it was connected for the first time")
    connected_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(
        null=True, blank=True, help_text="When a person last saw it there, where nothing can be asked"
    )
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    portfolio = models.CharField(
        max_length=300, blank=True, help_text="The business portfolio that owns the page (C24)"
    )

    def __str__(self) -> str:
        return f"connection of {self.channel_id}"

    @property
    def met_at(self) -> datetime:
        """When the account was first connected: connecting it anew puts off nothing that is due."""
        return self.first_at or self.connected_at


class HealthReadings(models.QuerySet["HealthReading"]):
    """Readings of connections."""

    def known_at(self, now: datetime) -> HealthReadings:
        """Return those not from the future: one that a wrong clock left there would hide all that come after."""
        return self.filter(at__lte=now + CLOCK_TOLERANCE)


class HealthReading(models.Model):
    """One proof, or failed proof, that the connection works. An old one proves nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="readings")
    at = models.DateTimeField()
    ok = models.BooleanField()
    problems = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    budget_used = models.PositiveSmallIntegerField(null=True, blank=True)
    scopes = models.JSONField(default=list, help_text="What the network lets us do")
    rings = models.BooleanField(
        null=True, help_text="Whether it still rings; None: it has no doorbell, or did not say"
    )
    notes = models.JSONField(default=list, help_text="What is to be mended, and shuts nothing")

    objects = HealthReadings.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["channel", "-at"])]

    def __str__(self) -> str:
        return "working" if self.ok else "not working"
