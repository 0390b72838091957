"""Going through everything older on an account, step by step, so that nothing is missed when no bell rang for it.

After a week without power a network has long given up ringing, and what was written meanwhile may hang on any post.
Each step is kept before the next is asked for: memory stays flat, and whoever is killed goes on where they were.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from stairgate.channels.models import Channel
from stairgate.channels.services import account_for, network_for
from stairgate.clauses import control
from stairgate.monitoring import keeping
from stairgate.monitoring.models import Walk
from stairgate.monitoring.rules import LONGEST_PAUSE, SLOW_FROM
from stairgate.networks.base import Fetched, ReadsOlder, Refused, Trouble

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=1)
_LEASE = timedelta(minutes=5)
#: of one turn: then others have theirs
_TURN_SECONDS = 30.0
_FIRST_PAUSE = timedelta(minutes=1)


class Lost(Exception):
    """Something that a step brought could not be kept, so the step is not done."""


@control(
    "C39", "What was written under any post, also while we were away, is found and put in front of a person"
)
def sweep(now: datetime, worker: str) -> int:
    """Go on with every account that is due; return how many had a turn."""
    _meet_new_channels(now)
    due = Walk.objects.filter(due_at__lte=now, channel__connection__isnull=False)
    due = due.exclude(channel__status=Channel.Status.CLOSED)
    return sum(_turn(pk, now) for pk in due.order_by("due_at").values_list("pk", flat=True)[:20])


def _meet_new_channels(now: datetime) -> None:
    new = Channel.objects.filter(connection__isnull=False, walk__isnull=True)
    for channel in new.exclude(status=Channel.Status.CLOSED):
        if isinstance(network_for(channel), ReadsOlder):
            Walk.objects.get_or_create(channel=channel, defaults={"due_at": now, "met_at": now})


def _turn(walk_id: int, now: datetime) -> bool:
    """Take the lease of one walk and go on with it for a while."""
    if not Walk.objects.filter(pk=walk_id, due_at__lte=now).update(due_at=now + _LEASE):
        return False
    walk = Walk.objects.select_related("channel__organisation", "channel__connection").get(pk=walk_id)
    until = time.monotonic() + _TURN_SECONDS
    try:
        while _step(walk) and time.monotonic() < until:
            pass
    except Trouble as trouble:
        outcome = trouble.outcome
        waits = outcome.retry_after if isinstance(outcome, Refused) else None
        _stopped(walk, str(trouble), timedelta(seconds=waits or 0))
    except Lost as lost:
        _stopped(walk, str(lost))
    except Exception as error:
        log.exception("walk_surprise", channel=str(walk.channel_id))
        _stopped(walk, f"Reading did not work ({type(error).__name__}).")
    return True


def _step(walk: Walk) -> bool:
    """Take one step and keep what it brought; return whether to go straight on. Raises `Trouble` and `Lost`."""
    network = network_for(walk.channel)
    if not isinstance(network, ReadsOlder):
        raise TypeError(f"{walk.channel.network} cannot be read through")
    reading = keeping.Reading.begin(walk.channel, timezone.now())
    began = walk.began_at if walk.cursor and walk.began_at else reading.began
    fetched = network.older(account_for(walk.channel), since=walk.through_at, cursor=walk.cursor)
    lost = keeping.keep(reading, fetched.items, timezone.now())
    if lost:
        raise Lost(f"{lost} of what people wrote could not be kept.")
    return _went_on(walk, fetched, began, timezone.now())


def _went_on(walk: Walk, fetched: Fetched, began: datetime, now: datetime) -> bool:
    """Note one step; return whether there is another that may follow at once."""
    spent = fetched.used is not None and fetched.used >= SLOW_FROM
    walk.cursor, walk.began_at = fetched.cursor, began
    walk.failures, walk.problem = 0, ""
    if not walk.cursor:
        walk.through_at = began
        walk.due_at = now + EVERY
    else:
        walk.due_at = now + LONGEST_PAUSE if spent else now
    walk.save()
    return bool(walk.cursor) and not spent


def _stopped(walk: Walk, problem: str, wait: timedelta = timedelta()) -> None:
    """Note why a step could not be taken. The same one is taken again after a pause that grows."""
    walk.failures = min(walk.failures + 1, 1000)
    walk.due_at = timezone.now() + max(
        wait, min(_FIRST_PAUSE * 2 ** min(walk.failures - 1, 6), LONGEST_PAUSE)
    )
    walk.problem = problem
    walk.save()
