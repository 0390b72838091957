"""Deciding: approve, return, withdraw, and what to do when an outcome is unknown."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from stairgate.clauses import control
from stairgate.doorbell import Bell, ring
from stairgate.organisations.access import NotAllowed, actor_in
from stairgate.organisations.models import User
from stairgate.organisations.rules import Duty
from stairgate.policies.quiet import QuietHours
from stairgate.policies.selectors import holds
from stairgate.publishing.gate_facts import writers_of
from stairgate.publishing.models import Approval, Delivery, Post, Return, Revision
from stairgate.publishing.moves import follow_deliveries, move_post, unserved
from stairgate.publishing.rules import APPROVER_CONFIRMS, NO_PURPOSE, why_may_not_approve
from stairgate.publishing.selectors.changes import targets_of
from stairgate.publishing.selectors.readiness import bars_of
from stairgate.publishing.selectors.urgent import sending_behind
from stairgate.publishing.services.common import (
    Refusal,
    locked,
    newest_of,
    quiet_hours,
    require_fit,
    void,
    write_down,
)
from stairgate.publishing.states import EDITABLE, DeliveryState, PostState, check_delivery_move


@control("C78", "Approval is by another, eligible person and bound to the digest of exactly what they saw")
@control("C71", "An approval names one person, who answers for it")
@transaction.atomic
def approve(
    *, actor: User, post: Post, digest: str, confirmed: bool, purpose_reason: str = "", at: datetime
) -> Approval:
    """Approve exactly the version with this digest; return the approval.

    ``confirmed``: they read it all, and each of `APPROVER_CONFIRMS` is so; the words are kept with the yes.
    When enough people have said yes, the deliveries are made in the same transaction. Raises `NotAllowed`
    (role, register, own post) and `Refusal` (not confirmed, changed meanwhile, time has passed, or it serves no
    authorised purpose and there is no ``purpose_reason``).
    """
    post = locked(post)
    version = require_fit(actor, post.organisation, Duty.APPROVE, at)
    own = why_may_not_approve(approver=actor.id, name="You", writers=writers_of(post), barriers=())
    if own:
        raise NotAllowed("You wrote this, so somebody else decides.")
    if post.state != PostState.WITH_APPROVER:
        raise Refusal("This is not waiting for approval any more.")
    if not confirmed:
        raise Refusal(
            "Read it all first, and tick that each line above the tick is so. If one is not, return it."
        )
    revision = newest_of(post)
    if revision.digest != digest:
        raise Refusal("This changed while you were reading. Please read it again.")
    expires = at + timedelta(hours=version.parameters.approval_life_hours)
    due = _time_to_go(revision, at, expires, quiet_hours(post, version))
    problems = tuple(bar.says for bar in bars_of(post, revision, at) if not bar.done)
    if problems:
        raise Refusal(problems[0] + ".")
    reason = _purpose_reason(revision, purpose_reason)
    approval, new = Approval.objects.get_or_create(
        revision=revision,
        approver=actor,
        voided_at=None,
        defaults={
            "post": post,
            "digest": revision.digest,
            "policy": version,
            "approved_at": at,
            "expires_at": expires,
            "confirmed": "\n".join(APPROVER_CONFIRMS),
            "purpose_reason": reason,
        },
    )
    if new:
        payload = {"version": revision.number, "digest": revision.digest}
        payload |= {"purpose_reason": reason} if reason else {}
        write_down(actor, post, "publishing.approved", payload, at)
    if revision.approvals.filter(voided_at__isnull=True).count() >= version.parameters.approvers:
        release(post, revision, due, at)
    return approval


def _purpose_reason(revision: Revision, reason: str) -> str:
    """Return the reason to keep: none where the post has a purpose. Raises `Refusal` where one is missing."""
    if revision.purpose != NO_PURPOSE:
        return ""
    if len(reason.strip()) < 3:
        raise Refusal("It is for none of the page’s purposes. Say in a few words why it is right to send it.")
    return reason.strip()


@control("C78", "A late approval never sends at once, and nothing waits longer than its approval lives")
def _time_to_go(revision: Revision, at: datetime, expires: datetime, quiet: QuietHours) -> datetime:
    """Return when an approved version goes out: at its time, or now, or when the quiet hours end.

    Raises `Refusal` when that time has passed, or lies beyond the life of the approval: it needs a new time.
    """
    if revision.send_at is not None and revision.send_at <= at:
        raise Refusal("The time it was to go out has passed. Return it, and ask for a new time.")
    due = quiet.next_open(at) if revision.send_at is None else revision.send_at
    if due <= expires:
        return due
    if revision.send_at is None:
        raise Refusal(
            f"These are quiet hours, {quiet.says}, and they end later than an approval lives. "
            "Return it, and ask for a time."
        )
    raise Refusal("It is to go out later than an approval lives. Approve it nearer the time.")


def release(post: Post, revision: Revision, due: datetime, at: datetime) -> None:
    """Make one delivery for each account that does not have this post, or this change of a post, yet."""
    targets = targets_of(post)
    Delivery.objects.bulk_create(
        Delivery(
            organisation_id=post.organisation_id,
            post=post,
            revision=revision,
            channel_id=channel,
            changes=targets.get(channel),
            send_at=due,
            due_at=due,
            created_at=at,
        )
        for channel in unserved(post)
    )
    move_post(post, PostState.APPROVED, "", at)
    ring(Bell.DELIVERIES)


@transaction.atomic
def ask_for_changes(*, actor: User, post: Post, note: str, at: datetime) -> Return:
    """Send the newest version back to its author with a note; return it. Raises `Refusal` without a note."""
    post = locked(post)
    require_fit(actor, post.organisation, Duty.APPROVE, at)
    if post.state not in {PostState.WITH_APPROVER, PostState.APPROVED}:
        raise Refusal("This is not waiting for approval any more.")
    if len(note.strip()) < 3:
        raise Refusal("Say what should change.")
    row = Return.objects.create(
        post=post, revision=newest_of(post), returned_by=actor, note=note.strip(), at=at
    )
    void(post, "Changes were asked for.", at)
    move_post(post, PostState.CHANGES_ASKED, note.strip(), at)
    write_down(actor, post, "publishing.returned", {"version": row.revision.number, "note": row.note}, at)
    return row


@transaction.atomic
def withdraw(*, actor: User, post: Post, reason: str, at: datetime) -> None:
    """Take a post back for good before it went out. Its history stays. Raises `Refusal`, `NotAllowed`."""
    post = locked(post)
    member = actor_in(actor, post.organisation_id)
    on = post.organisation.day(at)
    if actor.id not in writers_of(post) and not holds(member, Duty.APPROVE, on=on):
        raise NotAllowed("Only whoever wrote this, or an approver, can take it back.")
    if PostState(post.state) not in EDITABLE:
        raise Refusal("It is too late to withdraw this.")
    if post.changes_id is None and post.deliveries.filter(state=DeliveryState.DONE).exists():
        raise Refusal("It is on a page already, so it cannot be withdrawn.")
    void(post, "The post was withdrawn.", at)
    move_post(post, PostState.WITHDRAWN, reason, at)
    write_down(actor, post, "publishing.withdrawn", {"reason": reason}, at)


@transaction.atomic
def send_again(*, actor: User, delivery: Delivery, at: datetime) -> None:
    """Let the gate try once more what two looks proved is not on the page. Raises `Refusal`, `NotAllowed`.

    The gate re-checks everything; an approval that lapsed meanwhile stays lapsed.
    """
    post = locked(delivery.post)
    quiet = quiet_hours(post, require_fit(actor, post.organisation, Duty.APPROVE, at))
    if quiet.include(at) and sending_behind(delivery) is None:
        raise Refusal(f"These are quiet hours, {quiet.says}. Let it try again when they are over.")
    delivery = post.deliveries.select_for_update().get(pk=delivery.pk)
    if delivery.state not in {DeliveryState.NOT_THERE, DeliveryState.REFUSED}:
        raise Refusal("We do not know that it is not on the page, so it cannot be sent again.")
    check_delivery_move(delivery.state, DeliveryState.WAITING)
    delivery.state = DeliveryState.WAITING
    delivery.reason = ""
    delivery.send_at = delivery.due_at = at
    delivery.save(update_fields=["state", "reason", "send_at", "due_at"])
    follow_deliveries(post, "", at)
    write_down(actor, post, "publishing.sent_again", {"delivery": str(delivery.id)}, at)
    ring(Bell.DELIVERIES)


@transaction.atomic
def look_again(*, actor: User, delivery: Delivery, at: datetime) -> None:
    """Ask for a look on the page now, for an unknown outcome. Raises `Refusal`, `NotAllowed`.

    It may find it at once; finding nothing so soon proves nothing (`delivery.settle_look`).
    """
    post = locked(delivery.post)
    require_fit(actor, post.organisation, Duty.APPROVE, at)
    rows = post.deliveries.filter(pk=delivery.pk, state=DeliveryState.UNKNOWN)
    if not rows.update(due_at=at):
        raise Refusal("We already know what became of this.")
    write_down(actor, post, "publishing.look_asked", {"delivery": str(delivery.id)}, at)
    ring(Bell.DELIVERIES)
