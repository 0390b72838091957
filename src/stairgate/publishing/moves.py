"""Moving a post between states: the one way it is written, checked against the table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from stairgate.publishing.models import Post
from stairgate.publishing.states import DeliveryState, PostState, check_post_move, post_state_from


def move_post(post: Post, state: PostState, reason: str, at: datetime, *, also: Iterable[str] = ()) -> None:
    """Save a post in its new state, with the fields named in ``also``. Raises `ForbiddenMove`."""
    check_post_move(post.state, state)
    post.state = state
    post.state_reason = reason
    post.updated_at = at
    post.save(update_fields=["state", "state_reason", "updated_at", *also])


def follow_deliveries(post: Post, reason: str, at: datetime) -> None:
    """Move a post to where the fates of its deliveries put it: nobody may edit what may be on a page."""
    fates = list(post.deliveries.values_list("state", flat=True))
    move_post(post, post_state_from(fates, unserved=bool(unserved(post))), reason, at)


def follow_take_down(post: Post, reason: str, at: datetime) -> None:
    """Move a post once nothing of it is on any page, or on its way to one; its story is over then."""
    fates = set(post.deliveries.exclude(state=DeliveryState.CANCELLED).values_list("state", flat=True))
    if fates == {DeliveryState.TAKEN_DOWN}:
        move_post(post, PostState.TAKEN_DOWN, reason, at)


def unserved(post: Post) -> list[UUID]:
    """Return the accounts of the newest version that neither have this post nor have it on its way."""
    newest = post.revisions.order_by("-number").first()
    live = post.deliveries.exclude(state=DeliveryState.CANCELLED)
    served = set(live.values_list("channel_id", flat=True))
    wanted = [UUID(value) for value in newest.channel_ids] if newest else []
    return [channel for channel in wanted if channel not in served]
