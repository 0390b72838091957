"""By what others are found that are alike."""

from __future__ import annotations

from django.db import models


class Likeness(models.Model):
    """A digest of an item's plain words, or of a link in it."""

    item = models.ForeignKey("monitoring.Item", on_delete=models.CASCADE, related_name="likeness")
    key = models.CharField(max_length=33)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "key"], name="likeness_once")]
        indexes = [models.Index(fields=["key"])]

    def __str__(self) -> str:
        return self.key[:9]
