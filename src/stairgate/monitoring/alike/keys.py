"""Keeping the keys by which others that are alike are found: when something is kept, and for what was there before."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from stairgate.monitoring.alike.rules import keys_of
from stairgate.monitoring.models import Item, Likeness

_AT_ONCE = 200


def note_likeness(item: Item) -> None:
    """Keep by what others are found that are like an item as it is now."""
    keys = keys_of(item.text)
    Likeness.objects.filter(item=item).exclude(key__in=keys).delete()
    Likeness.objects.bulk_create([Likeness(item=item, key=key) for key in keys], ignore_conflicts=True)


def sweep(now: datetime, worker: str) -> int:
    """Keep the keys of open items that were there before keys were kept; return how many."""
    without = Item.objects.filter(~Exists(Likeness.objects.filter(item=OuterRef("pk"))))
    rows = list(without.filter(state=Item.State.OPEN).exclude(text="")[:_AT_ONCE])
    with transaction.atomic():
        for item in rows:
            note_likeness(item)
    return len(rows)
