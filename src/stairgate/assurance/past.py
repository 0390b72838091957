"""What a clause was worth, day by day. The days are pure; `past_of` reads them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from stairgate.assurance.marks import Worth
from stairgate.assurance.models import AccountChange, ClauseChange, WatchedDay
from stairgate.channels.models import Channel
from stairgate.organisations.models import Organisation

#: so many days are drawn, and so many changes told
DAYS, CHANGES, ACCOUNT_CHANGES = 42, 200, 2_000
_TOLD = 12
_WORST = (Worth.BROKEN, Worth.RISK, Worth.NOT_YET, Worth.MET, Worth.OFF)


@dataclass(frozen=True, slots=True)
class Change:
    """From a day on a clause was worth something else."""

    on: date
    worth: Worth


def days(changes: Sequence[Change], watched: Collection[date], until: date, count: int) -> list[Worth | None]:
    """Return the worst that a clause was worth on each of the last days; None for a day on which nobody looked.

    ``changes`` are in order, the oldest first.
    """
    found: list[Worth | None] = []
    for ago in range(count - 1, -1, -1):
        day = until - timedelta(days=ago)
        before = [change.worth for change in changes if change.on < day][-1:]
        held = [*before, *(change.worth for change in changes if change.on == day)]
        found.append(min(held, key=_WORST.index) if held and day in watched else None)
    return found


@dataclass(frozen=True, slots=True)
class Past:
    """The strip of days, and the changes that are told, the newest first."""

    strip: str
    label: str
    since: date
    told: tuple[ClauseChange, ...]


def past_of(organisation: Organisation, clause: str, *, until: date) -> Past:
    """Return what a clause was worth in the last weeks. Two queries."""
    rows = list(
        ClauseChange.objects.filter(organisation=organisation, clause=clause).order_by("-at", "-pk")[:CHANGES]
    )
    since = until - timedelta(days=DAYS - 1)
    watched = set(
        WatchedDay.objects.filter(organisation=organisation, day__gte=since).values_list("day", flat=True)
    )
    changes = [Change(organisation.day(row.at), Worth(row.worth)) for row in reversed(rows)]
    found = days(changes, watched, until, DAYS)
    return Past(
        strip="".join(worth.bar if worth else " " for worth in found),
        label=_said(found),
        since=since,
        told=tuple(rows[:_TOLD]),
    )


@dataclass(frozen=True, slots=True)
class AccountPast:
    """The strip of days of one account: of each day the worst of its clauses; and what changed, the newest first."""

    strip: str
    label: str
    since: date
    told: tuple[AccountChange, ...]


def past_of_account(channel: Channel, *, until: date) -> AccountPast:
    """Return what the clauses about one account were worth in the last weeks. Two queries."""
    place = channel.organisation
    rows = list(AccountChange.objects.filter(channel=channel)[:ACCOUNT_CHANGES])
    since = until - timedelta(days=DAYS - 1)
    watched = set(WatchedDay.objects.filter(organisation=place, day__gte=since).values_list("day", flat=True))
    by_clause: dict[str, list[Change]] = {}
    for row in reversed(rows):
        by_clause.setdefault(row.clause, []).append(Change(place.day(row.at), Worth(row.worth)))
    each = [days(changes, watched, until, DAYS) for changes in by_clause.values()]
    found = [_worst(day) for day in zip(*each, strict=True)] or [None] * DAYS
    return AccountPast(
        strip="".join(worth.bar if worth else " " for worth in found),
        label=_said(found),
        since=since,
        # of the first look only what it found amiss is news
        told=tuple(row for row in rows if row.at > rows[-1].at or Worth(row.worth) in _WORST[:2])[:_TOLD],
    )


def _worst(day: Sequence[Worth | None]) -> Worth | None:
    """Return the worst of a day. What is still on paper, or of no concern, says nothing beside what holds."""
    held = [worth for worth in day if worth is not None]
    telling = [worth for worth in held if worth not in {Worth.NOT_YET, Worth.OFF}] or held
    return min(telling, key=_WORST.index) if telling else None


def _said(found: Sequence[Worth | None]) -> str:
    counts = {worth: found.count(worth) for worth in Worth}
    parts = [f"{worth.words.lower()} on {count}" for worth, count in counts.items() if count]
    if missing := found.count(None):
        parts.append(f"not looked at on {missing}")
    return f"The last {len(found)} days: {', '.join(parts)}"
