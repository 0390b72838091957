"""What waits for somebody's hands, or for their eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from stairgate.channels.models import Channel
from stairgate.organisations.models import Membership
from stairgate.publishing.models import Attempt, Delivery, Look, Post, Revision, RevisionPicture
from stairgate.publishing.services.by_hand import why_hidden
from stairgate.publishing.states import DeliveryState

_STATES = (DeliveryState.MANUAL, DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.POSTED)


def hand_work(membership: Membership) -> QuerySet[Delivery]:
    """Return what this member may begin, has begun, or should look for by hand, longest wait first.

    Left out is what needs a second person where they are the first, and what somebody else is doing right now.
    """
    # compared as an expression: by its index SQLite would go through every delivery of the setting
    rows = Delivery.objects.alias(setting=Coalesce("organisation_id", None))
    return _for(membership, rows.filter(setting=membership.organisation_id))


def _for(membership: Membership, rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    newest = Attempt.objects.filter(delivery=OuterRef("pk")).order_by("-number")
    rows = rows.filter(state__in=_STATES, channel__network=Channel.Network.ASSISTED)
    rows = rows.annotate(begun_by=Subquery(newest.values("by")[:1]))
    mine = Q(begun_by=membership.user_id)
    second = Q(state=DeliveryState.POSTED) & ~mine
    begun = Q(state=DeliveryState.SENDING) & mine
    rows = rows.filter(Q(state__in=[DeliveryState.MANUAL, DeliveryState.UNKNOWN]) | begun | second)
    return rows.select_related("post", "channel").order_by("send_at")


def with_hand_work(posts: QuerySet[Post], membership: Membership) -> QuerySet[Post]:
    """Load with each post what this member has to do by hand: ``hand``, ``hand_state``, ``hand_due``, ``hand_where``.

    The post says whose its deliveries are: asked for the setting too, SQLite would go through all of them for each post.
    """
    first = _for(membership, Delivery.objects.filter(post=OuterRef("pk")))
    return posts.annotate(
        hand=Subquery(first.values("pk")[:1]),
        hand_state=Subquery(first.values("state")[:1]),
        hand_due=Subquery(first.values("due_at")[:1]),
        hand_where=Subquery(first.values("channel__name")[:1]),
    )


@dataclass(frozen=True, slots=True)
class HandPage:
    """One post on one account, as whoever does it by hand, or looks for it, sees it."""

    delivery: Delivery
    attempt: Attempt | None
    revision: Revision
    pictures: tuple[RevisionPicture, ...]
    looks: tuple[Look, ...]
    began: bool  # the reader began the newest attempt
    hidden: str  # why the words are not to be pasted now; "" while they may be
    seconds: int  # how long the words are still shown


def hand_page(delivery: Delivery, reader: Membership, now: datetime) -> HandPage:
    """Return the page of one delivery. At most ten queries, and only four while nobody has begun."""
    attempt = delivery.attempts.select_related("by").order_by("-number").first()
    hidden = why_hidden(delivery=delivery, attempt=attempt, reader=reader.user, at=now)
    until = delivery.lease_until
    return HandPage(
        delivery=delivery,
        attempt=attempt,
        revision=delivery.revision,
        pictures=tuple(delivery.revision.pictures.all()),
        looks=tuple(delivery.looks.select_related("by").order_by(F("at").desc())[:10]),
        began=attempt is not None and attempt.by_id == reader.user_id,
        hidden=hidden,
        seconds=max(int((until - now).total_seconds()), 0) if until and not hidden else 0,
    )
