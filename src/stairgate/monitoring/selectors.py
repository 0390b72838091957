"""Reads of the inbox, in a bounded number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery

from stairgate.channels.models import Channel
from stairgate.monitoring.marks import of_own_decisions, waiting_for_later, with_marks
from stairgate.monitoring.minors import answers
from stairgate.monitoring.models import (
    Action,
    Decision,
    Item,
    Likeness,
    LookAgain,
    Note,
    Sighting,
    Sweep,
    Walk,
)
from stairgate.monitoring.rules import behind, blind, is_silent, said
from stairgate.organisations.models import Organisation, User
from stairgate.publishing.models import Post
from stairgate.publishing.selectors.lists import replies_for
from stairgate.screening import Screening, from_json

#: how much of a long story one page shows
_NEWEST = 15
_MOST_OF_A_THREAD, _MOST_OF_A_WRITER, _MOST_ALIKE = 20, 5, 24
_LOOK = ("look__asked_by", "look__answered_by")


def inbox(
    organisation: Organisation,
    *,
    me: User | None = None,
    now: datetime | None = None,
    limit: int | None = None,
) -> QuerySet[Any]:
    """Return what needs somebody: gravest first, then the longest wait.

    ``me``: without what this person decided and somebody else has to look at again. ``now``: without what is put off.
    """
    rows = with_marks(Item.objects.filter(organisation=organisation, state=Item.State.OPEN))
    if me is not None:
        rows = rows.exclude(pk__in=of_own_decisions(organisation, me.pk).values("item"))
    if now is not None:
        rows = rows.exclude(pk__in=waiting_for_later(organisation, now).values("item"))
    rows = rows.select_related("channel", "post").order_by("-risk", "written_at", "pk")
    return rows if limit is None else rows[:limit]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The stretch of the inbox in which one item stands: ``place`` counts from one, and is 0 when it is decided."""

    rows: tuple[Item, ...]
    place: int
    total: int
    sheet: int  # the page of the inbox that these rows are
    following: Item | None


def waiting_around(item: Item, *, me: User, now: datetime, size: int) -> Waiting:
    """Return the page of the inbox with an item on it; the first one when it waits no longer. Three queries."""
    waiting, is_open = inbox(item.organisation, me=me, now=now), item.state == Item.State.OPEN
    before = waiting.filter(_graver(item)).count() if is_open else -1
    start = max(before, 0) // size * size
    rows = tuple(waiting[start : start + size + 1])
    return Waiting(
        rows=rows[:size],
        place=before + 1,
        total=waiting.count(),
        sheet=start // size + 1,
        following=next(iter(rows[before - start + 1 :]), None),
    )


def _graver(item: Item) -> Q:
    """Match what stands before an item in the inbox."""
    longer = Q(written_at__lt=item.written_at) | Q(written_at=item.written_at, pk__lt=item.pk)
    return Q(risk__gt=item.risk) | Q(risk=item.risk) & longer


def put_off_now(organisation: Organisation, now: datetime) -> QuerySet[Any]:
    """Return what is put off, the soonest first."""
    later = waiting_for_later(organisation, now).values("item")
    rows = with_marks(Item.objects.filter(organisation=organisation, pk__in=later))
    return rows.select_related("channel").order_by("handling__put_off_until", "pk")


def notes_of(item: Item) -> tuple[Note, ...]:
    """Return the newest notes about an item, oldest first. One query."""
    return tuple(item.notes.select_related("by", "to").order_by("-at", "-pk")[:_NEWEST])[::-1]


def decided(organisation: Organisation) -> QuerySet[Any]:
    """Return what was decided, newest first."""
    rows = with_marks(Item.objects.filter(organisation=organisation, state=Item.State.DECIDED))
    return rows.select_related("channel").order_by("-first_seen_at", "pk")


def screening_of(item: Item) -> Screening | None:
    """Return what screening found, as it was stored; None when it failed."""
    if not item.screening:
        return None
    return from_json(item.screening)


