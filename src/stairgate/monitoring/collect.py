"""Reading what the public wrote: rung by a webhook, and polled, because a doorbell can be silently broken."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stairgate.channels.models import Channel
from stairgate.channels.services import account_for, network_for
from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.monitoring.models import Action, Item, Receipt, Sighting, Sweep
from stairgate.monitoring.rules import hide_at_once, risk_of
from stairgate.networks.base import Fetched, PublicItem, Refused, Trouble
from stairgate.organisations.models import Organisation
from stairgate.organisations.selectors import screening_facts
from stairgate.publishing.models import Delivery
from stairgate.publishing.states import DeliveryState
from stairgate.screening import (
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

#: posts whose comments every reading takes in; older ones are read when the doorbell rings for them
RECENT_POSTS = 40
_LEASE = timedelta(seconds=180)
_LONGEST_PAUSE = timedelta(minutes=15)
_KEEP_RECEIPTS = timedelta(days=3)


def sweep(now: datetime, worker: str) -> int:
    """Read every account that is due; return how many were read."""
    _meet_new_channels(now)
    due = Sweep.objects.filter(due_at__lte=now, channel__connection__isnull=False)
    due = due.exclude(channel__status=Channel.Status.CLOSED)
    ids = list(due.order_by("due_at").values_list("pk", flat=True)[:20])
    if ids:
        Receipt.objects.filter(at__lt=now - _KEEP_RECEIPTS).delete()
    return sum(_read(pk, now) for pk in ids)


def _meet_new_channels(now: datetime) -> None:
    """Every connected account that is not closed is read, also while its gate is shut."""
    new = Channel.objects.filter(connection__isnull=False, sweep__isnull=True)
    for channel in new.exclude(status=Channel.Status.CLOSED):
        Sweep.objects.get_or_create(channel=channel, defaults={"due_at": now})


def _read(sweep_id: int, now: datetime) -> bool:
    """Take the lease of one reading, ask the network, and keep what it said."""
    if not Sweep.objects.filter(pk=sweep_id, due_at__lte=now).update(due_at=now + _LEASE):
        return False
    row = Sweep.objects.select_related("channel__organisation", "channel__connection").get(pk=sweep_id)
    posts = _posts(row)
    try:
        fetched = network_for(row.channel).fetch(account_for(row.channel), posts=posts, cursor=row.cursor)
        keep(row.channel, fetched, posts, timezone.now())
    except Trouble as trouble:
        outcome = trouble.outcome
        _failed(row, outcome.message if isinstance(outcome, Refused) else outcome.evidence, timezone.now())
    except Exception as error:
        log.exception("collect_surprise", channel=str(row.channel_id))
        _failed(row, f"Reading did not work ({type(error).__name__}).", timezone.now())
    else:
        _complete(row, fetched, posts, timezone.now())
    return True


def _posts(row: Sweep) -> list[str]:
    done = Delivery.objects.filter(channel=row.channel, state=DeliveryState.DONE).exclude(external_id="")
    recent = done.order_by("-done_at").values_list("external_id", flat=True)[:RECENT_POSTS]
    known = done.filter(external_id__in=row.rung_posts).values_list("external_id", flat=True)
    return list(dict.fromkeys([*known, *recent]))


@transaction.atomic
def _complete(row: Sweep, fetched: Fetched, posts: Sequence[str], now: datetime) -> None:
    """Note a complete reading. Whoever rang meanwhile is heard at once."""
    fresh = Sweep.objects.select_for_update().get(pk=row.pk)
    rung = fresh.rung_at is not None and fresh.rung_at != row.rung_at
    fresh.rung_posts = [post for post in fresh.rung_posts if rung or post not in posts]
    fresh.due_at = now if rung else now + timedelta(seconds=settings.MONITORING_POLL_SECONDS)
    fresh.cursor = fetched.cursor
    fresh.complete_at = now
    fresh.failures = 0
    fresh.problem = ""
    fresh.save()


@transaction.atomic
def _failed(row: Sweep, problem: str, now: datetime) -> None:
    fresh = Sweep.objects.select_for_update().get(pk=row.pk)
    fresh.failures = min(fresh.failures + 1, 1000)
    first = timedelta(seconds=settings.MONITORING_POLL_SECONDS)
    fresh.due_at = now + min(first * 2 ** min(fresh.failures - 1, 6), _LONGEST_PAUSE)
    fresh.problem = problem
    fresh.save()


@control("C39", "Everything the public writes is read by screening and put in front of a person")
@control("C40", "Words, account, link and times are kept before anything is hidden or removed")
def keep(channel: Channel, fetched: Fetched, posts: Sequence[str], now: datetime) -> None:
    """Keep everything a complete reading brought, and notice what went away."""
    known = {
        item.external_id: item
        for item in Item.objects.filter(
            channel=channel, external_id__in=[found.external_id for found in fetched.items]
        )
    }
    own_posts = dict(
        Delivery.objects.filter(channel=channel, external_id__in=posts).values_list("external_id", "post_id")
    )
    facts = screening_facts(channel.organisation) if fetched.items else None
    for found in fetched.items:
        old = known.get(found.external_id)
        if old is None:
            _first(channel, found, own_posts.get(found.post_id), _screened(found, facts), now)
        elif old.text != found.text or old.is_hidden != found.is_hidden or old.gone_at is not None:
            _again(channel, old.pk, found, _screened(found, facts), now)
    _notice_gone(channel, fetched, posts, now)


def _screened(
    found: PublicItem, facts: OrganisationFacts | None
) -> tuple[tuple[Finding, ...] | None, object]:
    """Return the findings, and what to store; None when screening failed, which never passes for "nothing"."""
    try:
        if facts is None:
            raise ValueError("no facts")
        context = Context(has_picture=found.has_picture, author=Author.STRANGER)
        result = Screener(default_pack(), facts).screen(
            found.text, direction=Direction.INBOUND_COMMENT, context=context
        )
    except Exception:
        log.exception("screening_failed", item=found.external_id)
        return None, {}
    return result.findings, to_json(result)


@transaction.atomic
def _first(
    channel: Channel,
    found: PublicItem,
    post: UUID | None,
    screened: tuple[tuple[Finding, ...] | None, object],
    now: datetime,
) -> None:
    findings, stored = screened
    item, new = Item.objects.get_or_create(
        channel=channel,
        external_id=found.external_id,
        defaults={
            "organisation": channel.organisation,
            "kind": found.kind.value,
            "post_id": post,
            "parent_id": found.parent_id,
            "thread_id": found.post_id,
            "author_id": found.author_id[:200],
            "author_name": found.author_name[:200],
            "text": found.text,
            "permalink": found.permalink[:500],
            "has_picture": found.has_picture,
            "written_at": found.created_at,
            "first_seen_at": now,
            "risk": risk_of(findings),
            "screening": stored,
            "is_hidden": found.is_hidden,
        },
    )
    if not new:
        return
    Sighting.objects.create(
        item=item, at=now, text=found.text, raw=dict(found.raw), is_hidden=found.is_hidden
    )
    _write_down(item, "monitoring.collected", now)
    _hide_harm(item, now)


@transaction.atomic
def _again(
    channel: Channel,
    item_id: UUID,
    found: PublicItem,
    screened: tuple[tuple[Finding, ...] | None, object],
    now: datetime,
) -> None:
    """Keep a changed version. Words changed after a decision come back to a person."""
    item = Item.objects.select_for_update().select_related("channel").get(pk=item_id)
    findings, stored = screened
    changed = item.text != found.text
    item.text, item.is_hidden, item.gone_at = found.text, found.is_hidden, None
    item.has_picture = found.has_picture
    if changed:
        item.risk, item.screening, item.state = risk_of(findings), stored, Item.State.OPEN
    item.save()
    Sighting.objects.create(
        item=item, at=now, text=found.text, raw=dict(found.raw), is_hidden=found.is_hidden
    )
    if changed:
        _write_down(item, "monitoring.changed", now)
        _hide_harm(item, now)


def _hide_harm(item: Item, now: datetime) -> None:
    """Ask for harm to be hidden. The words are committed in this same transaction, before anything moves."""
    capabilities = network_for(item.channel).capabilities
    if not hide_at_once(item.risk, is_hidden=item.is_hidden, capabilities=capabilities):
        return
    Action.objects.create(item=item, kind=Action.Kind.HIDE, due_at=now, created_at=now)
    _write_down(item, "monitoring.hide_asked", now)


def _notice_gone(channel: Channel, fetched: Fetched, posts: Sequence[str], now: datetime) -> None:
    """Mark what a complete reading no longer found. Our copy stays."""
    seen = [found.external_id for found in fetched.items]
    missing = Item.objects.filter(channel=channel, thread_id__in=posts, gone_at__isnull=True)
    for pk in list(missing.exclude(external_id__in=seen).values_list("pk", flat=True)):
        with transaction.atomic():
            item = Item.objects.select_for_update().get(pk=pk)
            item.gone_at = now
            item.save(update_fields=["gone_at"])
            _write_down(item, "monitoring.gone", now)


def words_digest(text: str) -> str:
    """Return the SHA-256 of the words, as the ledger keeps it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _write_down(item: Item, kind: str, now: datetime) -> None:
    organisation: Organisation = item.organisation
    record(
        organisation_id=organisation.id,
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
