"""What a colleague without the role would like the page to say."""

from __future__ import annotations

import uuid

from django.db import models

from stairgate.organisations.models import Organisation, User
from stairgate.publishing.models.posts import Post


class Suggestion(models.Model):
    """Words somebody would like to see on the page. It can't go out: somebody who may write begins a post from it.

    It is open until then, or until somebody says, with a reason, "not this time". Its words never change.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="suggestions")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="suggestions")
    text = models.TextField()
    about = models.CharField(max_length=160, blank=True)
    at = models.DateTimeField()
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="None: still open"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    post = models.OneToOneField(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="suggestion"
    )
    why_not = models.CharField(max_length=300, blank=True, help_text="Why it is not for this time")

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(
                fields=["organisation", "at"],
                condition=models.Q(answered_at__isnull=True),
                name="suggestion_open",
            ),
            models.Index(fields=["organisation", "-answered_at"], name="suggestion_answered"),
            models.Index(fields=["by", "-at"], name="suggestion_of_one"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    answered_at__isnull=True, answered_by__isnull=True, post__isnull=True, why_not=""
                )
                | models.Q(
                    answered_at__isnull=False, answered_by__isnull=False, post__isnull=False, why_not=""
                )
                | (
                    models.Q(answered_at__isnull=False, answered_by__isnull=False, post__isnull=True)
                    & ~models.Q(why_not="")
                ),
                name="suggestion_answered_once",
            )
        ]

    def __str__(self) -> str:
        return self.text
