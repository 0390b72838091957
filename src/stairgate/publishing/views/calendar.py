"""The calendar of posts: by month, week or day, or as a list. Every page of it is an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from stairgate.organisations.access import current
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.publishing.calendar import (
    Show,
    Span,
    day_from,
    named,
    neighbours,
    shown,
)
from stairgate.publishing.selectors.calendar import (
    MANY,
    Day,
    Placed,
    days_of,
    placed,
    posts_on,
    without_a_day,
)
from stairgate.publishing.states import PostState

#: how many posts of one day each page shows before it says "and 7 more"
_MOST = {Show.MONTH: 3, Show.WEEK: 10, Show.LIST: 4}
_A_PAGE = 50

#: how each state looks: the shape, and the kind of label
LOOKS = {
    PostState.DRAFT: ("idle", "pencil"),
    PostState.WITH_APPROVER: ("wait", "clock"),
    PostState.CHANGES_ASKED: ("back", "corner-up-left"),
    PostState.APPROVED: ("ok", "circle-check"),
    PostState.SENDING: ("ok", "send"),
    PostState.PUBLISHED: ("out", "world"),
    PostState.HELD: ("held", "gate"),
    PostState.BY_HAND: ("held", "clipboard-check"),
    PostState.POSTED: ("held", "eye"),
    PostState.LAPSED: ("held", "gate"),
    PostState.UNKNOWN: ("held", "alert-octagon"),
    PostState.TAKEN_DOWN: ("idle", "trash"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One post as it is drawn."""

    post: Placed
    kind: str
    icon: str

    @classmethod
    def of(cls, post: Placed) -> Entry:
        return cls(post, *LOOKS[post.state])


@dataclass(frozen=True, slots=True)
class Square:
    """One day as it is drawn."""

    day: date
    entries: list[Entry]
    more: int
    is_out: bool  # of a neighbouring month
    is_past: bool
    is_today: bool


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Show some days, each with its posts."""
    member = current(request)
    show, on = _asked(request)
    values = _frame(member, show, on)
    if show is Show.DAY:
        return render(request, "publishing/calendar_day.html", values | _one_day(request, member, on))
    days = days_of(member.organisation, shown(show, on), most=_MOST[show])
    squares = [_square(day, named(show, on)) for day in days]
    values |= {"squares": squares, "undated": without_a_day(member.organisation), "many": MANY}
    values["is_empty"] = not any(square.entries for square in squares)
    values["weekends"] = any(square.entries for square in squares if square.day.weekday() > 4)
    return render(request, "publishing/calendar.html", values)


def _asked(request: HttpRequest) -> tuple[Show, date]:
    """Return what to show, and a day on it. What makes no sense is today's month."""
    wanted = request.GET.get("show", "")
    show = Show(wanted) if wanted in set(Show) else Show.MONTH
    return show, day_from(request.GET.get("on", "")) or timezone.localdate()


def _frame(member: Membership, show: Show, on: date) -> dict[str, Any]:
    earlier, later = neighbours(show, on)
    today = timezone.localdate()
    return {
        "active": "calendar",
        "show": show,
        "shows": [(which, which.capitalize(), which is show) for which in Show if which is not Show.DAY],
        "on": on,
        "here": named(show, on),
        "earlier": (earlier, _name(show, earlier)),
        "later": (later, _name(show, later)),
        "today": today,
        "is_now": today in set(named(show, on).days()),
        "name": _name(show, on),
        "may_write": Duty.WRITE in member.duties_on(today),
        "legend": _LEGEND,
    }


_LEGEND = (
    ("out", "Published"),
    ("ok", "Approved"),
    ("wait", "Waiting"),
    ("back", "Returned"),
    ("idle", "Draft"),
    ("held", "Held, or needs a look"),
)


def _name(show: Show, day: date) -> str:
    if show is Show.DAY:
        return f"{day:%A} {day.day} {day:%B} {day.year}"
    if show is Show.WEEK:
        monday = named(show, day).first
        return f"Week of {monday.day} {monday:%B} {monday.year}"
    return f"{day:%B} {day.year}"


def _square(day: Day, here: Span) -> Square:
    today = timezone.localdate()
    return Square(
        day=day.day,
        entries=[Entry.of(post) for post in day.posts],
        more=day.more,
        is_out=not here.first <= day.day < here.after,
        is_past=day.day < today,
        is_today=day.day == today,
    )


def _one_day(request: HttpRequest, member: Membership, on: date) -> dict[str, Any]:
    rows = posts_on(member.organisation, shown(Show.DAY, on))
    page: Page[Any] = Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
    found = [Entry.of(placed(*row)) for row in page.object_list]
    return {"page": page, "entries": found, "is_past": on < timezone.localdate()}
