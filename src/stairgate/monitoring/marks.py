"""What a row of a list shows beside its words: that somebody stopped there, or asks for a second look."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from stairgate.monitoring.models import Item, LookAgain, Serious
from stairgate.organisations.models import Organisation


def with_marks(items: QuerySet[Item]) -> QuerySet[Any]:
    """Load with each item whether it is ``locked``, and whether a second look at it is ``asked``.

    Nothing that is to be read of what is locked is shown in any list.
    """
    return items.annotate(
        locked=Exists(Serious.objects.filter(item=OuterRef("pk"), released=False)),
        asked=Exists(LookAgain.objects.filter(item=OuterRef("pk"), answered_at__isnull=True)),
    )


def of_own_decisions(organisation: Organisation, user: UUID) -> QuerySet[LookAgain]:
    """Return the second looks that somebody else has to answer: they stand in no list of whoever decided."""
    return LookAgain.objects.filter(
        item__organisation=organisation, answered_at__isnull=True, decided_by=user
    )
