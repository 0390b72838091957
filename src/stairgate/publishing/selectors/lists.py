"""Lists of posts: who has to do what, and what went out. Each in a bounded number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Duty
from stairgate.policies.selectors import holds
from stairgate.publishing.models import (
    Addressee,
    Answer,
    Approval,
    Delivery,
    Difference,
    Message,
    Post,
    Revision,
    SecondLook,
    Suggestion,
    TakeDown,
    UrgentSending,
)
from stairgate.publishing.states import CHANGE_OVER, FINAL, THERE, DeliveryState, PostState

#: the fate of the post needs a person
TROUBLE = frozenset({PostState.UNKNOWN, PostState.HELD, PostState.LAPSED})
#: the author has something left to do
UNFINISHED = frozenset({PostState.CHANGES_ASKED, PostState.LAPSED, PostState.DRAFT})


def with_all(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Load with each post what its pages show."""
    changes = Post.objects.exclude(state__in=CHANGE_OVER)
    return posts.select_related("author", "organisation").prefetch_related(
        Prefetch("deliveries", Delivery.objects.select_related("channel").order_by("created_at")),
        Prefetch("its_changes", changes, to_attr="under_way"),
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
    said_yes = Approval.objects.filter(
        post=OuterRef("pk"), approver=membership.user_id, voided_at__isnull=True
    )
    others = waiting.alias(first=Coalesce("changes_id", "pk")).filter(~Exists(_family_written_by(membership)))
    return others.filter(~Exists(said_yes)).select_related("author").order_by("updated_at")


def _family_written_by(membership: Membership) -> QuerySet[Post]:
    """Return the posts of the family of ``first`` that this member helped to write, as `gate_facts.writers_of` counts: a
    change with its post. Asked of one family at a time, since whoever writes has written thousands.
    """
    who, here = membership.user_id, OuterRef("pk")
    wrote = (
        Q(author=who)
        | Exists(Revision.objects.filter(post=here, created_by=who))
        | Exists(Answer.objects.filter(post=here, answered_by=who))
        | Exists(Suggestion.objects.filter(post=here, by=who))
        | Exists(
            UrgentSending.objects.filter(revision__post=here, version__template__versions__created_by=who)
        )
    )
    family = Q(pk=OuterRef("first")) | Q(changes=OuterRef("first"))
    return Post.objects.filter(family).filter(wrote).order_by()


def in_trouble(organisation: Organisation) -> QuerySet[Post]:
    """Return posts whose fate needs a person: outcome unknown, held, or lapsed. Newest first."""
    troubled = Post.objects.filter(organisation=organisation, state__in=TROUBLE)
    return _newest_of_few(troubled).select_related("author")


def _newest_of_few(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Return the few there are, newest change first.

    The time is compared as an expression: by its index SQLite would go through every post of the setting to find them.
    """
    return posts.order_by(Coalesce("updated_at", None).desc())


def _found(organisation: UUID, keys: QuerySet[Any, Any]) -> QuerySet[Post]:
    """Return those posts of a setting, which something with an index of its own found: asked the other way round, it
    is a question about every post. So the setting is compared as an expression, once it is known which they are.
    """
    posts = Post.objects.alias(setting=Coalesce("organisation_id", None)).filter(setting=organisation)
    return posts.filter(pk__in=keys)


def gone_astray(organisation: Organisation) -> QuerySet[Post]:
    """Return posts with an open finding on a page, or a take-down that a person has to do. Newest first."""
    differing = Difference.objects.filter(closed_at__isnull=True)
    astray = (rows.order_by().values_list("delivery__post", flat=True) for rows in (differing, _by_hand()))
    return _found(organisation.pk, next(astray).union(*astray)).select_related("author")


def with_astray(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Load with each post the kind of its open finding, and whether a person has to take it down."""
    kind = _differing().order_by("-found_at").values("kind")[:1]
    return posts.annotate(differs=Subquery(kind), stuck=Exists(_stuck()))


def _differing() -> QuerySet[Difference]:
    return Difference.objects.filter(delivery__post=OuterRef("pk"), closed_at__isnull=True)


def _stuck() -> QuerySet[TakeDown]:
    return _by_hand().filter(delivery__post=OuterRef("pk"))


def _by_hand() -> QuerySet[TakeDown]:
    """Return the take-downs of posts still on a page that a person has to do.

    The fate is compared as an expression: by its index SQLite would go through everything that is on a page.
    """
    rows = TakeDown.objects.filter(state=TakeDown.State.NEEDS_PERSON)
    return rows.alias(fate=Coalesce("delivery__state", None)).filter(fate__in=THERE)


def wanting_a_look(membership: Membership, now: datetime, *, may_look: bool) -> QuerySet[Post]:
    """Return posts sent as urgent whose second look is late, and with ``may_look`` those that this member may take.

    Soonest due first.
    """
    wanted = Q(due_at__lte=now)
    if may_look:
        own = Q(sending__revision__post__author=membership.user_id)
        wanted |= ~(own | Q(sending__version__created_by=membership.user_id))
    here = SecondLook.objects.filter(organisation=membership.organisation_id, done_at__isnull=True)
    posts = _found(membership.organisation_id, here.filter(wanted).values("sending__revision__post"))
    return posts.order_by(Subquery(_looks().filter(wanted).values("due_at")[:1]))


def with_look(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Load with each post when its open second look is due, and who wrote its words."""
    look = _looks()
    return posts.annotate(
        look_due=Subquery(look.values("due_at")[:1]),
        look_writer=Subquery(look.values("sending__version__created_by")[:1]),
    )


def _looks() -> QuerySet[SecondLook]:
    return SecondLook.objects.filter(sending__revision__post=OuterRef("pk"), done_at__isnull=True)


def unfinished(membership: Membership) -> QuerySet[Post]:
    """Return the posts this member began and has still to finish. Newest change first."""
    mine = Post.objects.filter(organisation=membership.organisation_id, author=membership.user_id)
    return _newest_of_few(mine.filter(state__in=UNFINISHED))


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
    setting = Post.objects.filter(pk=OuterRef("post")).values("organisation")
    unread = _unread(membership).alias(setting=Subquery(setting))
    here = unread.filter(setting=membership.organisation_id).exclude(post__state__in=FINAL)
    return _newest_of_few(Post.objects.filter(pk__in=here.values("post")))


def with_message(posts: QuerySet[Post], membership: Membership) -> QuerySet[Post]:
    """Load with each post the newest message this member has to read: ``said`` and ``said_by``, else None."""
    newest = _unread(membership).filter(post=OuterRef("pk")).order_by("-at")
    return posts.annotate(
        said=Subquery(newest.values("text")[:1]), said_by=Subquery(newest.values("author__first_name")[:1])
    )


def _unread(membership: Membership) -> QuerySet[Message]:
    meant = Addressee.objects.filter(user=membership.user_id, read_at__isnull=True)
    return Message.objects.filter(pk__in=meant.values("message"))
