"""What a row of a list shows beside its words: who is on it, whom it is for, a second look, and that somebody stopped."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from stairgate.monitoring.models import Handling, Item, LookAgain, Serious
from stairgate.organisations.models import Organisation
from stairgate.screening import Severity


def with_marks(items: QuerySet[Item]) -> QuerySet[Any]:
    """Load with each item how it stands among colleagues, whether it is ``locked``, and whether a second look at it is
    ``asked``. Nothing that is to be read of what is locked is shown in any list.
    """
    return items.select_related("handling__on_it", "handling__assigned_to", "complaint").annotate(
        locked=Exists(Serious.objects.filter(item=OuterRef("pk"), released=False)),
        asked=Exists(LookAgain.objects.filter(item=OuterRef("pk"), answered_at__isnull=True)),
    )


def of_own_decisions(organisation: Organisation, user: UUID) -> QuerySet[LookAgain]:
    """Return the second looks that somebody else has to answer: they stand in no list of whoever decided."""
    return LookAgain.objects.filter(
        item__organisation=organisation, answered_at__isnull=True, decided_by=user
    )


def waiting_for_later(organisation: Organisation, now: datetime) -> QuerySet[Handling]:
    """Return what is put off now. What turned out to be grave meanwhile, or by somebody under 18, is not."""
    rows = Handling.objects.filter(item__organisation=organisation, put_off_until__gt=now)
    return rows.filter(item__risk__lt=Severity.HARM, item__under_18=False, item__state=Item.State.OPEN)


def bring_back(item: Item) -> None:
    """Let an item stand in the inbox again: something happened to it, so it does not wait any longer."""
    Handling.objects.filter(item=item).update(put_off_until=None)