def said_of(item: Item) -> tuple[str, str]:
    """Return the kind of status and its words."""
    found = screening_of(item)
    findings = sorted(found.findings, key=lambda f: -f.severity) if found else []
    return said(item.risk, tuple(finding.title for finding in findings))


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Everything one item's page shows."""

    item: Item
    kind: str
    words: str
    screening: Screening | None
    sightings: tuple[Sighting, ...]
    left_out: int  # sightings that are kept and not shown
    decisions: tuple[Decision, ...]
    actions: tuple[Action, ...]
    notes: tuple[Note, ...]
    thread: tuple[Item, ...]
    of_writer: tuple[Any, ...]  # the newest else from the same account, and how each was decided
    by_writer: int  # all there is from the same account
    alike: tuple[Item, ...]  # open, with the same words or link
    reply: Post | None
    signpost: str  # the fixed words, where nothing else may answer it
    standard_replies: tuple[str, ...]  # else: words to start a reply from

    @property
    def look(self) -> LookAgain | None:
        """The second look that waits for an answer."""
        looks = (getattr(decision, "look", None) for decision in self.decisions)
        return next((look for look in looks if look and look.answered_at is None), None)

    @property
    def may_ask_for_look(self) -> bool:
        """Whether nobody has asked for a second look at the newest decision yet."""
        return bool(self.decisions) and not hasattr(self.decisions[0], "look")

    @property
    def hidden_by_us(self) -> bool:
        """Whether Stairgate hid it by itself, and nobody has decided since."""
        hides = [a for a in self.actions if a.kind == Action.Kind.HIDE and a.decision_id is None]
        return bool(hides) and not any(d.at > hides[-1].created_at for d in self.decisions)

    @property
    def undone(self) -> tuple[Action, ...]:
        return tuple(a for a in self.actions if a.state in {Action.State.WAITING, Action.State.NEEDS_PERSON})


def alike(item: Item) -> QuerySet[Item]:
    """Return what waits on the same account with the same words or a same link. A child's comment is decided by itself."""
    same = Likeness.objects.filter(key__in=Likeness.objects.filter(item=item.pk).values("key"))
    rows = Item.objects.filter(channel=item.channel_id, state=Item.State.OPEN, under_18=False)
    return rows.filter(pk__in=same.values("item")).exclude(pk=item.pk)


@dataclass(frozen=True, slots=True)
class _Others:
    """What stands beside an item: the talk that it is in, else by the same account, and what is alike."""

    thread: tuple[Any, ...]
    of_writer: tuple[Any, ...]
    by_writer: int
    alike: tuple[Any, ...]

    @classmethod
    def of(cls, item: Item) -> _Others:
        """Return what stands beside an item. One query."""
        there = Item.objects.filter(channel=item.channel_id).exclude(pk=item.pk)
        thread = there.filter(thread_id=item.thread_id) if item.thread_id else there.none()
        mine = there.filter(author_id=item.author_id) if item.author_id else there.none()
        like = alike(item)
        kinds = [
            thread.order_by("written_at").values("pk")[:_MOST_OF_A_THREAD],
            mine.order_by("-written_at").values("pk")[:_MOST_OF_A_WRITER],
            like.order_by("pk").values("pk")[:_MOST_ALIKE],
        ]
        # one set of keys: any of several conditions, and PostgreSQL would go through every item of the account
        first = (Item.objects.filter(pk__in=kind).order_by().values("pk") for kind in kinds)
        counted = mine.order_by().values("author_id").annotate(rows=Count("pk")).values("rows")
        newest = Decision.objects.filter(item=OuterRef("pk")).order_by("-at", "-pk").values("kind")[:1]
        found = with_marks(Item.objects.filter(pk__in=next(first).union(*first))).annotate(
            by_writer=Subquery(counted, output_field=IntegerField()),
            is_alike=Exists(like.filter(pk=OuterRef("pk"))),
            decided_kind=Subquery(newest),
        )
        rows: list[Any] = list(found.order_by("written_at", "pk"))
        for row in rows:
            row.decided_as = Decision.Kind(row.decided_kind).label if row.decided_kind else ""
        own = [row for row in rows if item.author_id and row.author_id == item.author_id]
        talk = [row for row in rows if item.thread_id and row.thread_id == item.thread_id]
        return cls(
            thread=tuple(talk[:_MOST_OF_A_THREAD]),
            of_writer=tuple(own[::-1][:_MOST_OF_A_WRITER]),
            by_writer=(own[0].by_writer or 0) if own else 0,
            alike=tuple(row for row in rows if row.is_alike)[:_MOST_ALIKE],
        )


