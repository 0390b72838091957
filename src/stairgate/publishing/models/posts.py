"""Posts, their versions and pictures, and the reasons their authors gave."""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.organisations.models import Organisation, User
from stairgate.publishing.states import CHANGE_OVER, PostState


class Post(models.Model):
    """Something on its way to the public: a post, or a reply as the team."""

    class Kind(models.TextChoices):
        POST = "post", "Post"
        REPLY = "reply", "Reply"
        CHANGE = "change", "Change of what is on the page"

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
    changes = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="its_changes",
        help_text="The published post whose words this is to replace",
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["-updated_at"]
        indexes = [
            models.Index(fields=["organisation", "state", "-updated_at"]),
            models.Index(fields=["organisation", "-updated_at"]),
            models.Index(fields=["reply_item"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["changes"], condition=~models.Q(state__in=CHANGE_OVER), name="change_once"
            )
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
