"""Where posts stand in the calendar, in two queries whatever their number.

A post stands where it first reached a page; until then where its newest version says it should. One that goes out
"as soon as it is approved" has no day yet. What was withdrawn or rejected is in the list of all posts, not here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from stairgate.organisations.models import Organisation
from stairgate.publishing.calendar import Moments, Span, moments
from stairgate.publishing.models import Delivery, Post, Revision
from stairgate.publishing.states import CHANGE_OVER, PostState

_OVER = (PostState.WITHDRAWN, PostState.REJECTED)
#: named one by one, so that the index of the states leads past the published ones of all years
_TO_COME = tuple(state for state in PostState if state not in {*_OVER, PostState.PUBLISHED})
MANY = 100
_NO_CHANGE = Value(None, output_field=CharField(null=True))


@dataclass(frozen=True, slots=True, order=True)
class Placed:
    """One post at its moment."""

    at: datetime
    pk: UUID
    title: str = field(compare=False)
    state: PostState = field(compare=False)
    change: PostState | None = field(default=None, compare=False)  # a change of it that is under way

    @property
    def says(self) -> str:
        return self.state.label

    @property
    def also(self) -> str:
        """What is under way beside: a change of what is on the page."""
        return "" if self.change is None else f"A change: {self.change.label.lower()}"


@dataclass(slots=True)
class Day:
    """One local day: its first few posts, and how many there are."""

    day: date
    posts: list[Placed]
    total: int = 0

    @property
    def more(self) -> int:
        return self.total - len(self.posts)


def _went_out(organisation: Organisation) -> QuerySet[Delivery]:
    """Return the first delivery of each post that reached a page: only those have a ``done_at``.

    The state is not asked for: its index holds the deliveries of all years, and the database might take that one.
    """
    first = Q(done_at__lt=OuterRef("done_at")) | Q(done_at=OuterRef("done_at"), pk__lt=OuterRef("pk"))
    earlier = Delivery.objects.filter(first, post=OuterRef("post"))
    done = Delivery.objects.filter(organisation=organisation, post__kind=Post.Kind.POST)
    change = Post.objects.filter(changes=OuterRef("post")).exclude(state__in=CHANGE_OVER)
    return done.filter(~Exists(earlier)).annotate(
        at=F("done_at"),
        title=F("post__title"),
        now=F("post__state"),
        change=Subquery(change.values("state")[:1]),
    )


def _planned(organisation: Organisation) -> QuerySet[Revision]:
    """Return the newest version of each post that is not on any page yet.

    The setting is compared as an expression, so that the index of the times is used and not every post looked at.
    """
    newer = Revision.objects.filter(post=OuterRef("post"), number__gt=OuterRef("number"))
    mine = Revision.objects.alias(setting=Coalesce("post__organisation_id", None))
    return (
        mine.filter(setting=organisation.pk, post__kind__in=(Post.Kind.POST, Post.Kind.CHANGE))
        .exclude(post__state__in=_OVER)
        .filter(~Exists(newer), ~Exists(_reached(OuterRef("post"))))
        .annotate(at=F("send_at"), title=F("post__title"), now=F("post__state"), change=_NO_CHANGE)
    )


def _reached(post: OuterRef) -> QuerySet[Delivery]:
    return Delivery.objects.filter(post=post, done_at__isnull=False)


def _between(rows: QuerySet[Any], first: Moments, last: Moments) -> QuerySet[Any]:
    column = "done_at" if rows.model is Delivery else "send_at"
    return rows.filter(**{f"{column}__gte": first.begins, f"{column}__lt": last.ends})


def days_of(organisation: Organisation, span: Span, *, most: int) -> tuple[Day, ...]:
    """Return every day of the span with its first ``most`` posts. Two queries."""
    edges = moments(span, ZoneInfo(organisation.timezone))
    days = [Day(edge.day, []) for edge in edges]
    for rows in (_went_out(organisation), _planned(organisation)):
        for number, total, post in _first_of_each_day(rows, edges, most):
            days[number].posts.append(post)
            days[number].total += total
    for day in days:
        day.posts = sorted(day.posts)[:most]
    return tuple(days)


def _first_of_each_day(
    rows: QuerySet[Any], edges: tuple[Moments, ...], most: int
) -> Iterable[tuple[int, int, Placed]]:
    """Yield the first few rows of each day. The days are ours, not the database's: one clock decides."""
    square = Case(
        *(When(at__lt=edge.ends, then=Value(n)) for n, edge in enumerate(edges)),
        output_field=IntegerField(),
    )
    found = _between(rows, edges[0], edges[-1]).annotate(square=square)
    ranked = found.annotate(
        place=Window(RowNumber(), partition_by=[F("square")], order_by=["at", "post_id"]),
        total=Window(Count("*"), partition_by=[F("square")]),
    ).filter(place__lte=most)
    for n, place, total, *rest in ranked.values_list("square", "place", "total", *_COLUMNS):
        yield n, total if place == 1 else 0, placed(*rest)


_COLUMNS = ("at", "post_id", "title", "now", "change")


def placed(at: datetime, pk: UUID, title: str, state: str, change: str | None) -> Placed:
    return Placed(at, pk, title, PostState(state), PostState(change) if change else None)


def posts_on(
    organisation: Organisation, span: Span
) -> QuerySet[Any, tuple[datetime, UUID, str, str, str | None]]:
    """Return everything in a span, each as `placed` takes it, in order of time: for reading page by page."""
    edges = moments(span, ZoneInfo(organisation.timezone))
    out, planned = (
        _between(rows, edges[0], edges[-1]).order_by().values_list(*_COLUMNS)
        for rows in (_went_out(organisation), _planned(organisation))
    )
    return out.union(planned, all=True).order_by("at", "post_id")


def placed_in(organisation: Organisation, span: Span, *, most: int) -> list[Placed]:
    """Return the posts of a span at their moments, the first ``most`` of them. One query."""
    rows = posts_on(organisation, span)[:most]
    return [placed(*row) for row in rows]


def without_a_day(organisation: Organisation) -> int:
    """Return how many posts go out "as soon as they are approved", counting no further than `MANY`. One query."""
    newest = Revision.objects.filter(post=OuterRef("pk")).order_by("-number")
    rows = Post.objects.filter(organisation=organisation, kind=Post.Kind.POST, state__in=_TO_COME)
    waiting = rows.alias(when=Subquery(newest.values("send_at")[:1]))
    undated = waiting.filter(~Exists(_reached(OuterRef("pk"))), when__isnull=True)
    return undated.order_by()[:MANY].count()
