"""The states of a post and of a delivery, as pure tables. What is not in a table cannot happen."""

from __future__ import annotations

from django.db import models


class PostState(models.TextChoices):
    """Where a post is, in words a manager understands."""

    DRAFT = "draft", "Draft"
    WITH_APPROVER = "with_approver", "Waiting for approval"
    CHANGES_ASKED = "changes_asked", "Changes asked for"
    APPROVED = "approved", "Approved"
    LAPSED = "lapsed", "Approval lapsed"
    SENDING = "sending", "Going out now"
    PUBLISHED = "published", "Published"
    UNKNOWN = "unknown", "Outcome unknown"
    HELD = "held", "Held at the gate"
    BY_HAND = "by_hand", "To be done by hand"
    POSTED = "posted", "Posted, not yet confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"
    REJECTED = "rejected", "Rejected"
    TAKEN_DOWN = "taken_down", "Taken down"


class DeliveryState(models.TextChoices):
    """The fate of one post on one account."""

    WAITING = "waiting", "Waiting for its time"
    SENDING = "sending", "Going out now"
    DONE = "done", "On the page"
    REFUSED = "refused", "Refused"
    UNKNOWN = "unknown", "Outcome unknown"
    NOT_THERE = "not_there", "Not on the page"
    MANUAL = "manual", "To be done by hand"
    POSTED = "posted", "Posted, not yet confirmed"
    CANCELLED = "cancelled", "Cancelled"
    TAKEN_DOWN = "taken_down", "Taken down"


_P = PostState
POST_MOVES: dict[PostState, frozenset[PostState]] = {
    # taken down also while one page has it and the words for another are still being written
    _P.DRAFT: frozenset({_P.WITH_APPROVER, _P.WITHDRAWN, _P.TAKEN_DOWN}),
    _P.WITH_APPROVER: frozenset(
        {*(_P.DRAFT, _P.CHANGES_ASKED, _P.APPROVED, _P.LAPSED), *(_P.WITHDRAWN, _P.REJECTED, _P.TAKEN_DOWN)}
    ),
    _P.CHANGES_ASKED: frozenset({_P.DRAFT, _P.WITH_APPROVER, _P.WITHDRAWN, _P.TAKEN_DOWN}),
    _P.APPROVED: frozenset(
        {*(_P.DRAFT, _P.SENDING, _P.LAPSED, _P.HELD), *(_P.WITHDRAWN, _P.CHANGES_ASKED, _P.TAKEN_DOWN)}
    ),
    _P.LAPSED: frozenset({_P.DRAFT, _P.WITH_APPROVER, _P.WITHDRAWN, _P.TAKEN_DOWN}),
    _P.SENDING: frozenset(
        {*(_P.PUBLISHED, _P.UNKNOWN, _P.HELD, _P.APPROVED, _P.LAPSED), *(_P.BY_HAND, _P.POSTED)}
    ),
    _P.UNKNOWN: frozenset({_P.PUBLISHED, _P.HELD, _P.SENDING, _P.APPROVED, _P.BY_HAND, _P.POSTED}),
    # with the approver once more: for the pages that do not have it yet
    _P.HELD: frozenset(
        {
            *(_P.DRAFT, _P.WITH_APPROVER, _P.APPROVED, _P.SENDING),
            *(_P.WITHDRAWN, _P.PUBLISHED, _P.UNKNOWN, _P.LAPSED, _P.TAKEN_DOWN),
            *(_P.BY_HAND, _P.POSTED),
        }
    ),
    # nothing of it is in the group yet, so its author may still change the words
    _P.BY_HAND: frozenset(
        {
            *(_P.DRAFT, _P.WITH_APPROVER, _P.SENDING),
            *(_P.WITHDRAWN, _P.LAPSED, _P.HELD, _P.TAKEN_DOWN),
        }
    ),
    # it may be there: nobody changes the words until a second person has looked
    _P.POSTED: frozenset(
        {*(_P.PUBLISHED, _P.UNKNOWN, _P.SENDING, _P.HELD), *(_P.BY_HAND, _P.APPROVED, _P.TAKEN_DOWN)}
    ),
    _P.PUBLISHED: frozenset({_P.TAKEN_DOWN}),
    _P.WITHDRAWN: frozenset(),
    _P.REJECTED: frozenset(),
    _P.TAKEN_DOWN: frozenset(),
}

