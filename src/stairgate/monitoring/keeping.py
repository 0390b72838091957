"""Keeping what the public wrote: every version, its words sealed in the ledger, before anything is done about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from random import SystemRandom
from typing import NamedTuple
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from stairgate.channels.models import Channel
from stairgate.channels.services import network_for
from stairgate.clauses import control
from stairgate.doorbell import Bell, ring
from stairgate.ledger.services import record
from stairgate.monitoring.alike.keys import note_likeness
from stairgate.monitoring.marks import bring_back
from stairgate.monitoring.minors import keep_to_signpost
from stairgate.monitoring.models import Action, Item, Sighting
from stairgate.monitoring.rules import (
    WORRY,
    Change,
    changes,
    hide_at_once,
    risk_of,
    says_under_18,
    words_digest,
)
from stairgate.monitoring.serious.selectors import waits_for_report
from stairgate.networks.base import Fetched, PublicItem
from stairgate.networks.cleaning import clean
from stairgate.organisations.selectors import screening_facts
from stairgate.publishing.models import Delivery
from stairgate.screening import (
    MOST_BEFORE,
    Author,
    Context,
    Direction,
    Finding,
    OrganisationFacts,
    Screener,
    default_pack,
    to_json,
)

log = structlog.get_logger(__name__)

#: items asked after, one by one, after each reading
MOST_ASKED_AFTER = 20
_MOST_ASKED_BESIDES = 5
_MOST_LOOKED_OVER = 100
#: items looked up together
_AT_ONCE = 500
#: somebody keeps showing it again: after so many times in an hour a person has to see to it
_MOST_HIDES = 5
_AN_HOUR = timedelta(hours=1)
_chance = SystemRandom()


class Said(NamedTuple):
    """One comment of a talk."""

    at: datetime
    external_id: str
    parent_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of an account. It knows nothing of what we did on the page after it began."""

    channel: Channel
    began: datetime
    facts: OrganisationFacts | None
    #: what stands before the comment that is being kept
    before: tuple[str, ...] = ()

    @classmethod
    def begin(cls, channel: Channel, now: datetime) -> Reading:
        """Return a reading that begins now. Without facts nothing can be screened, and nothing passes."""
        try:
            facts = screening_facts(channel.organisation)
        except Exception:
            log.exception("no_facts", channel=str(channel.pk))
            facts = None
        return cls(channel, now, facts)


@control(
    "C39", "Each comment and visitor's post that a reading brings is screened and put in front of a person"
)
@control("C40", "Words, account, link and times are kept before anything is hidden or removed")
def keep(reading: Reading, found: Iterable[PublicItem], now: datetime) -> int:
    """Keep what a reading brought, each item by itself; return how many could not be kept."""
    left, lost = iter(found), 0
    while some := [_cleaned(one) for one in islice(left, _AT_ONCE)]:
        lost += _keep_some(reading, some, now)
    return lost


def _keep_some(reading: Reading, rows: Sequence[PublicItem], now: datetime) -> int:
    ids = [one.external_id for one in rows]
    known = {
        item.external_id: item for item in Item.objects.filter(channel=reading.channel, external_id__in=ids)
    }
    posts = _own_posts(reading.channel, {one.post_id for one in rows})
    talks = _talks(reading.channel, rows, known)
    return sum(not _kept(reading, one, known.get(one.external_id), posts, talks, now) for one in rows)


def _talks(channel: Channel, rows: Sequence[PublicItem], known: Mapping[str, Item]) -> dict[str, list[Said]]:
    """Return, for each comment that news answers, what was said in that talk, oldest first. One query at most."""
    talks: dict[str, list[Said]] = {
        one.parent_id: []
        for one in rows
        if one.parent_id and one.parent_id != one.post_id and _is_news(known.get(one.external_id), one)
    }
    if not talks:
        return {}
    kept = Item.objects.filter(Q(external_id__in=talks) | Q(parent_id__in=talks), channel=channel)
    said = {row[1]: Said(*row) for row in kept.values_list("written_at", "external_id", "parent_id", "text")}
    said |= {one.external_id: Said(one.created_at, one.external_id, one.parent_id, one.text) for one in rows}
    for one in sorted(said.values()):
        for talk in {one.external_id, one.parent_id} & talks.keys():
            talks[talk].append(one)
    return talks


def _is_news(old: Item | None, found: PublicItem) -> bool:
    """Is there anything to keep? Most of what a reading brings is known already."""
    return old is None or bool(changes(old, found))


