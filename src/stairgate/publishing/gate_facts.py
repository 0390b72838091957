"""What the gate re-reads at the moment of sending: facts, and the exact content. It decides nothing and writes nothing."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, F, Q, Value, When

from stairgate.channels.pausing import pauses_since
from stairgate.channels.rules import Restriction
from stairgate.channels.selectors import channel_now
from stairgate.ledger.selectors import newest_at
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
    Delivery,
    Post,
    Revision,
    RevisionPicture,
    Suggestion,
    UrgentSending,
    UrgentVersion,
)
from stairgate.publishing.rules import (
    ApprovalFact,
    Barrier,
    GateFacts,
    still_open,
)
from stairgate.publishing.screen import screen_revision
from stairgate.publishing.selectors.changes import as_sealed, change_facts, with_ground
from stairgate.publishing.selectors.urgent import sending_behind, urgent_facts
from stairgate.publishing.states import READY, PostState
from stairgate.publishing.urgent import urgent_barriers
from stairgate.screening import Screening

#: a post that was approved; on other pages it may have gone further, or come to harm
_APPROVED = frozenset(
    {
        *(PostState.APPROVED, PostState.SENDING, PostState.HELD, PostState.UNKNOWN),
        *(PostState.BY_HAND, PostState.POSTED),
    }
)


def outgoing_of(delivery: Delivery) -> base.Outgoing | None:
    """Read once what would be sent, so that the bytes that are checked are the bytes that go out."""
    try:
        return load_outgoing(delivery)
    except OSError:
        return None


def facts_of(delivery: Delivery, digest_now: str, now: datetime) -> GateFacts:
    post, revision = delivery.post, delivery.revision
    organisation = delivery.channel.organisation
    version = in_force(organisation)
    parameters = version.parameters if version else Parameters()
    newest = post.revisions.order_by("-number").first()
    pictures = list(revision.pictures.all())
    screening = screen_revision(revision, post)
    sending = sending_behind(delivery)
    writers, answered = written_by(post)
    return GateFacts(
        post_is_approved=post.state in _APPROVED and delivery.state in READY,
        revision_is_current=newest is not None and newest.pk == revision.pk,
        digest_now=digest_now,
        digest_of_revision=revision.digest,
        writers=writers,
        writer_why_not=why_not_today(revision.created_by, Duty.WRITE, organisation.id, version, now),
        approvals=_approval_facts(post, revision, version, now),
        urgent=_urgent_barriers(sending, post, screening, version, now),
        approvers_needed=parameters.approvers,
        policy=version.id if version else None,
        send_at=delivery.send_at,
        window=timedelta(minutes=parameters.sending_window_minutes),
        is_exactly=not post.only_signpost or (revision.text == parameters.signpost_text and not pictures),
        purpose=revision.purpose,
        purposes=delivery.channel.serves,
        quiet=QuietHours.of(parameters, organisation.timezone),
        restrictions=tuple(_barrier(r) for r in channel_now(delivery.channel, now).restrictions)
        + _address_barriers(delivery)
        + _pause_barriers(delivery, sending)
        + _change_barriers(delivery),
        unanswered=still_open(screening, answered),
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
    same = target is None or as_sealed(target.revision) == as_sealed(delivery.revision)
    return change_barriers(change_facts(delivery.post, delivery.channel, target, same_pictures=same))


def _approval_facts(
    post: Post, revision: Revision, version: PolicyVersion | None, now: datetime
) -> tuple[ApprovalFact, ...]:
    rows = Approval.objects.filter(post=post, revision=revision).select_related("approver")
    return tuple(
        ApprovalFact(
            approver=row.approver_id,
            digest=row.digest,
            policy=row.policy_id,
            expires_at=row.expires_at,
            voided=row.voided_at is not None,
            why_not=why_not_today(row.approver, Duty.APPROVE, post.organisation_id, version, now),
            confirmed=row.confirmed,
            purpose_reason=row.purpose_reason,
        )
        for row in rows
    )


def why_not_today(
    user: User, duty: Duty, organisation_id: UUID, version: PolicyVersion | None, now: datetime
) -> tuple[str, ...]:
    member = membership_of(user)
    if member is None or member.organisation_id != organisation_id:
        return (f"{user.first_name} no longer works here.",)
    return why_not(member, duty, version=version, on=member.organisation.day(now))


def writers_of(post: Post) -> frozenset[UUID]:
    """Return the author, everyone who wrote any version or a reason to keep words, who suggested it, and who wrote
    the template it was sent from: none of them may approve. A change of what is on the page counts with the post it
    changes, and all its changes. One query.
    """
    return written_by(post)[0]


def written_by(post: Post) -> tuple[frozenset[UUID], frozenset[str]]:
    """Return `writers_of` a post, and the keys of the findings that were kept with a reason. One query for both."""
    first = post.changes_id or post.pk
    family, none = Post.objects.filter(Q(pk=first) | Q(changes=first)).order_by(), Value("")
    wrote = Revision.objects.filter(post__in=family).order_by().values_list("created_by_id", none)
    key = Case(When(post=post.pk, then=F("finding_key")), default=none)
    kept = Answer.objects.filter(post__in=family).order_by().values_list("answered_by_id", key)
    suggested = Suggestion.objects.filter(post__in=family).order_by().values_list("by_id", none)
    sent_from = UrgentVersion.objects.filter(template__versions__sendings__revision__post__in=family)
    ahead = sent_from.order_by().values_list("created_by_id", none)
    rows = list(family.values_list("author_id", none).union(wrote, kept, suggested, ahead))
    return frozenset(who for who, _ in rows), frozenset(key for _, key in rows if key)


def digest_of(outgoing: base.Outgoing | None, revision: Revision) -> str:
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