def item_page(item: Item) -> ItemPage:
    """Return one item with its story, however often its writer changed it. Six queries.

    The item was read `with_answers`.
    """
    sightings = _sightings(item)
    kind, words = said_of(item)
    signpost, standard_replies = answers(item)
    others = _Others.of(item)
    return ItemPage(
        item=item,
        kind=kind,
        words=words,
        screening=screening_of(item),
        sightings=sightings,
        left_out=(sightings[0].total if sightings else 0) - len(sightings),
        decisions=tuple(item.decisions.select_related("by", "family", *_LOOK)),
        actions=tuple(item.actions.exclude(state=Action.State.CANCELLED)),
        notes=notes_of(item),
        thread=others.thread,
        of_writer=others.of_writer,
        by_writer=others.by_writer,
        alike=others.alike,
        reply=replies_for([item.pk]).get(item.pk),
        signpost=signpost,
        standard_replies=standard_replies,
    )


def _sightings(item: Item) -> tuple[Any, ...]:
    """Return the first sighting and the newest, oldest first; each with the ``total`` of all there are."""
    rows = Sighting.objects.filter(item=item)
    counted = rows.order_by().values("item").annotate(rows=Count("pk")).values("rows")
    first, newest = rows.order_by("at", "pk"), rows.order_by("-at", "-pk")
    shown = Q(pk__in=first.values("pk")[:1]) | Q(pk__in=newest.values("pk")[:_NEWEST])
    return tuple(first.filter(shown).annotate(total=Subquery(counted, output_field=IntegerField())))


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far our knowledge of an account goes. ``blind`` says why an empty inbox proves nothing about it."""

    channel: Channel
    complete_at: datetime | None
    blind: str
    bad_signatures: int
    silent: bool  # the network agreed to ring, and did not
    agreed_at: datetime | None  # that it would ring
    rang_at: datetime | None  # with a signature of its own


def not_read(organisation: Organisation) -> list[Channel]:
    """Return the accounts that nobody but people can read: an empty inbox says nothing about them. One query."""
    rows = Channel.objects.filter(organisation=organisation, network=Channel.Network.ASSISTED)
    return list(rows.exclude(status=Channel.Status.CLOSED).select_related("connection"))


def readings(organisation: Organisation, now: datetime) -> list[Freshness]:
    """Return how fresh our knowledge of each account is, and what is wrong with reading it. One query."""
    rows = Sweep.objects.filter(channel__organisation=organisation).select_related("channel__walk")
    rows = rows.exclude(channel__status=Channel.Status.CLOSED).order_by("channel__name")
    return [_freshness(row.channel, row, now) for row in rows]


def with_reading() -> QuerySet[Channel]:
    """Return accounts, each with how far reading it has got: for `reading_of`."""
    return Channel.objects.select_related("sweep", "walk")


def reading_of(channel: Channel, now: datetime) -> Freshness | None:
    """Return how fresh our knowledge of an account is, None when it is not read. No query for one of `with_reading`."""
    sweep: Sweep | None = getattr(channel, "sweep", None)
    return _freshness(channel, sweep, now) if sweep else None


def heard_of(channel: Channel, now: datetime) -> tuple[Freshness | None, datetime | None]:
    """Return how fresh our knowledge of one account is, and when the newest there was written. One query."""
    items = Item.objects.filter(channel=OuterRef("pk")).order_by("-written_at")
    row: Any = with_reading().annotate(newest=Subquery(items.values("written_at")[:1])).get(pk=channel.pk)
    return reading_of(row, now), row.newest


def _freshness(channel: Channel, sweep: Sweep, now: datetime) -> Freshness:
    walk: Walk | None = getattr(channel, "walk", None)
    why = blind(sweep.problem, sweep.complete_at, now)
    if walk and not why:
        why = behind(walk.met_at, walk.through_at, now)
    silent = silent_doorbell(sweep, now)
    told = (sweep.subscribed_at, sweep.heard_at)
    return Freshness(channel, sweep.complete_at, why, sweep.bad_signatures, silent, *told)


def silent_doorbell(sweep: Sweep, now: datetime) -> bool:
    """Return whether a network that agreed to ring did not."""
    return is_silent(
        subscribed_at=sweep.subscribed_at, heard_at=sweep.heard_at, newest_at=sweep.newest_at, now=now
    )
