"""Posts, their revisions and pictures, approvals, and the fate of each delivery.

No workflow lives here: `services`, `gate` and `delivery` move states, by the tables in `states`.
"""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.channels.models import Channel
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.policies.models import PolicyVersion
from stairgate.publishing.recurrence import Every
from stairgate.publishing.states import DeliveryState, PostState


class Post(models.Model):
    """Something on its way to the public: a post, or a reply as the team."""

    class Kind(models.TextChoices):
        POST = "post", "Post"
        REPLY = "reply", "Reply"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.POST)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    state = models.CharField(max_length=16, choices=PostState, default=PostState.DRAFT)
    state_reason = models.TextField(blank=True, help_text="Why it is in this state, for a manager")
    title = models.CharField(max_length=120, blank=True, help_text="First words, for lists")
    reply_to = models.CharField(
        max_length=300, blank=True, help_text="The network's id of the comment answered"
    )
    only_signpost = models.BooleanField(
        default=False, help_text="It answers somebody who seems to be under 18: only the fixed words (C59)"
    )
    reply_item = models.UUIDField(null=True, blank=True, help_text="The inbox item answered")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["-updated_at"]
        indexes = [
            models.Index(fields=["organisation", "state", "-updated_at"]),
            models.Index(fields=["organisation", "-updated_at"]),
            models.Index(fields=["reply_item"]),
        ]

    def __str__(self) -> str:
        return self.title or "A post without words yet"


class Picture(models.Model):
    """A picture taken in: decoded and encoded afresh, so that nothing hidden in the file came along."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pictures")
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=32)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"picture {self.width}×{self.height}"


class Revision(models.Model):
    """One exact version of a post. Written once, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    channel_ids = models.JSONField(default=list)
    purpose = models.CharField(max_length=160, blank=True)
    send_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    screening = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="revision_once")]
        indexes = [
            models.Index(
                fields=["send_at"], condition=models.Q(send_at__isnull=False), name="revision_send_at"
            )
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class RevisionPicture(models.Model):
    """A picture in one revision, with its alt text and the author's answer to who can be seen."""

    class Shows(models.TextChoices):
        UNANSWERED = "", "Not answered yet"
        NOBODY = "nobody", "No people"
        NOT_RECOGNISABLE = "not_recognisable", "People, but nobody could be recognised"
        ADULTS = "adults", "Only adults, and each of them said yes"
        CHILDREN = "children", "A child who could be recognised"

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="pictures")
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="uses")
    position = models.PositiveSmallIntegerField()
    alt = models.CharField(max_length=1000, blank=True)
    shows = models.CharField(max_length=20, choices=Shows, default=Shows.UNANSWERED, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["revision", "position"], name="picture_place_once")]

    def __str__(self) -> str:
        return self.alt or "picture without words"


class Answer(models.Model):
    """The author kept something screening pointed at, and said why. The approver reads it."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="answers")
    finding_key = models.CharField(max_length=120)
    words = models.CharField(max_length=300)
    reason = models.TextField()
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["-answered_at"]

    def __str__(self) -> str:
        return self.reason


class Approval(models.Model):
    """A yes from somebody other than the author, bound to one digest. Voided, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="approvals")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="approvals")
    digest = models.CharField(max_length=64)
    approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="approvals")
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    purpose_reason = models.TextField(
        blank=True, help_text="Why it is right to send what serves no authorised purpose (C03)"
    )
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-approved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "approver"],
                condition=models.Q(voided_at__isnull=True),
                name="approval_once",
            )
        ]

    def __str__(self) -> str:
        return f"approved by {self.approver.first_name}"


class Return(models.Model):
    """An approver sent one version back with a note."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="returns")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="returns")
    returned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.note


class Message(models.Model):
    """Something said about a post, by whoever wrote it or may approve it. Added, never changed or deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="messages")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return self.text


class Addressee(models.Model):
    """Somebody a message is meant for. It shows on their Today until they have read it."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="addressees")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="addressed_once")]
        indexes = [models.Index(fields=["user", "read_at"])]

    def __str__(self) -> str:
        return f"for {self.user_id}"


class Delivery(models.Model):
    """One approved version on its way to one account. The row is the truth; whoever holds its lease acts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="deliveries")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="deliveries")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(max_length=12, choices=DeliveryState, default=DeliveryState.WAITING)
    reason = models.TextField(blank=True)
    send_at = models.DateTimeField(help_text="When it was approved to go out")
    due_at = models.DateTimeField(help_text="When a worker should act next: send, or look")
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=80, blank=True)
    looks_absent = models.PositiveSmallIntegerField(default=0)
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


class Attempt(models.Model):
    """One opening of the gate: written before the network is spoken to, finished after."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    worker = models.CharField(max_length=80)
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    evidence = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="attempt_once")]

    def __str__(self) -> str:
        return f"attempt {self.number}"


class StandingMessage(models.Model):
    """Words to start a post from, shared by everybody who may write. What comes of it is a draft like any other."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="standing_messages")
    title = models.CharField(max_length=80)
    text = models.TextField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True, help_text="When it was taken off the list")

    class Meta:
        ordering = ["title"]
        indexes = [models.Index(fields=["organisation", "title"], name="standing_by_title")]

    def __str__(self) -> str:
        return self.title


class Recurrence(models.Model):
    """A standing message that makes a draft again and again, ahead of its day. Each still needs approval."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="recurrences")
    message = models.ForeignKey(StandingMessage, on_delete=models.PROTECT, related_name="recurrences")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    every = models.CharField(max_length=8, choices=Every)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    dates = models.JSONField(default=list, help_text="The days, when they were given one by one")
    at = models.TimeField(help_text="On the setting's own clock")
    days_ahead = models.PositiveSmallIntegerField()
    channel_ids = models.JSONField(default=list)
    purpose = models.CharField(max_length=160, blank=True)
    next_on = models.DateField(null=True, blank=True, help_text="The next day; none when it is over")
    due_at = models.DateTimeField(null=True, blank=True, help_text="When its draft is to be made")
    trouble = models.TextField(blank=True, help_text="Why the draft could not be made, for a manager")
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["started_at"]
        indexes = [models.Index(fields=["due_at"], name="recurrence_due")]

    def __str__(self) -> str:
        return f"{self.message}, {self.get_every_display()}"


class Occurrence(models.Model):
    """The one draft a recurrence made for one day."""

    recurrence = models.ForeignKey(Recurrence, on_delete=models.PROTECT, related_name="occurrences")
    on = models.DateField()
    post = models.OneToOneField(Post, on_delete=models.PROTECT, related_name="occurrence")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["recurrence", "on"], name="occurrence_once")]

    def __str__(self) -> str:
        return f"for {self.on}"


class CalendarFeed(models.Model):
    """One person's secret address of the calendar. Only the digest of the secret is kept."""

    membership = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="calendar_feed")
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return "a calendar feed"


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
        read_at = self.delivery.read_back.read_at
        return self.kind != self.Kind.UNREAD and read_at is not None and read_at > self.seen_at
