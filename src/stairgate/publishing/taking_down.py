"""Taking a published post down, truly: the network is asked to delete it, and then whether it is gone.

Deleting may be done twice without harm, so after an unknown outcome we look, and only then ask again. Only a
look that finds nothing makes it *taken down*.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from stairgate.channels.services import account_for, network_for
from stairgate.ledger.services import record
from stairgate.networks.base import RefusalKind, Refused, Trouble, Unknown
from stairgate.publishing.ending import end_changes
from stairgate.publishing.models import Post, TakeDown
from stairgate.publishing.moves import follow_take_down
from stairgate.publishing.reading_back import close_by_itself
from stairgate.publishing.states import DeliveryState, check_delivery_move

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=120)
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=10)
_MOST_ATTEMPTS = 8
_EACH_SWEEP = 20
_HOPELESS = frozenset(
    {RefusalKind.RECONNECT, RefusalKind.PERMISSION, RefusalKind.INVALID, RefusalKind.BLOCKED}
)
_UNDER_WAY = (TakeDown.State.WAITING, TakeDown.State.UNKNOWN)


def sweep(now: datetime, worker: str) -> int:
    """Act on every take-down that is due, oldest first; return how many were acted on."""
    due = TakeDown.objects.filter(state__in=_UNDER_WAY, due_at__lte=now)
    return sum(
        _act(pk, now) for pk in list(due.order_by("due_at").values_list("pk", flat=True)[:_EACH_SWEEP])
    )


def _act(pk: UUID, now: datetime) -> bool:
    """Take the lease; look first where the outcome is unknown; delete; and look whether it is gone.

    Until it is settled the row says "unknown": a worker killed in between leaves just that.
    """
    row = TakeDown.objects.select_related("delivery__channel__connection").get(pk=pk)
    looks_first = row.state == TakeDown.State.UNKNOWN
    mine = TakeDown.objects.filter(pk=pk, state=row.state, due_at=row.due_at)
    if not mine.update(state=TakeDown.State.UNKNOWN, due_at=now + _LEASE, attempts=row.attempts + 1):
        return False
    try:
        gone = _take_down(row, looks_first=looks_first)
    except Trouble as trouble:
        _not_gone(pk, trouble.outcome, timezone.now())
    except Exception as error:
        log.exception("take_down_surprise", take_down=str(pk))
        _not_gone(pk, Unknown(f"Something unexpected happened ({type(error).__name__})."), timezone.now())
    else:
        _settle(pk, gone=gone, now=timezone.now())
    return True


def _take_down(row: TakeDown, *, looks_first: bool) -> bool:
    """Return whether it is gone, by looking: what the network says of its own deed is not enough. Raises `Trouble`."""
    channel, external_id = row.delivery.channel, row.delivery.external_id
    network, account = network_for(channel), account_for(channel)
    if looks_first and network.read_post(account, external_id) is None:
        return True
    network.delete(account, external_id)
    return network.read_post(account, external_id) is None


def _locked(pk: UUID) -> TakeDown | None:
    """Lock the post, then read its take-down: always in that order. None when it was settled meanwhile."""
    post_id = TakeDown.objects.values_list("delivery__post_id", flat=True).get(pk=pk)
    Post.objects.select_for_update().get(pk=post_id)
    rows = TakeDown.objects.select_related("delivery__post", "delivery__channel")
    return rows.filter(pk=pk, state__in=_UNDER_WAY).first()


@transaction.atomic
def _settle(pk: UUID, *, gone: bool, now: datetime) -> None:
    row = _locked(pk)
    if row is None:
        return
    if not gone:
        row.state = TakeDown.State.WAITING
        _again(row, "The network said yes, but it is still there.", timedelta(), now)
        return
    taken_down(row, now)


def taken_down(row: TakeDown, now: datetime, *, actor: str = "worker") -> None:
    """Write down that it is gone: somebody looked, the worker or a person. The caller holds the locks."""
    delivery = row.delivery
    check_delivery_move(delivery.state, DeliveryState.TAKEN_DOWN)
    row.state, row.problem, row.done_at = TakeDown.State.DONE, "", now
    row.save()
    left = (
        "" if delivery.copies <= 1 else f" It was there {delivery.copies} times: look for the other copies."
    )
    delivery.state, delivery.reason = DeliveryState.TAKEN_DOWN, f"Taken down: {row.why}{left}"
    delivery.save(update_fields=["state", "reason"])
    follow_take_down(delivery.post, f"Taken down: {row.why}", now)
    end_changes(delivery, now)  # locks them, so it comes before the first entry in the ledger
    close_by_itself(delivery, "It was taken down.", now)
    _record(row, "publishing.taken_down", now, actor=actor)


@transaction.atomic
def _not_gone(pk: UUID, outcome: Refused | Unknown, now: datetime) -> None:
    row = _locked(pk)
    if row is None:
        return
    if isinstance(outcome, Unknown):
        _again(row, outcome.evidence, timedelta(), now)
        return
    row.state, hopeless = TakeDown.State.WAITING, outcome.kind in _HOPELESS
    _again(row, outcome.message, timedelta(seconds=outcome.retry_after or 0), now, hopeless=hopeless)


def _again(row: TakeDown, problem: str, wait: timedelta, now: datetime, *, hopeless: bool = False) -> None:
    """Put it off, or hand it to a person when trying again would not help."""
    row.problem = problem
    row.due_at = now + max(wait, min(_FIRST_PAUSE * 2 ** (row.attempts - 1), _LONGEST_PAUSE))
    if hopeless or row.attempts >= _MOST_ATTEMPTS:
        row.state = TakeDown.State.NEEDS_PERSON
        _record(row, "publishing.take_down_failed", now)
    row.save()


def _record(row: TakeDown, kind: str, now: datetime, *, actor: str = "worker") -> None:
    delivery = row.delivery
    record(
        organisation_id=delivery.organisation_id,
        kind=kind,
        actor=actor,
        subject=str(delivery.post_id),
        payload={
            "delivery": str(delivery.id),
            "channel": str(delivery.channel_id),
            "external_id": delivery.external_id,
            "problem": row.problem,
        },
        at=now,
    )