_D = DeliveryState
DELIVERY_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    _D.WAITING: frozenset({_D.SENDING, _D.CANCELLED}),
    # back to waiting only after a refusal that proves nothing reached the page
    _D.SENDING: frozenset({_D.DONE, _D.REFUSED, _D.UNKNOWN, _D.MANUAL, _D.POSTED, _D.WAITING}),
    # never straight back to waiting: a look must have proved it is not there
    _D.UNKNOWN: frozenset({_D.DONE, _D.NOT_THERE, _D.POSTED}),
    # a page may show late what a look did not find
    _D.NOT_THERE: frozenset({_D.WAITING, _D.DONE, _D.POSTED, _D.CANCELLED}),
    _D.REFUSED: frozenset({_D.WAITING, _D.DONE, _D.CANCELLED}),
    # somebody begins, and the gate opens for them as it does for a worker
    _D.MANUAL: frozenset({_D.SENDING, _D.CANCELLED}),
    # a second person saw it; or looked and did not find it, so that nobody knows
    _D.POSTED: frozenset({_D.DONE, _D.UNKNOWN, _D.TAKEN_DOWN}),
    _D.DONE: frozenset({_D.TAKEN_DOWN}),
    _D.CANCELLED: frozenset(),
    _D.TAKEN_DOWN: frozenset(),
}

#: the author may still change the words
EDITABLE = frozenset(
    {*(_P.DRAFT, _P.WITH_APPROVER, _P.CHANGES_ASKED, _P.APPROVED, _P.LAPSED), *(_P.HELD, _P.BY_HAND)}
)
#: somebody still has to say yes
UNDECIDED = frozenset({_P.DRAFT, _P.WITH_APPROVER, _P.CHANGES_ASKED, _P.LAPSED})
#: nothing of a delivery has left yet: the gate has still to open for a worker, or for a person
READY = frozenset({_D.WAITING, _D.MANUAL})
#: as far as anybody knows it is there
THERE = frozenset({_D.DONE, _D.POSTED})
#: nothing more can happen to the post itself
FINAL = frozenset({_P.WITHDRAWN, _P.REJECTED, _P.TAKEN_DOWN})
#: a change whose story is over: a new one may begin. In a fixed order, because it is part of a constraint
CHANGE_OVER = (_P.PUBLISHED, _P.REJECTED, _P.TAKEN_DOWN, _P.WITHDRAWN)


class ForbiddenMove(RuntimeError):
    """A state was asked to change in a way no table allows. Nothing was written."""


def check_post_move(old: str, new: PostState) -> None:
    """Raise `ForbiddenMove` unless a post may go from one state to the other. Staying put is no move."""
    if PostState(old) != new and new not in POST_MOVES[PostState(old)]:
        raise ForbiddenMove(f"post: {old} to {new}")


def check_delivery_move(old: str, new: DeliveryState) -> None:
    """Raise `ForbiddenMove` unless a delivery may go from one state to the other."""
    if new not in DELIVERY_MOVES[DeliveryState(old)]:
        raise ForbiddenMove(f"delivery: {old} to {new}")


def post_state_from(deliveries: list[str], *, unserved: bool = False) -> PostState:
    """Return what the fates of its deliveries make of a post, worst first.

    ``unserved``: a page it is for has no delivery any more, so it is not published yet.
    """
    live = [DeliveryState(state) for state in deliveries if state != _D.CANCELLED]
    if _D.UNKNOWN in live:
        return _P.UNKNOWN
    if _D.SENDING in live:
        return _P.SENDING
    if _D.POSTED in live:
        return _P.POSTED
    if {_D.REFUSED, _D.NOT_THERE} & set(live):
        return _P.HELD
    if _D.MANUAL in live:
        return _P.BY_HAND
    if _D.WAITING in live:
        return _P.APPROVED
    if set(live) == {_D.TAKEN_DOWN}:
        return _P.TAKEN_DOWN
    return _P.PUBLISHED if live and not unserved else _P.HELD
