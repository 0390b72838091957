"""How a network knows a setting, and a person on their way through its dialog."""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.channels.models.accounts import Channel
from stairgate.organisations.models import Organisation, User


class NetworkApp(models.Model):
    """The one app by which a network knows a setting. Its secret is sealed; nothing shows it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="network_apps")
    network = models.CharField(max_length=16, help_text="A value of `Channel.Network`")
    app_id = models.CharField(max_length=80)
    secret = models.BinaryField()
    kept_at = models.DateTimeField()
    kept_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "network"], name="network_app_once")]

    def __str__(self) -> str:
        return self.app_id


class Dialog(models.Model):
    """One walk of a person through a network's dialog: begun, answered there, and a page picked here.

    What they carry between, their own token, is sealed, and is gone when the walk has ended or its time is over.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="dialogs")
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    session = models.CharField(max_length=64, help_text="Digest of the session it was begun in")
    state = models.CharField(
        max_length=64, unique=True, help_text="Digest of what comes back with the answer"
    )
    answered_at = models.DateTimeField(null=True, help_text="When the answer came: it counts once")
    person = models.BinaryField(default=bytes, help_text="The person’s own token, sealed")
    offers = models.JSONField(default=list, help_text="Number, name and problem of each page to pick from")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-begun_at"]

    def __str__(self) -> str:
        return f"dialog for {self.channel_id}"
