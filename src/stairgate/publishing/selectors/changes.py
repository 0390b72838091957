"""What is on a page now, and the changes of it that are under way or over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from stairgate.channels.models import Channel
from stairgate.channels.services import network_for
from stairgate.networks.base import Capability
from stairgate.publishing.changing import ChangeFacts, change_barriers
from stairgate.publishing.comparing import plain
from stairgate.publishing.content import Content
from stairgate.publishing.models import Delivery, Difference, Post, Revision, TakeDown
from stairgate.publishing.states import CHANGE_OVER, DeliveryState


def carrier(delivery: Delivery) -> Delivery:
    """Return the delivery whose words are on the page: its newest change that arrived, or itself. One query."""
    arrived = delivery.its_changes.filter(state=DeliveryState.DONE).select_related("revision")
    return arrived.order_by("-done_at").first() or delivery


def under_way(post: Post) -> Post | None:
    """Return the change of a published post that is not over yet; there is one at most."""
    return post.its_changes.exclude(state__in=CHANGE_OVER).first()


def can_edit(channel: Channel) -> bool:
    """Return whether the network of an account can give a post that is out other words."""
    return Capability.EDIT in network_for(channel).capabilities


def with_ground(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Load with each delivery what decides whether it can be changed, and the words that are on its page now."""
    leaving = TakeDown.objects.filter(delivery=OuterRef("pk")).exclude(state=TakeDown.State.DONE)
    found = Difference.objects.filter(delivery=OuterRef("pk"), closed_at__isnull=True)
    arrived = Delivery.objects.filter(changes=OuterRef("pk"), state=DeliveryState.DONE).order_by("-done_at")
    return rows.select_related("channel", "revision").annotate(
        is_leaving=Exists(leaving),
        differs=Exists(found),
        shown_text=Coalesce(Subquery(arrived.values("revision__text")[:1]), F("revision__text")),
    )


def pages_of(post_id: UUID) -> dict[UUID, Any]:
    """Return, by account, what a post has on its pages or on its way there, `with_ground`. One query."""
    rows = with_ground(Delivery.objects.filter(post=post_id).exclude(state=DeliveryState.CANCELLED))
    return {row.channel_id: row for row in rows}


def targets_of(post: Post) -> dict[UUID, Any]:
    """Return, by account, what a change is to change, `with_ground`; nothing for what is no change. One query."""
    return pages_of(post.changes_id) if post.changes_id else {}


def change_facts(post: Post, channel: Channel, target: Any | None, *, same_pictures: bool) -> ChangeFacts:
    """Return how what a change is to change, loaded `with_ground`, stands now."""
    if target is None:
        return ChangeFacts(False, False, False, False, can_edit(channel), same_pictures, True)
    return ChangeFacts(
        is_its_own=(target.post_id, target.channel_id) == (post.changes_id, channel.pk),
        is_there=target.state == DeliveryState.DONE,
        is_leaving=target.is_leaving,
        differs=target.differs,
        can_edit=can_edit(channel),
        same_pictures=same_pictures,
        has_number=bool(target.external_id),
    )


@dataclass(frozen=True, slots=True)
class Changing:
    """What a change is to change: the accounts that have it and can, and what stands against these words there."""

    channel_ids: frozenset[UUID]
    problems: tuple[str, ...]


def changing(post: Post | None, content: Content) -> Changing | None:
    """Return how ready the page is for these words; None for what is no change. One query."""
    if post is None or post.changes_id is None:
        return None
    targets = targets_of(post)
    chosen = [row for pk, row in targets.items() if pk in content.channel_ids]
    problems = [
        barrier.says
        for row in chosen
        for barrier in change_barriers(change_facts(post, row.channel, row, same_pictures=True))
    ]
    if not problems and chosen and all(plain(row.shown_text) == plain(content.text) for row in chosen):
        problems = ["These words are on the page already."]
    able = frozenset(pk for pk, row in targets.items() if can_edit(row.channel))
    return Changing(able, tuple(problems))


def as_sealed(revision: Revision) -> list[tuple[UUID, str, str]]:
    """Return the pictures of a version with all that was approved about them."""
    return list(revision.pictures.values_list("picture_id", "alt", "shows"))


def gone_stale(waiting: QuerySet[Delivery]) -> Iterable[UUID]:
    """Return those changes, of all that wait for their time, whose ground on the page may be gone. One query."""
    found = Difference.objects.filter(delivery=OuterRef("changes"), closed_at__isnull=True)
    asked = TakeDown.objects.filter(delivery=OuterRef("changes"))
    lost = ~Q(changes__state=DeliveryState.DONE) | Q(changes__external_id="")
    gone = Q(Exists(found)) | Q(Exists(asked)) | lost
    return waiting.filter(gone, changes__isnull=False).values_list("pk", flat=True)
