"""What the public wrote, every version of it that was ever seen, and what was decided and done about it. Models of
rooms within this one are beside their deeds."""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.channels.models import Channel
from stairgate.clauses import control
from stairgate.monitoring.alike.models import Likeness
from stairgate.monitoring.checking.models import CheckAnswer, PageCheck, RotaAway, RotaPlace, SampleLook
from stairgate.monitoring.complaints.models import Complaint
from stairgate.monitoring.families.models import FamilyAsk
from stairgate.monitoring.handling.models import Handling, Note
from stairgate.monitoring.looks.models import LookAgain
from stairgate.monitoring.rules import version
from stairgate.monitoring.serious.models import Serious, SeriousStep
from stairgate.organisations.models import Organisation, User
from stairgate.publishing.models import Post

__all__ = [
    "Action",
    "CheckAnswer",
    "Complaint",
    "Decision",
    "FamilyAsk",
    "Handling",
    "Item",
    "Likeness",
    "LookAgain",
    "Note",
    "PageCheck",
    "Receipt",
    "RotaAway",
    "RotaPlace",
    "SampleLook",
    "Serious",
    "SeriousStep",
    "Sighting",
    "Sweep",
    "Walk",
]


@control(
    "C74",
    "Of who writes to us is kept what their network shows to all: no address and no number, and no export",
)
class Item(models.Model):
    """One thing a member of the public wrote. Kept when it goes away on the network (C40)."""

    #: how many letters of it a row of a list shows
    ROW = 120

    class State(models.TextChoices):
        OPEN = "open", "Needs somebody"
        DECIDED = "decided", "Decided"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="items")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="items")
    external_id = models.CharField(max_length=300)
    kind = models.CharField(max_length=16)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="items")
    parent_id = models.CharField(max_length=300, blank=True)
    thread_id = models.CharField(
        max_length=300, blank=True, help_text="The network's id of the post above it"
    )
    author_id = models.CharField(max_length=200, blank=True)
    author_name = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    permalink = models.URLField(max_length=500, blank=True)
    has_picture = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    first_seen_at = models.DateTimeField()
    risk = models.PositiveSmallIntegerField(
        default=0, help_text="Gravest finding; 5 when it could not be read"
    )
    screening = models.JSONField(default=dict)
    under_18 = models.BooleanField(
        default=False, help_text="A version of it says that its writer is under 18: never taken back (C59)"
    )
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    is_hidden = models.BooleanField(default=False)
    gone_at = models.DateTimeField(null=True, blank=True, help_text="When the network no longer had it")

    class Meta:
        ordering = ["-risk", "written_at"]
        constraints = [models.UniqueConstraint(fields=["channel", "external_id"], name="item_once")]
        indexes = [
            models.Index(fields=["organisation", "state", "-risk", "written_at"]),
            models.Index(fields=["organisation", "-first_seen_at"]),
            models.Index(fields=["channel", "thread_id"]),
            models.Index(fields=["channel", "author_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.author_name}: {self.text[:40]}"

    @property
    def version(self) -> str:
        """The name of the version a person has before them."""
        decided = self.state == Item.State.DECIDED
        return version(self.text, has_picture=self.has_picture, decided=decided)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was found and its row shows all of it: whoever read the list has read it."""
        return self.risk == 0 and not self.has_picture and len(self.text) <= self.ROW


class Sighting(models.Model):
    """The words and metadata as they were at one moment. Written once, never changed (C40)."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="sightings")
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    raw = models.JSONField(default=dict)
    is_hidden = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"seen {self.at:%Y-%m-%d %H:%M}"


class Decision(models.Model):
    """What a person decided, and why. Added, never changed."""

    class Kind(models.TextChoices):
        NO_ACTION = "no_action", "No action needed"
        HIDE = "hide", "Keep it hidden"
        SHOW = "show", "Show it again"
        FAMILY = "family", "Ask the family to remove it"
        DELETE = "delete", "Delete it"
        BAN = "ban", "Ban the account, and hide it where that can be done"
        REPORT = "report", "Report it to the network"
        REPLY = "reply", "Reply as the team"

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=12, choices=Kind)
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.get_kind_display()


class Action(models.Model):
    """Something to do on the network. The row is the truth: who acts takes its lease (law 2 of the house)."""

    class Kind(models.TextChoices):
        HIDE = "hide", "Hide"
        SHOW = "show", "Show again"
        DELETE = "delete", "Delete"
        BLOCK = "block", "Ban"
        REPORT = "report", "Report"

    #: what is about the account or the network, and not about whether the item is to be seen
    BESIDE = (Kind.BLOCK, Kind.REPORT)

    class State(models.TextChoices):
        WAITING = "waiting", "On its way"
        DONE = "done", "Done"
        NEEDS_PERSON = "needs_person", "Do this by hand"
        CANCELLED = "cancelled", "Overtaken by a later decision"

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="actions")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, related_name="actions", help_text="None: automatic"
    )
    reason = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"


class Sweep(models.Model):
    """How far reading an account has got. An old or failed reading is never "nothing to moderate"."""

    channel = models.OneToOneField(Channel, on_delete=models.PROTECT, related_name="sweep")
    due_at = models.DateTimeField()
    cursor = models.TextField(blank=True)
    rung_posts = models.JSONField(default=list, help_text="Posts the doorbell rang for")
    rung_at = models.DateTimeField(null=True, blank=True)
    complete_at = models.DateTimeField(null=True, blank=True, help_text="When everything was last read")
    not_before = models.DateTimeField(
        null=True, blank=True, help_text="Until when the network asked us to wait"
    )
    failures = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    subscribed_url = models.URLField(max_length=500, blank=True, help_text="Where the network rings")
    subscribed_at = models.DateTimeField(null=True, blank=True, help_text="When it agreed to ring there")
    subscribe_at = models.DateTimeField(null=True, blank=True, help_text="When to ask it again to ring")
    heard_at = models.DateTimeField(null=True, blank=True, help_text="When it last rang, signed")
    newest_at = models.DateTimeField(null=True, blank=True, help_text="When the newest we know was written")
    bad_signatures = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"reading of {self.channel_id}"


class Walk(models.Model):
    """How far going through everything older on an account has got, step by step.

    A reading takes in what is recent. Comments under older posts ring, and a doorbell can be broken, or rung while
    we were away for a week: so once an hour whatever changed since the last time is gone through.
    """

    channel = models.OneToOneField(Channel, on_delete=models.PROTECT, related_name="walk")
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(help_text="When the account was first met")
    cursor = models.TextField(blank=True, help_text="The network's own word for the next step")
    began_at = models.DateTimeField(null=True, blank=True, help_text="When the one under way began")
    through_at = models.DateTimeField(
        null=True, blank=True, help_text="All that was written before this has been read"
    )
    failures = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"walk through {self.channel_id}"


class Receipt(models.Model):
    """A webhook already heard: networks send the same one again for hours."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="receipts")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "digest"], name="receipt_once")]
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return self.digest[:8]
