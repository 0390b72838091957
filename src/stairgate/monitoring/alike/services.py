"""Deciding about several items at once that are alike. Each is locked, and bound to the version that was shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from stairgate.clauses import control
from stairgate.monitoring.marks import of_own_decisions
from stairgate.monitoring.models import Decision, Item, Serious
from stairgate.monitoring.selectors import alike
from stairgate.monitoring.services import decide
from stairgate.organisations.models import User
from stairgate.publishing.services.common import Refusal

#: what may be decided about several at once: to delete, to show again and to answer is done one by one
TOGETHER = (Decision.Kind.HIDE, Decision.Kind.BAN, Decision.Kind.REPORT, Decision.Kind.NO_ACTION)
MOST_TOGETHER = 25


@dataclass(frozen=True, slots=True)
class Together:
    """How many were decided, and how many were left because they are not what was shown any more."""

    decided: int
    left: int


@control(
    "C40",
    "What is alike is decided together only after each was shown, each bound to the words that were shown",
)
@transaction.atomic
def decide_together(
    *, actor: User, item: Item, read: Mapping[UUID, str], kind: Decision.Kind, reason: str, at: datetime
) -> Together:
    """Decide about an item and others like it. ``read`` says which version of each was shown.

    Raises `NotAllowed` and `Refusal`: no reason, not for several at once, or the network can't do it.
    """
    if kind not in TOGETHER:
        raise Refusal("This is decided one by one.")
    if not read or len(read) > MOST_TOGETHER:
        raise Refusal(f"Choose some of them, {MOST_TOGETHER} at most.")
    those = Item.objects.filter(Q(pk=item.pk) | Q(pk__in=alike(item).values("pk")))
    # All of them are locked first, in one order: see `services.locked`.
    rows = those.select_for_update().filter(pk__in=read, state=Item.State.OPEN).order_by("pk")
    stopped = set(Serious.objects.filter(item__in=read, released=False).values_list("item", flat=True))
    own = set(of_own_decisions(item.organisation, actor.pk).values_list("item", flat=True))
    shown = [row for row in rows if row.version == read[row.pk] and row.pk not in stopped | own]
    for row in shown:
        decide(actor=actor, item=row, version=row.version, kind=kind, reason=reason, at=at)
    return Together(len(shown), len(read) - len(shown))
