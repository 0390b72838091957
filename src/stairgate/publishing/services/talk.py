"""Talking about a post: whoever wrote it, and whoever may approve it. What was said stays."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from stairgate.clauses import control
from stairgate.organisations.access import NotAllowed, actor_in
from stairgate.organisations.models import User
from stairgate.organisations.rules import Duty
from stairgate.policies.selectors import fit_for, holds, in_force
from stairgate.publishing.gate_facts import writers_of
from stairgate.publishing.models import Addressee, Message, Post
from stairgate.publishing.services.common import Refusal, locked, newest_of, write_down
from stairgate.publishing.states import FINAL, PostState

LONGEST_MESSAGE = 2_000


@control(
    "C82", "What was said about a post is added to its conversation, never changed, and is in the ledger"
)
@transaction.atomic
def say(*, actor: User, post: Post, text: str, at: datetime) -> Message:
    """Add a message to the conversation about a post; return it. It shows on the Today of whoever is meant.

    Raises `NotAllowed` (only writers of the post and approvers talk) and `Refusal` (empty, too long, over).
    """
    post = locked(post)
    writers = writers_of(post)
    _require_part(actor, post, writers, at)
    words = text.strip()
    if not words:
        raise Refusal("Write a few words first.")
    if len(words) > LONGEST_MESSAGE:
        raise Refusal(f"That is too long: {len(words)} letters, and {LONGEST_MESSAGE} fit. Make it shorter.")
    if PostState(post.state) in FINAL:
        raise Refusal("The story of this post is over, so nobody would read it.")
    message = Message.objects.create(post=post, revision=newest_of(post), author=actor, text=words, at=at)
    meant = _meant(actor, post, writers, at)
    Addressee.objects.bulk_create(Addressee(message=message, user_id=pk) for pk in sorted(meant))
    _unread(actor, post).update(read_at=at)
    write_down(
        actor, post, "publishing.said", {"version": message.revision.number, "message": message.text}, at
    )
    return message


@transaction.atomic
def mark_read(*, actor: User, post: Post, at: datetime) -> int:
    """Write down that the actor has read what was meant for them; return how many messages it was.

    Raises `NotAllowed`.
    """
    post = locked(post)
    actor_in(actor, post.organisation_id)
    read = _unread(actor, post).update(read_at=at)
    if read:
        write_down(actor, post, "publishing.heard", {"messages": read}, at)
    return read


def _unread(actor: User, post: Post) -> QuerySet[Addressee]:
    return Addressee.objects.filter(message__post=post, user=actor, read_at__isnull=True)


def _require_part(actor: User, post: Post, writers: frozenset[UUID], at: datetime) -> None:
    member = actor_in(actor, post.organisation_id)
    if actor.id not in writers and not holds(member, Duty.APPROVE, on=post.organisation.day(at)):
        raise NotAllowed("Only whoever wrote this, or an approver, talks about it here.")


def _meant(actor: User, post: Post, writers: frozenset[UUID], at: datetime) -> frozenset[UUID]:
    """Return who a message is for: the writers, from an approver; and from a writer, whoever looked at it so far.

    When nobody has looked yet, it is for everybody who could.
    """
    if actor.id not in writers:
        return writers
    looked = _looked(post) - writers
    if looked:
        return looked
    organisation = post.organisation
    version = in_force(organisation)
    parameters = version.parameters if version else None
    fit = fit_for(organisation, Duty.APPROVE, parameters=parameters, on=organisation.day(at))
    return frozenset(member.user_id for member in fit) - writers


def _looked(post: Post) -> frozenset[UUID]:
    """Return who returned it, said yes to it or wrote about it."""
    returned = post.returns.order_by().values_list("returned_by_id", flat=True)
    approved = post.approvals.order_by().values_list("approver_id", flat=True)
    said = post.messages.order_by().values_list("author_id", flat=True)
    return frozenset(returned.union(approved, said))
