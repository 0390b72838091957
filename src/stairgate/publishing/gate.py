"""The gate: the one way out (law 1 of the house).

``open_gate`` re-reads everything in one transaction at the moment of sending: the account, the policy, the
people, the approvals and the digest of the exact content, down to the bytes of the pictures. If all of it
holds it writes down that it opened, and only then hands out a `Passage`. Any doubt is a refusal with reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction

from stairgate.channels.services import account_for, network_for
from stairgate.clauses import Coverage, control
from stairgate.ledger.services import record
from stairgate.networks import base
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.organisations.rules import Duty
from stairgate.policies.selectors import in_force
from stairgate.publishing.fetching import with_addresses
from stairgate.publishing.gate_facts import digest_of, facts_of, outgoing_of, why_not_today
from stairgate.publishing.models import (
    Attempt,
    Delivery,
    Post,
    ReadBack,
)
from stairgate.publishing.moves import follow_deliveries, move_post
from stairgate.publishing.rules import (
    Barrier,
    gate_barriers,
    lapse_barriers,
)
from stairgate.publishing.states import READY, DeliveryState, PostState, check_delivery_move

log = structlog.get_logger(__name__)

_mint = base.claim_mint()


@dataclass(frozen=True, slots=True)
class Opened:
    """The gate is open for one attempt."""

    passage: base.Passage
    attempt: UUID


@dataclass(frozen=True, slots=True)
class OpenedByHand:
    """The gate is open for one person, who sees the words until the lease on the delivery runs out."""

    attempt: UUID


@dataclass(frozen=True, slots=True)
class Closed:
    """The gate stays shut. ``barriers`` is empty when there was nothing (any more) to send."""

    barriers: tuple[Barrier, ...]


@control(
    "C78",
    "Nothing reaches a network but through the gate, which re-checks everything as it sends",
    coverage=Coverage.WHOLE,
)
@control("C04", "Only a registered, authorised, live account can be sent to", coverage=Coverage.WHOLE)
def open_gate(*, delivery_id: UUID, worker: str, now: datetime) -> Opened | Closed:
    """Return an `Opened` with the one passage for this attempt, or `Closed` with every reason.

    Writes the attempt, the lease and the ledger entry in the same transaction; a delivery that is not
    waiting and due, or whose lease somebody else won, gives `Closed` without reasons. What cannot be checked
    is a reason too. Raises when not even that can be written down: then nothing was sent and nothing changed.
    """
    try:
        return _open(delivery_id, worker, now)
    except DatabaseError:
        raise
    except Exception as error:
        log.exception("gate_surprise", delivery=str(delivery_id))
        return _stay_shut(delivery_id, error, now)


@transaction.atomic
def _stay_shut(delivery_id: UUID, error: Exception, now: datetime) -> Closed:
    delivery = _lock_due(delivery_id, now)
    if delivery is None:
        return Closed(())
    says = (
        f"Not everything could be checked ({type(error).__name__}), so nothing was sent. "
        "Whoever looks after Stairgate finds the cause in its log."
    )
    barriers = (Barrier("C78", says),)
    _shut(delivery, barriers, now)
    return Closed(barriers)


@transaction.atomic
def _open(delivery_id: UUID, worker: str, now: datetime) -> Opened | Closed:
    delivery = _lock_due(delivery_id, now)
    if delivery is None:
        return Closed(())
    outgoing = outgoing_of(delivery)
    barriers = gate_barriers(facts_of(delivery, digest_of(outgoing, delivery.revision), now), now)
    if barriers or outgoing is None:
        _shut(delivery, barriers, now)
        return Closed(barriers)
    attempt = _begin(delivery, worker, now)
    passage = _mint(
        outgoing=_fetchable(outgoing, delivery, attempt, now),
        account=account_for(delivery.channel),
        delivery_id=str(delivery.id),
        key=delivery.id.hex,
        opened_at=now,
        good_for=settings.DELIVERY_LEASE_SECONDS / 2,
    )
    return Opened(passage, attempt.id)


def _fetchable(outgoing: base.Outgoing, delivery: Delivery, attempt: Attempt, now: datetime) -> base.Outgoing:
    """Return the content as its network takes it: with an address for each photo where it fetches them itself."""
    fetches = isinstance(network_for(delivery.channel), base.FetchesPictures)
    if not fetches or not outgoing.pictures:
        return outgoing
    payload = {"attempt": attempt.number, "photos": len(outgoing.pictures)}
    _record(delivery, "publishing.photos_offered", payload, now)
    return with_addresses(outgoing, attempt.id)


@control(
    "C78",
    "Words to be posted by hand are shown only when the gate, asked everything again, opens for a person",
)
@control("C04", "What is posted by hand goes to a registered, authorised, live account and nowhere else")
@transaction.atomic
def open_by_hand(*, delivery_id: UUID, by: User, now: datetime, seconds: int) -> OpenedByHand | Closed:
    """Return that one person may put it there now, for so many seconds, or `Closed` with every reason.

    The moment of sending: all that `open_gate` asks is asked again. A delivery that waits for no hand (any more)
    gives `Closed` without reasons. Raises `NotAllowed` when this person may not write for the setting today.
    """
    delivery = _lock_ready(delivery_id)
    if delivery is None or delivery.state != DeliveryState.MANUAL:
        return Closed(())
    organisation = delivery.channel.organisation
    unfit = why_not_today(by, Duty.WRITE, organisation.id, in_force(organisation), now)
    if unfit:
        raise NotAllowed(" ".join(unfit))
    digest_now = digest_of(outgoing_of(delivery), delivery.revision)
    barriers = gate_barriers(facts_of(delivery, digest_now, now), now)
    if barriers:
        _shut(delivery, barriers, now)
        return Closed(barriers)
    attempt = _begin(delivery, str(by.id), now, by=by, seconds=seconds)
    return OpenedByHand(attempt.id)


@transaction.atomic
def lapse_early(*, delivery_id: UUID, now: datetime) -> bool:
    """Shut the gate on a delivery that would find it shut at its time; return whether it was.

    Its author learns of it, and of every reason, while there is still time to do something.
    """
    delivery = _lock_ready(delivery_id)
    if delivery is None:
        return False
    barriers = lapse_barriers(facts_of(delivery, delivery.revision.digest, now), now)
    if barriers:
        _shut(delivery, barriers, now, kind="publishing.lapsed")
    return bool(barriers)


def _lock_due(delivery_id: UUID, now: datetime) -> Delivery | None:
    delivery = _lock_ready(delivery_id)
    if delivery is None or delivery.state != DeliveryState.WAITING:
        return None
    return delivery if delivery.due_at <= now else None


def _lock_ready(delivery_id: UUID) -> Delivery | None:
    """Lock the post, then the delivery: always in that order, as every service does, so nobody deadlocks.

    The account is locked along: a pause waits for the gate that is opening, and no gate opens after it.
    A post that somebody holds is passed over until the next sweep, so that workers do not queue for one gate.
    """
    try:
        Post.objects.select_for_update(skip_locked=True, of=("self",)).get(deliveries=delivery_id)
    except Post.DoesNotExist:
        return None
    return (
        Delivery.objects.select_for_update(of=("self", "channel"), no_key=True)
        .select_related(
            "post", "revision__post", "channel__organisation", "channel__connection", "changes__revision"
        )
        .filter(pk=delivery_id, state__in=READY)
        .first()
    )


def _begin(
    delivery: Delivery, worker: str, now: datetime, *, by: User | None = None, seconds: int | None = None
) -> Attempt:
    """Write down that the gate opens: for the worker, or ``by`` a person."""
    check_delivery_move(delivery.state, DeliveryState.SENDING)
    delivery.state = DeliveryState.SENDING
    delivery.reason = ""
    delivery.lease_owner = worker
    delivery.lease_until = now + timedelta(seconds=seconds or settings.DELIVERY_LEASE_SECONDS)
    delivery.looks_absent = 0
    delivery.save(update_fields=["state", "reason", "lease_owner", "lease_until", "looks_absent"])
    if delivery.changes is not None:
        # a reading that is under way may still see the old words: it counts no longer
        later = delivery.lease_until + timedelta(seconds=settings.DELIVERY_SETTLE_SECONDS)
        ReadBack.objects.filter(delivery=delivery.changes, due_at__isnull=False).update(due_at=later)
    number = delivery.attempts.count() + 1
    attempt = Attempt.objects.create(delivery=delivery, number=number, opened_at=now, worker=worker, by=by)
    move_post(delivery.post, PostState.SENDING, "", now)
    payload = {"digest": delivery.revision.digest, "attempt": number}
    actor = str(by.id) if by else "worker"
    _record(delivery, "publishing.gate_opened", payload, now, actor=actor)
    return attempt


def _shut(
    delivery: Delivery, barriers: tuple[Barrier, ...], now: datetime, *, kind: str = "publishing.gate_shut"
) -> None:
    """A shut gate lapses the approval: what was stopped never slips out later by itself."""
    reason = " ".join(barrier.says for barrier in barriers)
    for other in delivery.post.deliveries.filter(state__in=READY):
        other.state = DeliveryState.CANCELLED
        other.reason = reason
        other.save(update_fields=["state", "reason"])
    delivery.post.approvals.filter(voided_at__isnull=True).update(voided_at=now, void_reason=reason[:300])
    if delivery.post.deliveries.exclude(state=DeliveryState.CANCELLED).exists():
        follow_deliveries(delivery.post, reason, now)
    else:
        move_post(delivery.post, PostState.LAPSED, reason, now)
    payload = {
        "digest": delivery.revision.digest,
        "clauses": sorted({b.clause for b in barriers}),
        "reason": reason,
    }
    _record(delivery, kind, payload, now)


def _record(
    delivery: Delivery, kind: str, payload: Mapping[str, object], now: datetime, *, actor: str = "worker"
) -> None:
    record(
        organisation_id=delivery.organisation_id,
        kind=kind,
        actor=actor,
        subject=str(delivery.post_id),
        payload={"delivery": str(delivery.id), "channel": str(delivery.channel_id), **payload},
        at=now,
    )
