"""Finding what the public wrote, also when it is long gone from the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from stairgate.clauses import control
from stairgate.monitoring.models import Decision, Item, Sighting
from stairgate.organisations.models import Organisation

A_PAGE = 25
#: words looked for beside one another; each has to be there
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. What is empty is not asked."""

    words: str = ""
    writer: str = ""
    channel: UUID | None = None
    decided: str = ""  # a kind of decision, the newest; "open" for what waits
    at_least: int = 0  # how grave
    from_on: date | None = None
    until_on: date | None = None

    @property
    def anything(self) -> bool:
        """Whether anything is asked for at all."""
        return self != Wanted()


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found, newest first."""

    items: tuple[Any, ...]
    number: int
    more: bool


@control(
    "C82",
    "Everything the public wrote to us, and what was decided, can be found again by words, person and time",
)
def find(organisation: Organisation, wanted: Wanted, *, number: int) -> Found:
    """Return a page of what was found, each with its newest decision. One query; nothing is counted."""
    newest = Decision.objects.filter(item=OuterRef("pk")).order_by("-at", "-pk")
    rows = Item.objects.filter(_asked(organisation, wanted), organisation=organisation)
    rows = rows.select_related("channel").annotate(
        decision=Subquery(newest.values("kind")[:1]),
        decided_by=Subquery(newest.values("by__first_name")[:1]),
        decided_at=Subquery(newest.values("at")[:1]),
    )
    if wanted.decided == Item.State.OPEN:
        rows = rows.filter(state=Item.State.OPEN)
    elif wanted.decided:
        rows = rows.filter(decision=wanted.decided)
    start = (number - 1) * A_PAGE
    found = tuple(rows.order_by("-first_seen_at", "pk")[start : start + A_PAGE + 1])
    return Found(found[:A_PAGE], number, len(found) > A_PAGE)


def _asked(organisation: Organisation, wanted: Wanted) -> Q:
    asked = Q()
    for word in wanted.words.split()[:MOST_WORDS]:
        asked &= _said(word)
    if wanted.writer:
        asked &= Q(author_name__icontains=wanted.writer)
    if wanted.channel:
        asked &= Q(channel=wanted.channel)
    if wanted.at_least:
        asked &= Q(risk__gte=wanted.at_least)
    for day, bound in (
        (wanted.from_on, "gte"),
        (wanted.until_on and wanted.until_on + timedelta(days=1), "lt"),
    ):
        if day:
            asked &= Q(**{f"written_at__{bound}": _begins(organisation, day)})
    return asked


def _said(word: str) -> Q:
    """Match what says a word now, or said it in an earlier version: whoever changes their words does not hide them."""
    before: QuerySet[Sighting] = Sighting.objects.filter(item=OuterRef("pk"), text__icontains=word)
    return Q(text__icontains=word) | Q(Exists(before))


def _begins(organisation: Organisation, day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(organisation.timezone))


def said_of_decision(items: Iterable[Any]) -> list[tuple[Any, str]]:
    """Return each item with its newest decision in words; "" when nobody has decided."""
    labels = dict(Decision.Kind.choices)
    return [(item, str(labels.get(item.decision, item.decision or ""))) for item in items]
