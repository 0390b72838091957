"""Lists of posts: who has to do what, and what went out. Each in a bounded number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery

from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Duty
from stairgate.policies.selectors import holds
from stairgate.publishing.models import (
    Addressee,
    Approval,
    Delivery,
    Difference,
    Message,
    Post,
    Revision,
    TakeDown,
)
from stairgate.publishing.states import FINAL, THERE, DeliveryState, PostState

#: the fate of the post needs a person
TROUBLE = frozenset({PostState.UNKNOWN, PostState.HELD, PostState.LAPSED})
#: the author has something left to do
UNFINISHED = frozenset({PostState.CHANGES_ASKED, PostState.LAPSED, PostState.DRAFT})


def with_all(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Load with each post what its pages show."""
    return posts.select_related("author", "organisation").prefetch_related(
        Prefetch("deliveries", Delivery.objects.select_related("channel").order_by("created_at"))
    )


def posts_of(organisation: Organisation, states: Iterable[str] = ()) -> QuerySet[Post]:
    """Return the setting's posts, newest change first; only in these states, if any are named."""
    posts = with_all(Post.objects.filter(organisation=organisation))
    wanted = list(states)
    return posts.filter(state__in=wanted) if wanted else posts


def waiting_for(membership: Membership, now: datetime) -> QuerySet[Post]:
    """Return the posts this member could decide on: waiting, and not of their own writing. Oldest first."""
    on = membership.organisation.day(now)
    if not holds(membership, Duty.APPROVE, on=on):
        return Post.objects.none()
    waiting = Post.objects.filter(organisation=membership.organisation_id, state=PostState.WITH_APPROVER)
    own = Revision.objects.filter(created_by=membership.user_id).values("post_id")
    said_yes = Approval.objects.filter(approver=membership.user_id, voided_at__isnull=True).values("post_id")
    return (
        waiting.exclude(author=membership.user_id)
        .exclude(pk__in=own)
        .exclude(pk__in=said_yes)
        .exclude(answers__answered_by=membership.user_id)
        .select_related("author")
        .order_by("updated_at")
    )


def in_trouble(organisation: Organisation) -> QuerySet[Post]:
    """Return posts whose fate needs a person: outcome unknown, held, or lapsed. Newest first."""
    return Post.objects.filter(organisation=organisation, state__in=TROUBLE).select_related("author")


def gone_astray(organisation: Organisation) -> QuerySet[Post]:
    """Return posts with an open finding on a page, or a take-down that a person has to do. Newest first."""
    posts = Post.objects.filter(Exists(_differing()) | Exists(_stuck()), organisation=organisation)
    return posts.select_related("author")


def with_astray(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Load with each post the kind of its open finding, and whether a person has to take it down."""
    kind = _differing().order_by("-found_at").values("kind")[:1]
    return posts.annotate(differs=Subquery(kind), stuck=Exists(_stuck()))


def _differing() -> QuerySet[Difference]:
    return Difference.objects.filter(delivery__post=OuterRef("pk"), closed_at__isnull=True)


def _stuck() -> QuerySet[TakeDown]:
    rows = TakeDown.objects.filter(delivery__post=OuterRef("pk"), delivery__state__in=THERE)
    return rows.filter(state=TakeDown.State.NEEDS_PERSON)


def unfinished(membership: Membership) -> QuerySet[Post]:
    """Return the posts this member began and has still to finish. Newest change first."""
    mine = Post.objects.filter(organisation=membership.organisation_id, author=membership.user_id)
    return mine.filter(state__in=UNFINISHED)


def went_out_since(organisation: Organisation, since: datetime) -> QuerySet[Delivery]:
    """Return the deliveries that reached a page since a moment, newest first."""
    done = Delivery.objects.filter(organisation=organisation, state=DeliveryState.DONE, done_at__gte=since)
    return done.select_related("post__author", "channel").order_by("-done_at")


def replies_for(item_ids: Iterable[UUID]) -> dict[UUID, Post]:
    """Return the newest reply to each inbox item that has one. One query."""
    rows = Post.objects.filter(reply_item__in=list(item_ids)).select_related("author").order_by("updated_at")
    return {row.reply_item: row for row in rows if row.reply_item}


def spoken_to(membership: Membership) -> QuerySet[Post]:
    """Return the posts with a message meant for this member that they have not read yet. Newest change first."""
    posts = Post.objects.filter(organisation=membership.organisation_id).exclude(state__in=FINAL)
    return posts.filter(pk__in=_unread(membership).values("post"))


def with_message(posts: QuerySet[Post], membership: Membership) -> QuerySet[Post]:
    """Load with each post the newest message this member has to read: ``said`` and ``said_by``, else None."""
    newest = _unread(membership).filter(post=OuterRef("pk")).order_by("-at")
    return posts.annotate(
        said=Subquery(newest.values("text")[:1]), said_by=Subquery(newest.values("author__first_name")[:1])
    )


def _unread(membership: Membership) -> QuerySet[Message]:
    meant = Addressee.objects.filter(user=membership.user_id, read_at__isnull=True)
    return Message.objects.filter(pk__in=meant.values("message"))
