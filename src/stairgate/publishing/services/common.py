"""What every deed on a post shares: refusals, the lock, who may act, moving a state, the ledger entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from stairgate.ledger.services import record
from stairgate.organisations.access import NotAllowed, actor_in
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Duty
from stairgate.policies.models import PolicyVersion
from stairgate.policies.quiet import QuietHours
from stairgate.policies.selectors import in_force, why_not
from stairgate.publishing.models import (
    Post,
    Recurrence,
    Revision,
    StandingMessage,
    Suggestion,
    UrgentTemplate,
)
from stairgate.publishing.states import (
    EDITABLE,
    READY,
    DeliveryState,
    PostState,
    check_delivery_move,
)


class Refusal(Exception):
    """A deed was refused; the message tells the person why and what to do. Nothing was changed."""


class StaleEdit(Refusal):
    """Somebody saved another version meanwhile. ``newest`` is its number; nothing typed is thrown away."""

    def __init__(self, newest: int) -> None:
        self.newest = newest
        super().__init__(
            "Somebody saved another version while you were writing. Your words are still here. "
            "Save again to put them in place of theirs: both are kept."
        )


class NotReady(Refusal):
    """The draft cannot be sent for approval yet; ``problems`` says what is missing."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("Some things still need a look before this can be sent for approval.")


def locked(post: Post) -> Post:
    """Lock the post row: always the first lock taken, so that deeds on one post follow one another."""
    return (
        Post.objects.select_for_update(of=("self",)).select_related("organisation", "author").get(pk=post.pk)
    )


def newest_of(post: Post) -> Revision:
    newest = post.revisions.order_by("-number").first()
    if newest is None:
        raise Refusal("There is nothing written yet.")
    return newest


def require_fit(actor: User, organisation: Organisation, duty: Duty, at: datetime) -> PolicyVersion:
    """Return the policy in force when role and register both say yes. Raises `NotAllowed`."""
    member_fit(actor, organisation, duty, at)
    version = in_force(organisation)
    if version is None:
        raise NotAllowed("No policy is adopted yet, so the gate is shut.")
    return version


def quiet_hours(post: Post, version: PolicyVersion) -> QuietHours:
    """Return the quiet hours of the post's own setting under a version of its policy."""
    return QuietHours.of(version.parameters, post.organisation.timezone)


def member_fit(actor: User, organisation: Organisation, duty: Duty, at: datetime) -> Membership:
    member = actor_in(actor, organisation.id)
    barriers = why_not(member, duty, version=in_force(organisation), on=organisation.day(at))
    if barriers:
        raise NotAllowed(" ".join(barriers))
    return member


def require_own(organisation: Organisation, row: Post | StandingMessage | UrgentTemplate) -> None:
    """Raise `NotAllowed` where a deed for one setting is given the record of another."""
    if row.organisation_id != organisation.pk:
        raise NotAllowed("That belongs to another setting.")


def void(post: Post, reason: str, at: datetime) -> None:
    """Void every live approval and cancel what has not gone out."""
    post.approvals.filter(voided_at__isnull=True).update(voided_at=at, void_reason=reason)
    for delivery in post.deliveries.filter(
        state__in=[*READY, DeliveryState.NOT_THERE, DeliveryState.REFUSED]
    ):
        check_delivery_move(delivery.state, DeliveryState.CANCELLED)
        delivery.state = DeliveryState.CANCELLED
        delivery.reason = reason
        delivery.save(update_fields=["state", "reason"])


def write_down(
    actor: User,
    row: Post | StandingMessage | Recurrence | Suggestion | UrgentTemplate,
    kind: str,
    payload: Mapping[str, object],
    at: datetime,
) -> None:
    """Write the ledger entry of a deed on a row of this room."""
    record(
        organisation_id=row.organisation_id,
        kind=kind,
        actor=str(actor.id),
        subject=str(row.pk),
        payload=payload,
        at=at,
    )


def check_editable(post: Post, seen: int | None) -> Revision | None:
    if PostState(post.state) not in EDITABLE:
        raise Refusal("This can no longer be changed: it is on its way, or its story is over.")
    newest = post.revisions.order_by("-number").first()
    number = newest.number if newest else 0
    if seen is not None and seen != number:
        raise StaleEdit(number)
    return newest
