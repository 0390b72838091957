"""A comment that was decided by replying, whose reply never went out, is open again: nobody has answered it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from stairgate.clauses import Coverage, control
from stairgate.ledger.services import record
from stairgate.monitoring.models import Decision, Item
from stairgate.publishing.models import Post
from stairgate.publishing.states import PostState

_NEVER_WENT_OUT = (PostState.WITHDRAWN, PostState.REJECTED)


def sweep(now: datetime, worker: str) -> int:
    """Open again every comment whose reply was taken back; return how many."""
    return sum(_open_again(pk, now) for pk in list(_unanswered().values_list("pk", flat=True)))


def _unanswered() -> QuerySet[Item]:
    """Return decided comments whose newest decision was a reply, all of whose replies were taken back."""
    taken_back = Post.objects.filter(reply_item__isnull=False, state__in=_NEVER_WENT_OUT)
    others = Post.objects.filter(reply_item=OuterRef("pk")).exclude(state__in=_NEVER_WENT_OUT)
    newest = Decision.objects.filter(item=OuterRef("pk")).order_by("-at", "-pk").values("kind")[:1]
    decided = Item.objects.filter(pk__in=taken_back.values("reply_item"), state=Item.State.DECIDED)
    return decided.annotate(newest=Subquery(newest)).filter(~Exists(others), newest=Decision.Kind.REPLY)


@control("C39", "A comment whose reply was taken back waits in the inbox again", coverage=Coverage.PART)
@transaction.atomic
def _open_again(pk: UUID, now: datetime) -> bool:
    item = Item.objects.select_for_update().get(pk=pk)
    if not _unanswered().filter(pk=pk).exists():
        return False
    item.state = Item.State.OPEN
    item.save(update_fields=["state"])
    record(
        organisation_id=item.organisation_id,
        kind="monitoring.opened_again",
        actor="worker",
        subject=str(item.id),
        payload={"why": "Its reply was taken back before it went out."},
        at=now,
    )
    return True
