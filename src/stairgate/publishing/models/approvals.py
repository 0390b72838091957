"""What a second person says about a post: yes, no, and everything between."""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.organisations.models import User
from stairgate.policies.models import PolicyVersion
from stairgate.publishing.models.posts import Post, Revision


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
    confirmed = models.TextField(
        blank=True, help_text="What its approver said is so: tone and boundaries (C81)"
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
