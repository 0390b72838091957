"""Reading back what went out, at once and on the policy's schedule, and finding what was not approved.

A row for each delivery says when it is due; who reads takes its lease by moving that time. What could not be
read is never taken for the same: after two intervals without an answer it is a finding too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from stairgate.channels.models import Channel
from stairgate.channels.services import account_for, network_for
from stairgate.clauses import Coverage, control
from stairgate.ledger.services import record
from stairgate.networks.base import Found, LivePost, Refused, Trouble
from stairgate.organisations.models import Organisation
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force
from stairgate.publishing.comparing import compare, plain
from stairgate.publishing.delivery import settle_look
from stairgate.publishing.models import Delivery, Difference, Post, ReadBack, TakeDown
from stairgate.publishing.selectors.changes import carrier
from stairgate.publishing.states import DeliveryState

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=120)
_FIRST_PAUSE = timedelta(minutes=1)
_EACH_SWEEP = 20


def sweep(now: datetime, worker: str) -> int:
    """Read back everything that is due; return how many were read."""
    due = ReadBack.objects.filter(due_at__lte=now, delivery__state=DeliveryState.DONE)
    due = due.exclude(delivery__channel__status=Channel.Status.CLOSED)
    return sum(
        _read(pk, now) for pk in list(due.order_by("due_at").values_list("pk", flat=True)[:_EACH_SWEEP])
    )


def _read(pk: int, now: datetime) -> bool:
    lease = now + _LEASE
    if not ReadBack.objects.filter(pk=pk, due_at__lte=now).update(due_at=lease):
        return False
    row = ReadBack.objects.select_related("delivery__channel__connection").get(pk=pk)
    delivery, wait = row.delivery, timedelta()
    try:
        channel = delivery.channel
        live = network_for(channel).read_post(account_for(channel), delivery.external_id)
    except Trouble as trouble:
        if isinstance(trouble.outcome, Refused):
            wait = timedelta(seconds=trouble.outcome.retry_after or 0)
        _not_read(delivery.pk, str(trouble), wait, timezone.now())
    except Exception as error:
        log.exception("read_back_surprise", delivery=str(delivery.pk))
        _not_read(delivery.pk, f"Reading it did not work ({type(error).__name__}).", wait, timezone.now())
    else:
        settle_reading(delivery_id=delivery.pk, live=live, lease=lease, now=timezone.now())
    return True


@control(
    "C78",
    "What is on the page is read back and compared with what was approved; a difference opens a finding",
    coverage=Coverage.PART,
)
@transaction.atomic
def settle_reading(*, delivery_id: UUID, live: LivePost | None, lease: datetime, now: datetime) -> None:
    """Compare what was read with what was approved, and open or keep a finding where it differs.

    A reading that lost its ``lease`` may be of words that have been changed since: it counts for nothing.
    """
    delivery = _lock(delivery_id)
    if delivery is None or delivery.read_back.due_at != lease:
        return
    _notice_change(delivery, live, now)
    row, parameters, shown = delivery.read_back, _parameters(delivery.organisation), carrier(delivery)
    text, pictures = shown.revision.text, delivery.revision.pictures.count()
    differs = compare(live, text=text, pictures=pictures)
    row.read_at, row.failures, row.problem = now, 0, ""
    row.due_at = _next(shown, parameters, now)
    row.save()
    found = Difference(
        organisation=delivery.organisation,
        delivery=delivery,
        kind=differs or "",
        text=live.text if live else "",
        pictures=live.pictures if live else 0,
        approved_text=text,
        approved_pictures=pictures,
        found_at=now,
        seen_at=now,
    )
    if differs is not None:
        open_finding(found, now)
    else:
        close_by_itself(
            delivery, "It could be read again, and it is what was approved.", now, unread_only=True
        )


def _notice_change(delivery: Delivery, live: LivePost | None, now: datetime) -> None:
    """Where the words of a change are found whose outcome was unknown, that was its outcome."""
    unsure = delivery.its_changes.filter(state__in=[DeliveryState.UNKNOWN, DeliveryState.NOT_THERE])
    for change in unsure.select_related("revision"):
        if live is not None and plain(live.text) == plain(change.revision.text):
            settle_look(delivery_id=change.pk, result=Found(live.external_id), began=now, now=now)


def _lock(delivery_id: UUID) -> Delivery | None:
    """Lock the post, then the delivery; None when it is no longer there, or is just being changed or taken down."""
    post_id = Delivery.objects.values_list("post_id", flat=True).get(pk=delivery_id)
    Post.objects.select_for_update().get(pk=post_id)
    rows = Delivery.objects.select_for_update(of=("self",)).select_related(
        "revision", "organisation", "read_back", "channel"
    )
    delivery = rows.get(pk=delivery_id)
    under_way = [TakeDown.State.WAITING, TakeDown.State.UNKNOWN]
    leaving = TakeDown.objects.filter(delivery=delivery, state__in=under_way)
    changing = delivery.its_changes.filter(state=DeliveryState.SENDING)
    if delivery.state != DeliveryState.DONE or leaving.exists() or changing.exists():
        return None
    return delivery


def _parameters(organisation: Organisation) -> Parameters:
    version = in_force(organisation)
    return version.parameters if version else Parameters()


def _next(delivery: Delivery, parameters: Parameters, now: datetime) -> datetime | None:
    """Return when it is read next; None when the policy asks for no more."""
    until = (delivery.done_at or now) + timedelta(days=parameters.read_back_days)
    then = now + timedelta(hours=parameters.read_back_every_hours)
    return then if then <= until else None


@transaction.atomic
def _not_read(delivery_id: UUID, problem: str, wait: timedelta, now: datetime) -> None:
    """Write down that nothing is known, and try again soon; two intervals of that are a finding."""
    delivery = _lock(delivery_id)
    if delivery is None:
        return
    row, parameters = delivery.read_back, _parameters(delivery.organisation)
    interval = timedelta(hours=parameters.read_back_every_hours)
    row.failures = min(row.failures + 1, 30)
    row.problem = problem
    row.due_at = now + max(wait, min(_FIRST_PAUSE * 2 ** (row.failures - 1), interval))
    row.save()
    last_known = row.read_at or delivery.done_at or now
    if now > last_known + 2 * interval and not _newest_open(delivery):
        found = Difference(
            organisation=delivery.organisation,
            delivery=delivery,
            kind=Difference.Kind.UNREAD,
            approved_text=carrier(delivery).revision.text,
            approved_pictures=delivery.revision.pictures.count(),
            found_at=now,
            seen_at=now,
        )
        open_finding(found, now)


def _newest_open(delivery: Delivery) -> Difference | None:
    return delivery.differences.filter(closed_at__isnull=True).first()


def open_finding(found: Difference, now: datetime, *, actor: str = "worker") -> None:
    """Keep a finding. The same one again changes nothing; another one takes the place of the one before."""
    old = _newest_open(found.delivery)
    if old is not None:
        if (old.kind, old.text, old.pictures) == (found.kind, found.text, found.pictures):
            old.seen_at = now
            old.save(update_fields=["seen_at"])
            return
        _close(old, "Something else was found there after it.", now)
    found.save()
    payload: dict[str, object] = {"kind": found.kind, "text": found.text, "pictures": found.pictures}
    _record(found, "publishing.differs", payload, now, actor=actor)


def close_by_itself(delivery: Delivery, why: str, now: datetime, *, unread_only: bool = False) -> None:
    """Close what no person has to decide any more: it could be read again, or it was taken down."""
    old = _newest_open(delivery)
    if old is not None and (not unread_only or old.kind == Difference.Kind.UNREAD):
        _close(old, why, now)


def _close(old: Difference, why: str, now: datetime) -> None:
    old.closed_at, old.closed_why = now, why
    old.save(update_fields=["closed_at", "closed_why"])
    _record(old, "publishing.difference_closed", {"why": why}, now)


def _record(
    found: Difference, kind: str, payload: dict[str, object], now: datetime, *, actor: str = "worker"
) -> None:
    record(
        organisation_id=found.organisation_id,
        kind=kind,
        actor=actor,
        subject=str(found.delivery.post_id),
        payload={"finding": str(found.id), "delivery": str(found.delivery_id), **payload},
        at=now,
    )
