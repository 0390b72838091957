"""Carrying what the gate let through, and finding out what became of it (laws 2 and 3 of the house).

Every step is a row first. A worker killed at any instruction leaves a lease that runs out; what it may have
sent is then *unknown* and is looked up on the network before anybody may try again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stairgate.channels.models import Channel
from stairgate.channels.services import account_for, network_for, note_health
from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.networks.base import (
    Absent,
    CannotTell,
    Done,
    Found,
    Health,
    Manual,
    Network,
    Outcome,
    Passage,
    Reconciled,
    RefusalKind,
    Refused,
    TooLate,
    Trouble,
    Unknown,
)
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force
from stairgate.publishing.changing import what_became
from stairgate.publishing.gate import Opened, open_gate
from stairgate.publishing.gate_facts import load_outgoing
from stairgate.publishing.models import Attempt, Delivery, Post, ReadBack
from stairgate.publishing.moves import follow_deliveries
from stairgate.publishing.selectors.changes import carrier
from stairgate.publishing.states import DeliveryState, check_delivery_move

log = structlog.get_logger(__name__)

#: refusals after which the very same content may try again by itself: the network says nothing was made
_TRY_AGAIN = frozenset({RefusalKind.THROTTLED, RefusalKind.UNREACHABLE})
_FIRST_PAUSE = timedelta(seconds=20)
_LONGEST_PAUSE = timedelta(minutes=15)
#: how many looks, each a settling time apart, must find nothing before "not there" is believed
LOOKS_NEEDED = 2
#: a longer address is no reason to forget that it is there
_LONGEST_LINK = 500


def sweep(now: datetime, worker: str) -> int:
    """Do everything that is due; return how many deliveries were acted on.

    One delivery in trouble stops none of the others. Raises `ExceptionGroup` with all of it at the end.
    """
    trouble: list[Exception] = []
    done = recover(now, trouble) + send_due(now, worker, trouble) + look_due(now, worker, trouble)
    if trouble:
        raise ExceptionGroup("deliveries in trouble", trouble)
    return done


def _each(ids: Iterable[UUID], deed: Callable[[UUID], object], trouble: list[Exception]) -> int:
    """Do the deed for each delivery by itself; return for how many it did something."""
    done = 0
    for pk in ids:
        try:
            done += deed(pk) is not False
        except Exception as error:
            log.exception("delivery_trouble", delivery=str(pk))
            trouble.append(error)
    return done


def send_due(now: datetime, worker: str, trouble: list[Exception], *, limit: int = 20) -> int:
    """Open the gate for each delivery whose time has come; return how many were looked at."""
    due = Delivery.objects.filter(state=DeliveryState.WAITING, due_at__lte=now)
    ids = list(due.order_by("due_at").values_list("pk", flat=True)[:limit])
    moment = _running_from(now)
    return _each(ids, lambda pk: send(pk, worker=worker, now=moment()), trouble)


def _running_from(now: datetime) -> Callable[[], datetime]:
    """Return a clock that shows ``now`` and runs on: a sweep can take minutes, and each delivery has its moment."""
    began = timezone.now()
    return lambda: now + (timezone.now() - began)


def send(delivery_id: UUID, *, worker: str, now: datetime) -> None:
    """Carry one delivery through the gate: at most one publishing request, whatever happens."""
    opened = open_gate(delivery_id=delivery_id, worker=worker, now=now)
    if not isinstance(opened, Opened):
        return
    channel = Delivery.objects.select_related("channel").get(pk=delivery_id).channel
    outcome = _attempt(network_for(channel), opened.passage)
    settle(attempt_id=opened.attempt, outcome=outcome, now=timezone.now())


def _attempt(network: Network, passage: Passage) -> Outcome:
    """Stage, then publish once. A surprise after the gate opened is never taken for a failure."""
    try:
        staged = network.stage(passage)
        if isinstance(staged, Refused):
            return staged
        if isinstance(staged, Unknown):
            # Staging is invisible to the public, so not knowing about it is safe to try again.
            return Refused(RefusalKind.UNREACHABLE, staged.evidence)
        return network.publish(passage, staged)
    except TooLate:
        return Refused(RefusalKind.UNREACHABLE, "Getting ready to send took too long, so nothing was sent.")
    except Exception as error:
        log.exception("publish_surprise", delivery=passage.delivery_id)
        return Unknown(f"Something unexpected happened while sending ({type(error).__name__}).")


@transaction.atomic
def settle(*, attempt_id: UUID, outcome: Outcome, now: datetime) -> None:
    """Write down what became of an attempt. A late answer still counts, long after its lease ran out."""
    attempt = _lock_attempt(attempt_id)
    delivery = attempt.delivery
    if attempt.finished_at is not None and attempt.outcome != "lease_ran_out":
        return
    attempt.finished_at = now
    attempt.outcome = type(outcome).__name__.lower()
    attempt.evidence = _evidence(outcome)
    attempt.save(update_fields=["finished_at", "outcome", "evidence"])
    if not _still_asked(attempt):
        if isinstance(outcome, Manual):
            return
        external_id = outcome.external_id if isinstance(outcome, Done) else ""
        _write_down(delivery, "publishing.late_answer", external_id, attempt.outcome, now)
        return
    match outcome:
        case Done():
            done(delivery, outcome.external_id, outcome.permalink, 1, now)
        case Unknown():
            _to_unknown(delivery, outcome.evidence, now)
        case Manual():
            _by_hand(delivery, outcome.step, now)
        case Refused():
            _refused(delivery, outcome, now)


def _still_asked(attempt: Attempt) -> bool:
    """Return whether the fate of a delivery still hangs on this attempt: nothing was decided since."""
    newest = attempt.delivery.attempts.order_by("-number").first()
    open_ended = {DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.NOT_THERE}
    return newest == attempt and DeliveryState(attempt.delivery.state) in open_ended


def _lock_attempt(attempt_id: UUID) -> Attempt:
    post_id = Attempt.objects.values_list("delivery__post_id", flat=True).get(pk=attempt_id)
    Post.objects.select_for_update().get(pk=post_id)
    rows = Attempt.objects.select_for_update(of=("self", "delivery"))
    return rows.select_related("delivery__post", "delivery__channel__organisation").get(pk=attempt_id)


def _evidence(outcome: Outcome) -> str:
    match outcome:
        case Done():
            return outcome.external_id
        case Unknown():
            return outcome.evidence
        case Manual():
            return outcome.step
        case Refused():
            return f"{outcome.kind}: {outcome.message}"[:2000]


def _by_hand(delivery: Delivery, step: str, now: datetime) -> None:
    if delivery.state == DeliveryState.SENDING:
        move(delivery, DeliveryState.MANUAL, step, now)


def _refused(delivery: Delivery, refused: Refused, now: datetime) -> None:
    if delivery.state != DeliveryState.SENDING:
        # Its lease ran out and a look is under way: the look decides, not an answer this late.
        return
    if refused.kind == RefusalKind.DUPLICATE:
        _to_unknown(delivery, "The network says it has this already.", now)
        return
    pause = _pause(delivery, refused)
    last_moment = delivery.send_at + _window(delivery)
    if refused.kind in _TRY_AGAIN and now + pause <= last_moment:
        delivery.due_at = now + pause
        move(delivery, DeliveryState.WAITING, f"{refused.message} We try again by ourselves.", now)
        return
    move(delivery, DeliveryState.REFUSED, refused.message, now)
    if refused.kind in {RefusalKind.RECONNECT, RefusalKind.BLOCKED, RefusalKind.PERMISSION}:
        note_health(
            channel=delivery.channel,
            health=Health(ok=False, checked_at=now, problems=(refused.message,), kind=refused.kind),
        )


def _pause(delivery: Delivery, refused: Refused) -> timedelta:
    if refused.retry_after is not None:
        return timedelta(seconds=max(refused.retry_after, 1))
    doubled: int = 2 ** max(delivery.attempts.count() - 1, 0)
    return min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)


def _window(delivery: Delivery) -> timedelta:
    version = in_force(delivery.channel.organisation)
    parameters = version.parameters if version else Parameters()
    return timedelta(minutes=parameters.sending_window_minutes)


def _to_unknown(delivery: Delivery, evidence: str, now: datetime) -> None:
    if delivery.state != DeliveryState.SENDING:
        return
    delivery.due_at = delivery.absent_counts_from = now + _settling()
    delivery.looks_absent = delivery.looks_failed = 0
    move(delivery, DeliveryState.UNKNOWN, f"We can’t tell yet whether it is on the page. {evidence}", now)


def _settling() -> timedelta:
    return timedelta(seconds=settings.DELIVERY_SETTLE_SECONDS)


def recover(now: datetime, trouble: list[Exception]) -> int:
    """Turn deliveries whose worker vanished into unknown ones; return how many."""
    lost = Delivery.objects.filter(state=DeliveryState.SENDING, lease_until__lt=now)
    ids = list(lost.values_list("pk", flat=True))
    return _each(ids, lambda pk: _recover(pk, now), trouble)


@transaction.atomic
def _recover(delivery_id: UUID, now: datetime) -> bool:
    post_id = Delivery.objects.values_list("post_id", flat=True).get(pk=delivery_id)
    Post.objects.select_for_update().get(pk=post_id)
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("post", "channel__organisation")
        .filter(pk=delivery_id, state=DeliveryState.SENDING, lease_until__lt=now)
        .first()
    )
    if delivery is None:
        return False
    run_out(delivery, now)
    return True


def run_out(delivery: Delivery, now: datetime) -> None:
    """End the attempt whose lease ran out: what it may have put there is unknown. The caller holds the locks.

    A worker puts nothing where only people can, so whatever stopped it, a person has still to begin.
    """
    attempt = delivery.attempts.select_related("by").order_by("-number").first()
    delivery.attempts.filter(finished_at__isnull=True).update(finished_at=now, outcome="lease_ran_out")
    if attempt is not None and attempt.by is not None:
        name = attempt.by.first_name
        _to_unknown(delivery, f"{name}’s time ran out, and {name} has not said whether it is there.", now)
    elif delivery.channel.by_hand:
        _by_hand(delivery, "A person has to put it there by hand.", now)
    else:
        _to_unknown(delivery, "Stairgate stopped while it was sending.", now)


def look_due(now: datetime, worker: str, trouble: list[Exception], *, limit: int = 20) -> int:
    """Look on the network for deliveries whose outcome is unknown; return how many were looked for."""
    due = Delivery.objects.filter(state=DeliveryState.UNKNOWN, due_at__lte=now)
    due = due.exclude(channel__network=Channel.Network.ASSISTED)  # where only a person can look
    ids = list(due.order_by("due_at").values_list("pk", flat=True)[:limit])
    moment = _running_from(now)
    return _each(ids, lambda pk: look(pk, worker=worker, now=moment()), trouble)


@control("C78", "A write with an unknown outcome is looked up on the network; it is never simply sent again")
def look(delivery_id: UUID, *, worker: str, now: datetime) -> None:
    """Search the network once for a delivery whose outcome is unknown, and write down what was found."""
    delivery = _lease_for_look(delivery_id, worker, now)
    if delivery is None:
        return
    try:
        result = _search(delivery)
    except Exception as error:
        log.exception("look_surprise", delivery=str(delivery_id))
        result = CannotTell(f"Looking did not work ({type(error).__name__}).")
    settle_look(delivery_id=delivery_id, result=result, began=now, now=timezone.now())


def _search(delivery: Delivery) -> Reconciled:
    """Ask the network what became of a delivery: of a change, by reading what it was to change."""
    network, account = network_for(delivery.channel), account_for(delivery.channel)
    if delivery.changes is None:
        first = delivery.attempts.order_by("-number").first()
        since = first.opened_at if first else delivery.send_at
        return network.reconcile(account, load_outgoing(delivery), since=since, key=delivery.id.hex)
    try:
        live = network.read_post(account, delivery.changes.external_id)
    except Trouble as trouble:
        return CannotTell(str(trouble))
    old = carrier(delivery.changes).revision.text
    return what_became(live, new=delivery.revision.text, old=old)


@transaction.atomic
def _lease_for_look(delivery_id: UUID, worker: str, now: datetime) -> Delivery | None:
    """Take the look by moving its due time past the lease: a worker that dies looking only delays it."""
    lease = now + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    rows = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.UNKNOWN, due_at__lte=now)
    if not rows.update(due_at=lease, lease_owner=worker):
        return None
    rows = Delivery.objects.select_related("post", "revision", "channel__connection", "changes__revision")
    return rows.get(pk=delivery_id)


@transaction.atomic
def settle_look(*, delivery_id: UUID, result: Reconciled, began: datetime, now: datetime) -> None:
    """Write down what a look found. Only an answer read completely, twice, counts as not there.

    A page may show late what it took: each of the two looks begins a settling time after what was before.
    """
    post_id = Delivery.objects.values_list("post_id", flat=True).get(pk=delivery_id)
    Post.objects.select_for_update().get(pk=post_id)
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("post", "channel__organisation")
    delivery = rows.get(pk=delivery_id)
    if delivery.state not in {DeliveryState.UNKNOWN, DeliveryState.NOT_THERE}:
        return
    match result:
        case Found():
            done(delivery, result.external_id, result.permalink, result.times, now)
        case Absent() if delivery.state == DeliveryState.UNKNOWN:
            _absent(delivery, began, now)
        case CannotTell():
            delivery.due_at = now + _settling()
            delivery.looks_failed = min(delivery.looks_failed + 1, 1000)
            delivery.reason = f"We can’t tell yet whether it is on the page. {result.reason}"
            delivery.save(update_fields=["due_at", "looks_failed", "reason"])


def _absent(delivery: Delivery, began: datetime, now: datetime) -> None:
    delivery.looks_failed = 0  # the network answers again: nobody has to look in its stead
    counts_from = delivery.absent_counts_from or now
    if began >= counts_from:
        delivery.looks_absent += 1
        counts_from = began + _settling()
    if delivery.looks_absent < LOOKS_NEEDED:
        delivery.due_at = delivery.absent_counts_from = counts_from
        delivery.save(update_fields=["looks_absent", "looks_failed", "absent_counts_from", "due_at"])
        return
    seen = "it is not on the page" if delivery.changes_id is None else "the new words are not on the page"
    move(delivery, DeliveryState.NOT_THERE, f"We looked twice: {seen}. You can send it again.", now)


def done(
    delivery: Delivery,
    external_id: str,
    permalink: str,
    copies: int,
    now: datetime,
    *,
    reason: str = "",
    actor: str = "worker",
) -> None:
    """Write down that it is there. What has no number there cannot be read back, so nothing is due for it."""
    if delivery.state == DeliveryState.DONE:
        return
    delivery.copies = copies
    delivery.done_at = now
    words = reason if copies == 1 else f"It is on the page {copies} times. Take the copies down on the page."
    if delivery.changes_id is None:
        delivery.external_id = external_id
        delivery.permalink = permalink if len(permalink) <= _LONGEST_LINK else ""
        if external_id:
            ReadBack.objects.get_or_create(delivery=delivery, defaults={"due_at": now + _settling()})
    else:  # what is on the page keeps its number, and is compared with the new words from now on
        ReadBack.objects.filter(delivery=delivery.changes_id).update(due_at=now + _settling())
    move(delivery, DeliveryState.DONE, words, now, actor=actor)


def move(
    delivery: Delivery, state: DeliveryState, reason: str, now: datetime, *, actor: str = "worker"
) -> None:
    """Save a delivery in its new state, its post along with it, and write that down. Raises `ForbiddenMove`."""
    check_delivery_move(delivery.state, state)
    delivery.state = state
    delivery.reason = reason
    delivery.lease_until = None
    delivery.lease_owner = ""
    delivery.save()
    follow_deliveries(delivery.post, reason, now)
    number = delivery.edits or delivery.external_id
    _write_down(delivery, f"publishing.{state}", number, reason, now, actor=actor)


def _write_down(
    delivery: Delivery, kind: str, external_id: str, reason: str, now: datetime, *, actor: str = "worker"
) -> None:
    record(
        organisation_id=delivery.organisation_id,
        kind=kind,
        actor=actor,
        subject=str(delivery.post_id),
        payload={
            "delivery": str(delivery.id),
            "channel": str(delivery.channel_id),
            "external_id": external_id,
            "reason": reason,
        },
        at=now,
    )
