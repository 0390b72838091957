"""Posts, their revisions and pictures, approvals, and the fate of each delivery.

No workflow lives here: `services`, `gate` and `delivery` move states, by the tables in `states`.
"""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.channels.models import Channel
from stairgate.organisations.models import Organisation, User
from stairgate.policies.models import PolicyVersion
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
