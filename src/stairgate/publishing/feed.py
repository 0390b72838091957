"""The calendar as a file for a phone (iCalendar, RFC 5545). It leaves the setting, so it says as little as it can.

A title is told only of a post that a second person approved and in which screening finds nothing at all: no child's
name, no telephone number. Of every other post only its state is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Event

from stairgate.clauses import control
from stairgate.publishing.selectors.calendar import Placed
from stairgate.publishing.states import PostState

#: how far back and ahead it reaches, and how much it holds
BACK, AHEAD = timedelta(days=31), timedelta(days=183)
MOST = 500

_A_LOOK = timedelta(minutes=15)
_APPROVED = frozenset({PostState.APPROVED, PostState.SENDING, PostState.PUBLISHED, PostState.UNKNOWN})


@control(
    "C36", "A child's name never leaves with the calendar: only approved titles without a finding are told"
)
def summary_of(post: Placed, is_clean: Callable[[str], bool]) -> str:
    """Return what a phone may show of a post."""
    if post.state in _APPROVED and post.title and is_clean(post.title):
        return f"{post.says}: {post.title}"
    return f"{post.says}: a post"


def render(
    posts: Iterable[Placed],
    *,
    name: str,
    now: datetime,
    is_clean: Callable[[str], bool],
    link: Callable[[UUID], str],
) -> bytes:
    """Return the file. Every time in it is in UTC; the phone shows it on its own clock."""
    calendar = Calendar()
    calendar.add("prodid", "-//Stairgate//Calendar of posts//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Posts, {name}")
    calendar.add("x-published-ttl", "PT1H")
    for post in posts:
        calendar.add_component(_event(post, now, summary_of(post, is_clean), link(post.pk)))
    return bytes(calendar.to_ical())


def _event(post: Placed, now: datetime, summary: str, link: str) -> Event:
    begins = post.at.astimezone(UTC).replace(microsecond=0)
    event = Event()
    event.add("uid", f"{post.pk}@stairgate")
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", begins)
    event.add("dtend", begins + _A_LOOK)
    event.add("summary", summary)
    event.add("status", "CONFIRMED" if post.state in _APPROVED else "TENTATIVE")
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    event.add("url", link)
    return event
