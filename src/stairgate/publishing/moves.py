"""Moving a post between states: the one way it is written, checked against the table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from stairgate.publishing.models import Post
from stairgate.publishing.states import PostState, check_post_move


def move_post(post: Post, state: PostState, reason: str, at: datetime, *, also: Iterable[str] = ()) -> None:
    """Save a post in its new state, with the fields named in ``also``. Raises `ForbiddenMove`."""
    check_post_move(post.state, state)
    post.state = state
    post.state_reason = reason
    post.updated_at = at
    post.save(update_fields=["state", "state_reason", "updated_at", *also])
