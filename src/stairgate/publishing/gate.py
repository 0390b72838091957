"""The gate: the one way out (law 1 of the house).

``open_gate`` re-reads everything in one transaction at the moment of sending: the account, the policy, the
people, the approvals and the digest of the exact content, down to the bytes of the pictures. If all of it
holds it writes down that it opened, and only then hands out a `Passage`. Any doubt is a refusal with reasons.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Case, F, Q, Value, When

from stairgate.channels.pausing import pauses_since
from stairgate.channels.rules import Restriction
from stairgate.channels.selectors import channel_now
from stairgate.channels.services import account_for
from stairgate.clauses import Coverage, control
from stairgate.ledger.selectors import newest_at
from stairgate.ledger.services import record
from stairgate.networks import base
from stairgate.organisations.access import membership_of
from stairgate.organisations.models import User
from stairgate.organisations.rules import Duty
from stairgate.policies.models import PolicyVersion
from stairgate.policies.parameters import Parameters
from stairgate.policies.quiet import QuietHours
from stairgate.policies.selectors import in_force, why_not
from stairgate.publishing.changing import change_barriers
from stairgate.publishing.content import SealedPicture, digest
from stairgate.publishing.models import (
    Answer,
    Approval,
    Attempt,
    Delivery,
    Post,
    ReadBack,
    Revision,
    RevisionPicture,
    Suggestion,
    UrgentSending,
)
from stairgate.publishing.moves import follow_deliveries, move_post
from stairgate.publishing.rules import (
    ApprovalFact,
    Barrier,
    GateFacts,
    gate_barriers,
    lapse_barriers,
    still_open,
)
from stairgate.publishing.screen import screen_revision
from stairgate.publishing.selectors.changes import as_sealed, change_facts, with_ground
from stairgate.publishing.selectors.urgent import sending_of, urgent_facts
from stairgate.publishing.states import DeliveryState, PostState, check_delivery_move
from stairgate.publishing.urgent import urgent_barriers
from stairgate.screening import Screening

log = structlog.get_logger(__name__)

_mint = base.claim_mint()


@dataclass(frozen=True, slots=True)
class Opened:
    """The gate is open for one attempt."""

    passage: base.Passage
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
    outgoing = _outgoing(delivery)
    barriers = gate_barriers(_facts(delivery, _digest_of(outgoing, delivery.revision), now), now)
    if barriers or outgoing is None:
        _shut(delivery, barriers, now)
        return Closed(barriers)
    attempt = _begin(delivery, worker, now)
    passage = _mint(
        outgoing=outgoing,
        account=account_for(delivery.channel),
        delivery_id=str(delivery.id),
        key=delivery.id.hex,
        opened_at=now,
        good_for=settings.DELIVERY_LEASE_SECONDS / 2,
    )
    return Opened(passage, attempt.id)


@transaction.atomic
def lapse_early(*, delivery_id: UUID, now: datetime) -> bool:
    """Shut the gate on a waiting delivery that would find it shut at its time; return whether it was.

    Its author learns of it, and of every reason, while there is still time to do something.
    """
    delivery = _lock_waiting(delivery_id)
    if delivery is None:
        return False
    barriers = lapse_barriers(_facts(delivery, delivery.revision.digest, now), now)
    if barriers:
        _shut(delivery, barriers, now, kind="publishing.lapsed")
    return bool(barriers)


def _lock_due(delivery_id: UUID, now: datetime) -> Delivery | None:
    delivery = _lock_waiting(delivery_id)
    return delivery if delivery is not None and delivery.due_at <= now else None


def _lock_waiting(delivery_id: UUID) -> Delivery | None:
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
        .filter(pk=delivery_id, state=DeliveryState.WAITING)
        .first()
    )


def _outgoing(delivery: Delivery) -> base.Outgoing | None:
    """Read once what would be sent, so that the bytes that are checked are the bytes that go out."""
    try:
        return load_outgoing(delivery)
    except OSError:
        return None


def _facts(delivery: Delivery, digest_now: str, now: datetime) -> GateFacts:
    post, revision = delivery.post, delivery.revision
    organisation = delivery.channel.organisation
    version = in_force(organisation)
    parameters = version.parameters if version else Parameters()
    newest = post.revisions.order_by("-number").first()
    pictures = list(revision.pictures.all())
    screening = screen_revision(revision, post)
    sending = sending_of(revision)
    return GateFacts(
        post_is_approved=post.state
        in {PostState.APPROVED, PostState.SENDING, PostState.HELD, PostState.UNKNOWN}
        and delivery.state == DeliveryState.WAITING,
        revision_is_current=newest is not None and newest.pk == revision.pk,
        digest_now=digest_now,
        digest_of_revision=revision.digest,
        writers=writers_of(post),
        writer_why_not=_why_not(revision.created_by, Duty.WRITE, organisation.id, version, now),
        approvals=_approval_facts(post, revision, version, now),
        urgent=_urgent_barriers(sending, post, screening, version, now),
        approvers_needed=parameters.approvers,
        policy=version.id if version else None,
        send_at=delivery.send_at,
        window=timedelta(minutes=parameters.sending_window_minutes),
        is_exactly=not post.only_signpost or (revision.text == parameters.signpost_text and not pictures),
        purpose=revision.purpose,
        purposes=tuple(delivery.channel.purposes),
        quiet=QuietHours.of(parameters, organisation.timezone),
        restrictions=tuple(_barrier(r) for r in channel_now(delivery.channel, now).restrictions)
        + _address_barriers(delivery)
        + _pause_barriers(delivery, sending)
        + _change_barriers(delivery),
        unanswered=still_open(screening, answered_keys(post)),
        pictures_unanswered=sum(1 for p in pictures if not p.shows),
        children_shown=sum(1 for p in pictures if p.shows == RevisionPicture.Shows.CHILDREN),
        children_allowed=parameters.identifiable_children,
        ledger_newest_at=newest_at(organisation.id),
    )


def _barrier(restriction: Restriction) -> Barrier:
    return Barrier(restriction.clause, restriction.says)


def _address_barriers(delivery: Delivery) -> tuple[Barrier, ...]:
    """A delivery that points at an account the approved version does not name was approved by nobody."""
    named = str(delivery.channel_id) in delivery.revision.channel_ids
    own = delivery.organisation_id == delivery.channel.organisation_id == delivery.post.organisation_id
    if named and own:
        return ()
    return (Barrier("C04", "This account was not part of what was approved."),)


def _pause_barriers(delivery: Delivery, sending: UrgentSending | None) -> tuple[Barrier, ...]:
    """A pause lapses what was approved or sent before it, also when it has ended since: nothing slips out later."""
    said_yes = Approval.objects.filter(revision=delivery.revision, voided_at__isnull=True)
    first = said_yes.order_by("approved_at").values_list("approved_at", flat=True).first()
    since = first or (sending.sent_at if sending else None)
    if since is None or not pauses_since(delivery.channel, since).exclude(opened_at=None).exists():
        return ()
    return (Barrier("C78", "Publishing was paused after this was approved, so it needs a new yes."),)


def _urgent_barriers(
    sending: UrgentSending | None,
    post: Post,
    screening: Screening,
    version: PolicyVersion | None,
    now: datetime,
) -> tuple[Barrier, ...] | None:
    """Return why the template it was sent from does not let it pass; None when it was not sent from one."""
    if sending is None:
        return None
    return urgent_barriers(urgent_facts(sending, post, screening=screening, policy=version, now=now), now)


def _change_barriers(delivery: Delivery) -> tuple[Barrier, ...]:
    """A change replaces just what it was approved to replace; what is no change replaces nothing."""
    if delivery.post.changes_id is None and delivery.changes_id is None:
        return ()
    target = with_ground(Delivery.objects.filter(its_changes=delivery)).first()
    same = target is not None and as_sealed(target.revision) == as_sealed(delivery.revision)
    return change_barriers(change_facts(delivery.post, delivery.channel, target, same_pictures=same))


def _approval_facts(
    post: Post, revision: Revision, version: PolicyVersion | None, now: datetime
) -> tuple[ApprovalFact, ...]:
    rows = Approval.objects.filter(post=post, revision=revision).select_related("approver")
    return tuple(
        ApprovalFact(
            approver=row.approver_id,
            name=row.approver.first_name,
            digest=row.digest,
            policy=row.policy_id,
            expires_at=row.expires_at,
            voided=row.voided_at is not None,
            why_not=_why_not(row.approver, Duty.APPROVE, post.organisation_id, version, now),
            confirmed=row.confirmed,
            purpose_reason=row.purpose_reason,
        )
        for row in rows
    )


def _why_not(
    user: User, duty: Duty, organisation_id: UUID, version: PolicyVersion | None, now: datetime
) -> tuple[str, ...]:
    member = membership_of(user)
    if member is None or member.organisation_id != organisation_id:
        return (f"{user.first_name} no longer works here.",)
    return why_not(member, duty, version=version, on=member.organisation.day(now))


def writers_of(post: Post) -> frozenset[UUID]:
    """Return the author, everyone who wrote any version or a reason to keep words, and who suggested it: none of
    them may approve. A change of what is on the page counts with the post it changes, and all its changes. One query.
    """
    return written_by(post)[0]


def written_by(post: Post) -> tuple[frozenset[UUID], frozenset[str]]:
    """Return `writers_of` a post, and its `answered_keys`. One query for both."""
    first = post.changes_id or post.pk
    family, none = Post.objects.filter(Q(pk=first) | Q(changes=first)).order_by(), Value("")
    wrote = Revision.objects.filter(post__in=family).order_by().values_list("created_by_id", none)
    key = Case(When(post=post.pk, then=F("finding_key")), default=none)
    kept = Answer.objects.filter(post__in=family).order_by().values_list("answered_by_id", key)
    suggested = Suggestion.objects.filter(post__in=family).order_by().values_list("by_id", none)
    rows = list(family.values_list("author_id", none).union(wrote, kept, suggested))
    return frozenset(who for who, _ in rows), frozenset(key for _, key in rows if key)


def answered_keys(post: Post) -> frozenset[str]:
    """Return the keys of the findings the author gave a reason for."""
    return frozenset(post.answers.values_list("finding_key", flat=True))


def _digest_of(outgoing: base.Outgoing | None, revision: Revision) -> str:
    """Recompute the digest from what would really be sent: a picture file changed on disk is noticed here."""
    if outgoing is None:
        return "missing"
    pictures = revision.pictures.all()
    sealed = (
        SealedPicture(hashlib.sha256(sent.data).hexdigest(), sent.alt, use.shows)
        for sent, use in zip(outgoing.pictures, pictures, strict=True)
    )
    return digest(
        text=outgoing.text,
        pictures=tuple(sealed),
        channel_ids=tuple(UUID(value) for value in revision.channel_ids),
        purpose=revision.purpose,
        send_at=revision.send_at,
        reply_to=outgoing.reply_to or "",
        changes=str(revision.post.changes_id or ""),
    )


def load_outgoing(delivery: Delivery) -> base.Outgoing:
    """Return exactly what the public will see. Raises OSError when a picture cannot be read."""
    revision, pictures = delivery.revision, []
    for use in revision.pictures.select_related("picture"):
        with use.picture.file.open("rb") as file:
            data = file.read()
        row = use.picture
        pictures.append(base.Picture(data, row.media_type, use.alt, row.width, row.height))
    return base.Outgoing(
        text=revision.text,
        pictures=tuple(pictures),
        reply_to=delivery.post.reply_to or None,
        edits=delivery.edits,
    )


def _begin(delivery: Delivery, worker: str, now: datetime) -> Attempt:
    check_delivery_move(delivery.state, DeliveryState.SENDING)
    delivery.state = DeliveryState.SENDING
    delivery.reason = ""
    delivery.lease_owner = worker
    delivery.lease_until = now + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    delivery.looks_absent = 0
    delivery.save(update_fields=["state", "reason", "lease_owner", "lease_until", "looks_absent"])
    if delivery.changes is not None:
        # a reading that is under way may still see the old words: it counts no longer
        later = delivery.lease_until + timedelta(seconds=settings.DELIVERY_SETTLE_SECONDS)
        ReadBack.objects.filter(delivery=delivery.changes, due_at__isnull=False).update(due_at=later)
    number = delivery.attempts.count() + 1
    attempt = Attempt.objects.create(delivery=delivery, number=number, opened_at=now, worker=worker)
    move_post(delivery.post, PostState.SENDING, "", now)
    _record(delivery, "publishing.gate_opened", {"digest": delivery.revision.digest, "attempt": number}, now)
    return attempt


def _shut(
    delivery: Delivery, barriers: tuple[Barrier, ...], now: datetime, *, kind: str = "publishing.gate_shut"
) -> None:
    """A shut gate lapses the approval: what was stopped never slips out later by itself."""
    reason = " ".join(barrier.says for barrier in barriers)
    for other in delivery.post.deliveries.filter(state=DeliveryState.WAITING):
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


def _record(delivery: Delivery, kind: str, payload: Mapping[str, object], now: datetime) -> None:
    record(
        organisation_id=delivery.organisation_id,
        kind=kind,
        actor="worker",
        subject=str(delivery.post_id),
        payload={"delivery": str(delivery.id), "channel": str(delivery.channel_id), **payload},
        at=now,
    )
