"""Changing the words of a post that is on the page: by a change, which is a post of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from stairgate.clauses import control
from stairgate.organisations.models import User
from stairgate.organisations.rules import Duty
from stairgate.publishing.content import Content, PictureUse
from stairgate.publishing.models import Post
from stairgate.publishing.selectors.changes import can_edit, pages_of, under_way
from stairgate.publishing.services.common import Refusal, locked, require_fit, write_down
from stairgate.publishing.services.drafts import new_post, save_draft
from stairgate.publishing.states import DeliveryState, PostState


@control("C78", "Words that are on a page change only by a new version that a second person approves")
@transaction.atomic
def begin_change(*, actor: User, post: Post, at: datetime) -> Post:
    """Begin a change of what a published post says; return it, or the one that is under way already.

    What is on the page stays until the change has passed the gate. Raises `NotAllowed`, and `Refusal` where the post
    is on no page that can be changed.
    """
    post = locked(post)
    require_fit(actor, post.organisation, Duty.WRITE, at)
    begun = under_way(post)
    if begun is not None:
        return begun
    there = _changeable(post)
    change = new_post(actor, post.organisation, Post.Kind.CHANGE, at, changes=post)
    save_draft(
        actor=actor,
        organisation=post.organisation,
        post=change,
        content=_as_it_is(there),
        seen=None,
        at=at,
    )
    write_down(actor, change, "publishing.change_begun", {"of": str(post.pk)}, at)
    change.refresh_from_db()
    return change


def _changeable(post: Post) -> list[Any]:
    """Return what of a post is on a page that can change it. Raises `Refusal` when there is nothing."""
    if post.kind == Post.Kind.CHANGE:
        raise Refusal("This is a change already. Change the post that it changed.")
    if post.kind == Post.Kind.REPLY:
        raise Refusal("A reply can’t be changed here. Take it down, and answer anew.")
    if post.state != PostState.PUBLISHED:
        raise Refusal("Only what is on the page can be changed there.")
    there = [row for row in pages_of(post.pk).values() if row.state == DeliveryState.DONE]
    able = [row for row in there if can_edit(row.channel) and row.external_id]
    if not able:
        raise Refusal("No page that has it can change a post. Take it down, and write a new one.")
    return able


def _as_it_is(there: list[Any]) -> Content:
    """Return what people see on the page now, as what a change begins with."""
    return Content(
        text=there[0].shown_text,
        channel_ids=tuple(row.channel_id for row in there),
        purpose=there[0].revision.purpose,
        pictures=tuple(
            PictureUse(use.picture_id, use.alt, use.shows) for use in there[0].revision.pictures.all()
        ),
    )
