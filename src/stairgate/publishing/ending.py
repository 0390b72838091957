"""What becomes of the changes of a post when it is taken down: there is nothing left to change."""

from __future__ import annotations

from datetime import datetime

from stairgate.ledger.services import record
from stairgate.publishing.models import Delivery, Post
from stairgate.publishing.moves import follow_take_down, move_post
from stairgate.publishing.services.common import void
from stairgate.publishing.states import EDITABLE, FINAL, DeliveryState, PostState, check_delivery_move

_WHY = "The post was taken down, so there is nothing to change any more."


def end_changes(delivery: Delivery, now: datetime) -> None:
    """End the changes of a post that was taken down from one page. Called with the post locked: it is locked first.

    One that is on its way, or unknown, is settled by its own worker: it finds nothing there.
    """
    for change in Post.objects.select_for_update().filter(changes=delivery.post_id).order_by("created_at"):
        for row in change.deliveries.filter(changes=delivery, state=DeliveryState.DONE):
            check_delivery_move(row.state, DeliveryState.TAKEN_DOWN)
            row.state = DeliveryState.TAKEN_DOWN
            row.save(update_fields=["state"])
        if PostState(change.state) not in FINAL:
            _end(change, delivery.post, now)


def _end(change: Post, post: Post, now: datetime) -> None:
    if PostState(change.state) in EDITABLE and post.state == PostState.TAKEN_DOWN:
        void(change, _WHY, now)
        move_post(change, PostState.WITHDRAWN, _WHY, now)
        record(
            organisation_id=change.organisation_id,
            kind="publishing.withdrawn",
            actor="worker",
            subject=str(change.id),
            payload={"reason": _WHY},
            at=now,
        )
    else:
        follow_take_down(change, _WHY, now)
