"""The fate of each post on each account, from its first attempt to its end."""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.channels.models import Channel
from stairgate.organisations.models import Organisation, User
from stairgate.publishing.by_hand import LOOKS_THAT_FAILED
from stairgate.publishing.models.posts import Picture, Post, Revision
from stairgate.publishing.states import DeliveryState


class Delivery(models.Model):
    """One approved version on its way to one account. The row is the truth; whoever holds its lease acts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="deliveries")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="deliveries")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="deliveries")
    changes = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="its_changes",
        help_text="What is on the page already, and is to get these words",
    )
    state = models.CharField(max_length=12, choices=DeliveryState, default=DeliveryState.WAITING)
    reason = models.TextField(blank=True)
    send_at = models.DateTimeField(help_text="When it was approved to go out")
    due_at = models.DateTimeField(help_text="When a worker should act next: send, or look")
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=80, blank=True)
    looks_absent = models.PositiveSmallIntegerField(default=0)
    looks_failed = models.PositiveSmallIntegerField(default=0, help_text="Looks that could not tell")
    absent_counts_from = models.DateTimeField(
        null=True, blank=True, help_text="A look that finds nothing before then proves nothing"
    )
    external_id = models.CharField(max_length=300, blank=True)
    permalink = models.URLField(max_length=500, blank=True)
    copies = models.PositiveSmallIntegerField(default=0, help_text="How many times it was found on the page")
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "channel"], condition=~models.Q(state="cancelled"), name="delivery_once"
            )
        ]
        indexes = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["channel", "external_id"]),
            models.Index(fields=["organisation", "-done_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.channel_id}"

    @property
    def edits(self) -> str | None:
        """The network's number of what these words are to replace; None for what is new on the page."""
        return self.changes.external_id if self.changes else None

    @property
    def may_look_by_hand(self) -> bool:
        """Whether a person's own look decides: where only people can, or where the worker tried and never could."""
        return self.channel.by_hand or self.looks_failed >= LOOKS_THAT_FAILED


class Attempt(models.Model):
    """One opening of the gate: written before the network is spoken to, finished after."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    worker = models.CharField(max_length=80)
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="None: Stairgate"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    evidence = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="attempt_once")]

    def __str__(self) -> str:
        return f"attempt {self.number}"


class Look(models.Model):
    """Somebody looked on the page themselves, and says what is there. Kept for ever; it is about one attempt."""

    class Saw(models.TextChoices):
        THERE = "there", "It is there"
        SAME = "same", "It is there, word for word"
        DIFFERENT = "different", "It is different"
        NOT_THERE = "not_there", "It is not there"
        GONE = "gone", "It was taken down there"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="looks")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, null=True, related_name="looks")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    saw = models.CharField(max_length=10, choices=Saw)
    link = models.URLField(max_length=500, blank=True)
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    words = models.TextField(blank=True, help_text="What it says there, where that is not what was approved")

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return self.get_saw_display()


class TakeDown(models.Model):
    """A published post is to come off one account. The row is the truth: who acts takes its lease.

    Asked for again after a person had to do it by hand, it is the same row; the ledger has each asking.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Being taken down"
        UNKNOWN = "unknown", "Not known whether it is gone"
        DONE = "done", "Taken down"
        NEEDS_PERSON = "needs_person", "Take it down by hand"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="take_down")
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    why = models.CharField(max_length=300)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    problem = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="When a worker should act next; past its lease while one acts")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return self.get_state_display()


class ReadBack(models.Model):
    """When what is on the page is next compared with what was approved, and how the last reading went."""

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="read_back")
    due_at = models.DateTimeField(null=True, db_index=True, help_text="None: not read any more")
    read_at = models.DateTimeField(null=True, help_text="When it was last really read")
    failures = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"read back of {self.delivery_id}"


class Difference(models.Model):
    """A finding: what is on the page is not what was approved. Kept as it was seen; closed, never changed."""

    class Kind(models.TextChoices):
        CHANGED = "changed", "Changed on the page"
        GONE = "gone", "Gone from the page"
        HIDDEN = "hidden", "Hidden on the page"
        UNREAD = "unread", "Cannot be read on the page"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="differences")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField(blank=True, help_text="The words that are there")
    pictures = models.PositiveSmallIntegerField(default=0, help_text="How many pictures are there")
    approved_text = models.TextField()
    approved_pictures = models.PositiveSmallIntegerField()
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When it was last seen to be so")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="None: Stairgate"
    )
    closed_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-found_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["delivery"], condition=models.Q(closed_at__isnull=True), name="difference_once"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_over(self) -> bool:
        """Whether a later reading found just what was approved. The public saw something else all the same."""
        read_back = getattr(self.delivery, "read_back", None)
        read_at = read_back.read_at if read_back else None
        return self.kind != self.Kind.UNREAD and read_at is not None and read_at > self.seen_at
