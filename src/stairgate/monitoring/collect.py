"""Reading what the public wrote: rung by a webhook, and polled, because a doorbell can be silently broken."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stairgate.channels.models import Channel
from stairgate.channels.services import account_for, network_for, note_health, note_unread
from stairgate.monitoring import keeping
from stairgate.monitoring.models import Item, Receipt, Sweep
from stairgate.monitoring.rules import LONGEST_PAUSE, pause_after
from stairgate.networks.base import Account, Fetched, Health, Network, RefusalKind, Refused, Trouble
from stairgate.publishing.models import Delivery
from stairgate.publishing.states import DeliveryState

log = structlog.get_logger(__name__)

#: posts whose comments every reading takes in; older ones are read when the doorbell rings, and by `older`
RECENT_POSTS = 40
#: of the posts that rang, how many one reading takes in: it ends well inside its lease
MOST_RUNG_FOR = 50
_LEASE = timedelta(seconds=180)
_KEEP_RECEIPTS = timedelta(days=3)
#: seconds for asking after what a reading no longer showed; the rest is asked after the next one
_LOOK_SECONDS = 45.0
#: the network has shut us out: nothing may go out either until somebody looks
_SHUT_OUT = frozenset({RefusalKind.RECONNECT, RefusalKind.PERMISSION})


class Incomplete(Exception):
    """Something that was read could not be kept, so the reading proves nothing yet."""


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
    """Every connected account that can be read and is not closed is read, also while its gate is shut."""
    new = Channel.objects.filter(connection__isnull=False, sweep__isnull=True)
    new = new.exclude(network=Channel.Network.ASSISTED)
    for channel in new.exclude(status=Channel.Status.CLOSED):
        Sweep.objects.get_or_create(channel=channel, defaults={"due_at": now})


def _read(sweep_id: int, now: datetime) -> bool:
    """Take the lease of one reading, ask the network, and keep what it said."""
    if not Sweep.objects.filter(pk=sweep_id, due_at__lte=now).update(due_at=now + _LEASE):
        return False
    row = Sweep.objects.select_related("channel__organisation", "channel__connection").get(pk=sweep_id)
    posts = _posts(row)
    try:
        fetched = _take_in(row, posts)
    except Trouble as trouble:
        _troubled(row, trouble, timezone.now())
    except Incomplete as incomplete:
        _failed(row, str(incomplete), timezone.now())
    except Exception as error:
        log.exception("collect_surprise", channel=str(row.channel_id))
        _failed(row, f"Reading did not work ({type(error).__name__}).", timezone.now())
    else:
        _complete(row, fetched, posts, timezone.now())
    return True


def _take_in(row: Sweep, posts: Sequence[str]) -> Fetched:
    """Read everything and keep it; return what was read. Raises `Trouble` and `Incomplete`."""
    network, account = network_for(row.channel), account_for(row.channel)
    reading = keeping.Reading.begin(row.channel, timezone.now())
    fetched = network.fetch(account, posts=posts, cursor=row.cursor)
    lost = keeping.keep(reading, fetched.items, timezone.now())
    if lost:
        raise Incomplete(f"{lost} of what people wrote could not be kept.")
    _ask_after_missing(reading, network, account, fetched, posts)
    return fetched


def _ask_after_missing(
    reading: keeping.Reading, network: Network, account: Account, fetched: Fetched, posts: Sequence[str]
) -> None:
    """Ask after each item that a reading no longer showed: a gap in a list is not proof that it is gone."""
    until = time.monotonic() + _LOOK_SECONDS
    for item in keeping.missing(reading.channel, fetched, posts):
        if item.thread_id in fetched.removed or item.external_id in fetched.removed:
            keeping.mark_gone(item, timezone.now())
        elif time.monotonic() < until:
            _ask_after(reading, network, account, item)


def _ask_after(reading: keeping.Reading, network: Network, account: Account, item: Item) -> None:
    try:
        found = network.read_item(account, item.external_id)
    except Trouble as trouble:
        log.info("not_asked_after", item=str(item.pk), why=str(trouble))
        return
    if found is None:
        keeping.mark_gone(item, timezone.now())
    else:
        keeping.keep(reading, [found], timezone.now())


def _posts(row: Sweep) -> list[str]:
    """Return the posts to read: some of those the doorbell rang for, and our own newest."""
    done = Delivery.objects.filter(channel=row.channel, state=DeliveryState.DONE).exclude(external_id="")
    recent = done.order_by("-done_at").values_list("external_id", flat=True)[:RECENT_POSTS]
    return list(dict.fromkeys([*row.rung_posts[:MOST_RUNG_FOR], *recent]))


@transaction.atomic
def _complete(row: Sweep, fetched: Fetched, posts: Sequence[str], now: datetime) -> None:
    """Note a complete reading. Whoever rang meanwhile is heard as soon as the network's allowance lets us."""
    fresh = Sweep.objects.select_for_update().get(pk=row.pk)
    rung = fresh.rung_at is not None and fresh.rung_at != row.rung_at
    left = [post for post in fresh.rung_posts if post not in posts]
    # who rang during the reading may have rung for what it had read already: once more, after the others
    fresh.rung_posts = [*left, *(post for post in fresh.rung_posts if rung and post in posts)]
    usual = timedelta(seconds=settings.MONITORING_POLL_SECONDS)
    pause = pause_after(fetched.used, usual)
    fresh.not_before = now + pause if pause > usual else None
    fresh.due_at = now + pause if fresh.not_before or not (rung or left) else now
    fresh.cursor = fetched.cursor
    fresh.complete_at = now
    fresh.newest_at = keeping.newest(fresh.newest_at, fetched)
    fresh.failures = 0
    fresh.problem = ""
    fresh.save()
    note_unread(channel=row.channel, since=None)


def _troubled(row: Sweep, trouble: Trouble, now: datetime) -> None:
    """Note why the network would not be read. Who is shut out of reading does not publish either."""
    outcome = trouble.outcome
    if not isinstance(outcome, Refused):
        _failed(row, outcome.evidence, now)
        return
    if outcome.kind in _SHUT_OUT:
        health = Health(ok=False, checked_at=now, problems=(outcome.message,), kind=outcome.kind)
        note_health(channel=row.channel, health=health)
    _failed(row, outcome.message, now, wait=timedelta(seconds=outcome.retry_after or 0))


@transaction.atomic
def _failed(row: Sweep, problem: str, now: datetime, wait: timedelta = timedelta()) -> None:
    fresh = Sweep.objects.select_for_update().get(pk=row.pk)
    fresh.failures = min(fresh.failures + 1, 1000)
    first = timedelta(seconds=settings.MONITORING_POLL_SECONDS)
    fresh.due_at = now + max(wait, min(first * 2 ** min(fresh.failures - 1, 6), LONGEST_PAUSE))
    fresh.not_before = now + wait if wait else None
    fresh.problem = problem
    fresh.save()
    note_unread(channel=row.channel, since=now)
