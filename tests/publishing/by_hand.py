"""Rows that no service made: what a bug, or somebody at the database, would leave."""

from __future__ import annotations

from datetime import timedelta

from stairgate.organisations.models import User
from stairgate.policies.selectors import in_force
from stairgate.publishing.models import Approval, Delivery, Post, Revision
from stairgate.publishing.states import PostState
from tests.publishing.conftest import Desk


def delivery_by_hand(desk: Desk, revision: Revision) -> Delivery:
    """Put a post among the approved, with a delivery that is due, and return that."""
    Post.objects.filter(pk=revision.post_id).update(state=PostState.APPROVED)
    return Delivery.objects.create(
        organisation=desk.cast.organisation,
        post=revision.post,
        revision=revision,
        channel=desk.cast.channel,
        send_at=desk.now,
        due_at=desk.now,
        created_at=desk.now,
    )


def approval_by_hand(desk: Desk, revision: Revision, by: User) -> Approval:
    """Write an approval and return it."""
    policy = in_force(desk.cast.organisation)
    assert policy is not None
    return Approval.objects.create(
        post=revision.post,
        revision=revision,
        digest=revision.digest,
        approver=by,
        policy=policy,
        approved_at=desk.now,
        confirmed="All of this is so.",
        expires_at=desk.now + timedelta(hours=1),
    )