def _before(one: PublicItem, talk: Sequence[Said]) -> tuple[str, ...]:
    """Return the last few things said in a talk before this was."""
    others = [said.text for said in talk if said.at <= one.created_at and said.external_id != one.external_id]
    return tuple(others[-MOST_BEFORE:])


def _own_posts(channel: Channel, threads: set[str]) -> dict[str, UUID]:
    rows = Delivery.objects.filter(channel=channel, external_id__in=threads - {""})
    return dict(rows.values_list("external_id", "post_id"))


def _cleaned(found: PublicItem) -> PublicItem:
    """Return an item without what no database takes. An account too long to store is nobody, not somebody else."""
    return replace(
        found,
        text=clean(found.text),
        author_id=clean(found.author_id) if len(found.author_id) <= 200 else "",
        author_name=clean(found.author_name)[:200],
        permalink=clean(found.permalink) if len(found.permalink) <= 500 else "",
        raw=clean(dict(found.raw)),
    )


def _kept(
    reading: Reading,
    found: PublicItem,
    old: Item | None,
    posts: Mapping[str, UUID],
    talks: Mapping[str, Sequence[Said]],
    now: datetime,
) -> bool:
    """Keep one item; return whether that worked. One strange comment must not stop the others."""
    try:
        if not _is_news(old, found):
            return True
        reading = replace(reading, before=_before(found, talks.get(found.parent_id, ())))
        if old is None:
            _first(reading, found, _screened(reading, found), posts.get(found.post_id), now)
        else:
            screened = _screened(reading, found) if changes(old, found) & Change.WORDS else None
            _again(reading, old.pk, found, screened, now)
    except Exception:
        log.exception("item_not_kept", channel=str(reading.channel.pk))
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Screened:
    """The findings, and what to store. No findings at all: screening failed, which never passes for "nothing"."""

    findings: tuple[Finding, ...] | None
    stored: object


def _screened(reading: Reading, found: PublicItem) -> _Screened:
    """Screen the words, before any transaction begins: whoever writes meanwhile would wait for it."""
    try:
        if reading.facts is None:
            raise ValueError("no facts")
        context = Context(
            has_picture=found.has_picture,
            is_reply=bool(found.parent_id) and found.parent_id != found.post_id,
            author=Author.STRANGER,
            hour=reading.channel.organisation.local(found.created_at).hour,
            thread=reading.before,
        )
        result = Screener(default_pack(), reading.facts).screen(
            found.text, direction=Direction.INBOUND_COMMENT, context=context
        )
    except Exception:
        log.exception("screening_failed", channel=str(reading.channel.pk))
        return _Screened(None, {})
    return _Screened(result.findings, to_json(result))


@transaction.atomic
def _first(
    reading: Reading, found: PublicItem, screened: _Screened, post: UUID | None, now: datetime
) -> None:
    findings = screened.findings
    item, new = Item.objects.get_or_create(
        channel=reading.channel,
        external_id=found.external_id,
        defaults={
            "organisation": reading.channel.organisation,
            "kind": found.kind.value,
            "post_id": post,
            "parent_id": found.parent_id,
            "thread_id": found.post_id,
            "author_id": found.author_id,
            "author_name": found.author_name,
            "text": found.text,
            "permalink": found.permalink,
            "has_picture": found.has_picture,
            "written_at": found.created_at,
            "first_seen_at": now,
            "risk": risk_of(findings, has_picture=found.has_picture),
            "screening": screened.stored,
            "under_18": says_under_18(findings),
            "is_hidden": bool(found.is_hidden),
        },
    )
    if not new:
        return
    _sight(item, found, now)
    note_likeness(item)
    if item.under_18:
        keep_to_signpost(item)
    _write_down(item, "monitoring.collected", now)
    hide_harm(item, now)


@transaction.atomic
def _again(
    reading: Reading, item_id: UUID, found: PublicItem, screened: _Screened | None, now: datetime
) -> None:
    """Keep a changed version. What changed after a decision, or is seen again, comes back to a person."""
    item = Item.objects.select_for_update(of=("self",)).select_related("channel").get(pk=item_id)
    seen = changes(item, found)
    if _our_own_hand(item, reading.began, now):
        # The reading may be older than our own deed: it says nothing about what is to be seen now.
        seen &= Change.WORDS
    if not seen:
        return
    if seen & Change.WORDS:
        screened = screened or _screened(reading, found)
        findings, item.screening = screened.findings, screened.stored
        item.text, item.has_picture = found.text, found.has_picture
        if item.risk < WORRY:
            item.risk = risk_of(findings, has_picture=found.has_picture)
        item.under_18 |= says_under_18(findings)
    if seen & Change.SEEN:
        item.gone_at = None
        if found.is_hidden is not None:
            item.is_hidden = found.is_hidden
    if seen & Change.FOR_A_PERSON:
        item.state = Item.State.OPEN
        bring_back(item)
    item.save()
    if seen & Change.WORDS:
        note_likeness(item)
    if item.under_18:
        keep_to_signpost(item)
    _sight(item, found, now)
    for change in seen:
        _write_down(item, _TOLD[change], now)
    if seen & Change.FOR_A_PERSON:
        hide_harm(item, now)


