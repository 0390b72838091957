"""After publishing: take a post down, read it back now, and close what was found different."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from stairgate.clauses import Coverage, control
from stairgate.doorbell import Bell, ring
from stairgate.organisations.models import User
from stairgate.organisations.rules import Duty
from stairgate.publishing.models import Delivery, Difference, Post, ReadBack, TakeDown
from stairgate.publishing.moves import follow_deliveries, follow_take_down
from stairgate.publishing.services.common import Refusal, locked, require_fit, void, write_down
from stairgate.publishing.states import THERE, DeliveryState, PostState

_SHORTEST_REASON = 3
_BY_HAND = "A person put it there, so a person has to take it down."
_UNDER_WAY = (TakeDown.State.WAITING, TakeDown.State.UNKNOWN)


@control("C82", "A post that is taken down keeps its whole history", coverage=Coverage.PART)
@transaction.atomic
def take_down(*, actor: User, post: Post, reason: str, at: datetime) -> list[TakeDown]:
    """Take a post down from every page that has it; return what is under way now.

    What has not gone out yet never does, and every approval is void. A page whose outcome is unknown keeps it:
    when the post turns out to be there, it can be taken down from there too. Raises `Refusal`, `NotAllowed`.
    """
    post = locked(post)
    require_fit(actor, post.organisation, Duty.APPROVE, at)
    reason = _reason(reason)
    if post.changes_id is not None:
        raise Refusal("This is a change of a post. Take down the post that it changed.")
    on_a_page = post.deliveries.filter(state__in=[*THERE, DeliveryState.TAKEN_DOWN])
    if post.state == PostState.TAKEN_DOWN or not on_a_page.exists():
        raise Refusal("It is on no page that we know of, so there is nothing to take down.")
    there = post.deliveries.filter(state__in=THERE).exclude(take_down__state__in=_UNDER_WAY)
    made = [_begin(row, actor, reason, at) for row in there]
    void(post, f"The post is being taken down: {reason}", at)
    if post.state in {PostState.APPROVED, PostState.BY_HAND}:
        follow_deliveries(post, reason, at)
    follow_take_down(post, f"Taken down: {reason}", at)
    payload = {"reason": reason, "deliveries": [str(row.delivery_id) for row in made]}
    write_down(actor, post, "publishing.take_down_asked", payload, at)
    ring(Bell.TAKE_DOWNS)
    return made


def _begin(delivery: Delivery, actor: User, reason: str, at: datetime) -> TakeDown:
    """Return what is under way now. After one that a person had to do by hand it begins with a look.

    What a person put there has no number that Stairgate knows, so a person takes it down.
    """
    row = TakeDown.objects.filter(delivery=delivery).first()
    if row is None:
        row = TakeDown(delivery=delivery)
    else:
        row.state, row.attempts, row.problem = TakeDown.State.UNKNOWN, 0, ""
    if not delivery.external_id:
        row.state, row.problem = TakeDown.State.NEEDS_PERSON, _BY_HAND
    row.why, row.asked_by, row.asked_at, row.due_at = reason, actor, at, at
    row.save()
    return row


@transaction.atomic
def read_now(*, actor: User, delivery: Delivery, at: datetime) -> None:
    """Ask for what is on the page to be compared now with what was approved. Raises `Refusal`, `NotAllowed`."""
    post = locked(delivery.post)
    require_fit(actor, post.organisation, Duty.APPROVE, at)
    if not ReadBack.objects.filter(delivery=delivery, delivery__state=DeliveryState.DONE).update(due_at=at):
        raise Refusal("Stairgate cannot read it there. Look at it yourself.")
    write_down(actor, post, "publishing.read_back_asked", {"delivery": str(delivery.id)}, at)
    ring(Bell.READ_BACKS)


@control(
    "C40", "What differs on our own page stays open until a person says what was done", coverage=Coverage.PART
)
@transaction.atomic
def close_difference(*, actor: User, difference: Difference, reason: str, at: datetime) -> None:
    """Close a finding with what was done about it. Raises `Refusal`, `NotAllowed`."""
    post = locked(difference.delivery.post)
    require_fit(actor, post.organisation, Duty.APPROVE, at)
    reason = _reason(reason)
    rows = Difference.objects.filter(pk=difference.pk, closed_at__isnull=True)
    if not rows.update(closed_at=at, closed_by=actor, closed_why=reason):
        raise Refusal("This is closed already.")
    write_down(
        actor, post, "publishing.difference_closed", {"finding": str(difference.id), "why": reason}, at
    )


def _reason(typed: str) -> str:
    """Return a reason in a few words. Raises `Refusal` without one."""
    reason = typed.strip()[:300]
    if len(reason) < _SHORTEST_REASON:
        raise Refusal("Say in a few words why.")
    return reason