_TOLD = {
    Change.WORDS: "monitoring.changed",
    Change.HIDDEN: "monitoring.hidden_there",
    Change.SHOWN: "monitoring.shown_again",
    Change.BACK: "monitoring.back",
}


def _our_own_hand(item: Item, began: datetime, now: datetime) -> bool:
    """Return whether we did something to an item on the page since a reading began, or are about it."""
    mine = item.actions.exclude(state=Action.State.CANCELLED)
    return mine.filter(Q(done_at__gte=began) | Q(lease_until__gt=began)).exists()


def _sight(item: Item, found: PublicItem, now: datetime) -> None:
    Sighting.objects.create(item=item, at=now, text=found.text, raw=dict(found.raw), is_hidden=item.is_hidden)


def hide_harm(item: Item, now: datetime) -> None:
    """Ask for harm to be hidden. The words are committed in this same transaction, before anything moves."""
    capabilities = network_for(item.channel).capabilities
    if not hide_at_once(item.risk, is_hidden=item.is_hidden, capabilities=capabilities):
        return
    if waits_for_report(item.pk):
        return
    hides = item.actions.filter(kind=Action.Kind.HIDE, decision__isnull=True)
    if hides.filter(state=Action.State.WAITING).exists():
        return
    if hides.filter(created_at__gt=now - _AN_HOUR).count() >= _MOST_HIDES:
        return
    Action.objects.create(item=item, kind=Action.Kind.HIDE, due_at=now, created_at=now)
    ring(Bell.ACTIONS)
    _write_down(item, "monitoring.hide_asked", now)


def newest(known: datetime | None, fetched: Fetched) -> datetime | None:
    """Return when the newest thing was written, of what we knew and what was read."""
    times = [one.created_at for one in fetched.items]
    return max([*times, known] if known else times, default=None)


def missing(channel: Channel, fetched: Fetched, posts: Sequence[str]) -> list[Item]:
    """Return what a reading should have shown and did not; then a few that it does not cover.

    Those are under posts too old to be read each time, and mentions elsewhere. Some still wait for a person; of
    the others we say that they are hidden, which somebody on the page may have undone. Of what is older than the
    reading went back nothing is said.
    """
    seen = {found.external_id for found in fetched.items}
    there = Item.objects.filter(channel=channel, gone_at__isnull=True)
    if fetched.since is not None:
        there = there.filter(written_at__gte=fetched.since)
    told = there.filter(Q(thread_id__in=fetched.removed) | Q(external_id__in=fetched.removed))
    covered = there.filter(thread_id__in=posts)
    besides = there.filter(Q(state=Item.State.OPEN) | Q(is_hidden=True)).exclude(thread_id__in=posts)
    chosen = [
        *_unseen(told, seen),
        *_some(_unseen(covered, seen), MOST_ASKED_AFTER),
        *_some(_unseen(besides.order_by("?")[:_MOST_LOOKED_OVER], seen), _MOST_ASKED_BESIDES),
    ]
    return list(there.filter(pk__in=chosen))


def _unseen(rows: QuerySet[Item], seen: Set[str]) -> list[UUID]:
    """Return the items that a reading did not show. Compared here: no database takes a query as long as a reading."""
    return [pk for pk, external_id in rows.values_list("pk", "external_id") if external_id not in seen]


def _some(items: list[UUID], most: int) -> list[UUID]:
    return _chance.sample(items, min(len(items), most))


@transaction.atomic
def mark_gone(item: Item, now: datetime) -> None:
    """Mark an item as no longer on the network. Our copy stays."""
    fresh = Item.objects.select_for_update().get(pk=item.pk)
    if fresh.gone_at is not None:
        return
    fresh.gone_at = now
    fresh.save(update_fields=["gone_at"])
    _write_down(fresh, "monitoring.gone", now)


def _write_down(item: Item, kind: str, now: datetime) -> None:
    record(
        organisation_id=item.organisation_id,
        kind=kind,
        actor="worker",
        subject=str(item.id),
        payload={
            "channel": str(item.channel_id),
            "external_id": item.external_id,
            "words": words_digest(item.text),
            "risk": item.risk,
        },
        at=now,
    )
