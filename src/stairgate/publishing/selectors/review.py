"""One post as its approver, or its author, sees it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Exists,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Value,
    prefetch_related_objects,
)

from stairgate.channels.models import Channel
from stairgate.networks.prices import costs_of
from stairgate.organisations.models import Membership
from stairgate.policies.parameters import Parameters
from stairgate.policies.quiet import QuietHours
from stairgate.policies.selectors import parameters_now
from stairgate.publishing.gate_facts import writers_of
from stairgate.publishing.models import (
    Addressee,
    Answer,
    Approval,
    Delivery,
    Difference,
    Post,
    Revision,
    SecondLook,
    UrgentApproval,
    UrgentSending,
)
from stairgate.publishing.rules import NO_PURPOSE
from stairgate.publishing.screen import screen_revision
from stairgate.publishing.selectors.changes import can_edit, targets_of
from stairgate.publishing.selectors.readiness import fit_approvers
from stairgate.publishing.selectors.urgent import may_look_second
from stairgate.publishing.states import CHANGE_OVER, UNDECIDED, DeliveryState, PostState
from stairgate.screening import Finding

#: how much of a long conversation one page shows
_MOST_SAID = 20


def versions_of(post: Post) -> tuple[Revision, ...]:
    """Return every version, newest first, with how it was sent; the newest with its pictures. Two queries."""
    with_sending = ("urgent__version__created_by", "urgent__second_look__done_by")
    rows = post.revisions.defer("screening").select_related(*with_sending)
    versions = tuple(rows.order_by("-number"))
    prefetch_related_objects(versions[:1], "pictures")
    return versions


@dataclass(frozen=True, slots=True)
class Said:
    """One thing somebody said about a post: a message, or the note with which it was returned."""

    who: str
    by: UUID
    at: datetime
    version: int
    text: str
    returned: bool
    new: bool  # the reader is meant, and has not said that they read it


def with_policy(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Load with each post its setting, its author, and the parameters of the policy in force."""
    return posts.select_related("organisation", "author", "suggestion__by").annotate(
        parameters_json=parameters_now(OuterRef("organisation"))
    )


def _parameters_of(post: Any) -> Parameters:
    return Parameters.from_json(post.parameters_json) if post.parameters_json else Parameters()


def _talk(post: Post, reader: Membership) -> tuple[Said, ...]:
    """Return messages and notes of returns, oldest first. One query."""
    unread = Addressee.objects.filter(message=OuterRef("pk"), user=reader.user_id, read_at__isnull=True)
    where = ("at", "revision__number")
    no, yes = (Value(value, output_field=BooleanField()) for value in (False, True))
    said = post.messages.order_by().values_list(
        "author__first_name", "author_id", *where, "text", no, Exists(unread)
    )
    notes = post.returns.order_by().values_list(
        "returned_by__first_name", "returned_by_id", *where, "note", yes, no
    )
    return tuple(sorted(itertools.starmap(Said, said.union(notes, all=True)), key=lambda one: one.at))


@dataclass(frozen=True, slots=True)
class Urgent:
    """How a post was sent from a template approved ahead, and the second look at it."""

    sending: UrgentSending
    approvals: tuple[UrgentApproval, ...]  # those it was sent on
    lookers: tuple[Membership, ...]  # who may take the second look, while it is to be taken
    is_newest: bool  # the version it was sent with is the newest
    is_late: bool  # the look was not taken in time

    @property
    def look(self) -> SecondLook:
        return self.sending.second_look


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What an approver, or the author, sees of one post."""

    post: Post
    revision: Revision
    findings: tuple[Finding, ...]
    answers: tuple[Answer, ...]
    deliveries: tuple[Delivery, ...]
    seen_before: Revision | None  # the version this reader last returned or approved
    approvals: tuple[Approval, ...]
    talk: tuple[Said, ...]  # the newest of what was said about it, oldest first
    left_out: int  # how much was said before, is kept and not shown
    approvers: tuple[Membership, ...]  # who can, and has not yet, while it is undecided
    approvers_needed: int
    goes_out: datetime  # when it would go out, were it approved now
    waits_for_morning: bool  # approved now, it would wait for the end of the quiet hours
    writers: frozenset[UUID]
    channels: tuple[Channel, ...]
    urgent: Urgent | None  # how it was sent, when one person sent it from a template
    changes: tuple[Any, ...]  # of what is on the page, newest first
    replaces: str | None  # the words on the page, where this is a change of them
    can_change: tuple[Channel, ...]  # the pages that have it and could change it
    cannot_change: tuple[Channel, ...]  # and those that could not

    @property
    def shown_text(self) -> str:
        """The words that are on the page, or will be."""
        arrived = [change for change in self.changes if change.arrived_at]
        newest = max(arrived, key=lambda change: change.arrived_at, default=None)
        return str(newest.arrived_text) if newest else self.revision.text

    @property
    def out_on(self) -> str:
        """The pages that have this version already, while another does not have it yet; empty for none."""
        there = (row for row in self.deliveries if row.state == DeliveryState.DONE)
        return ", ".join(row.channel.name for row in there if row.revision_id == self.revision.pk)

    @property
    def under_way(self) -> Any | None:
        """The change that is not over yet."""
        return next((change for change in self.changes if change.state not in CHANGE_OVER), None)

    @property
    def unread(self) -> int:
        """How many messages are meant for the reader and not read yet."""
        return sum(1 for said in self.talk if said.new)

    @property
    def no_purpose(self) -> bool:
        """Its author says that it serves nothing its account was authorised for."""
        return self.revision.purpose == NO_PURPOSE

    @property
    def answered(self) -> frozenset[str]:
        return frozenset(answer.finding_key for answer in self.answers)

    @property
    def costs(self) -> tuple[str, ...]:
        """What it costs on each page whose network takes money, as sentences."""
        pages = [(channel.name, channel.network) for channel in self.channels]
        return costs_of(pages, self.revision.text)

    @property
    def said_yes(self) -> int:
        """How many have said yes to this version so far."""
        return sum(1 for approval in self.approvals if approval.voided_at is None)

    def said_yes_by(self, member: Membership) -> bool:
        return any(a.approver_id == member.user_id and a.voided_at is None for a in self.approvals)


def review_page(post: Post, reader: Membership, now: datetime) -> ReviewPage | None:
    """Return the page for the newest version; None when nothing is written yet. For a post `with_policy`."""
    versions = versions_of(post)
    if not versions:
        return None
    answers = tuple(post.answers.all())
    newest, writers = versions[0], _writers(post, versions, answers)
    talk = _talk(post, reader)
    approvals = tuple(post.approvals.select_related("approver", "revision"))
    said_yes = {approval.approver_id for approval in approvals if approval.voided_at is None}
    parameters = _parameters_of(post)
    undecided = PostState(post.state) in UNDECIDED
    fit = fit_approvers(post.organisation, parameters, writers=writers, now=now) if undecided else []
    deliveries = tuple(_deliveries(post))
    able, unable = _pages(post, deliveries)
    targets = targets_of(post)
    opens = QuietHours.of(parameters, post.organisation.timezone).next_open(now)
    return ReviewPage(
        post=post,
        revision=newest,
        findings=screen_revision(newest, post).findings,
        answers=answers,
        deliveries=deliveries,
        seen_before=_last_seen(reader, versions, talk, approvals),
        approvals=approvals,
        talk=talk[-_MOST_SAID:],
        left_out=max(len(talk) - _MOST_SAID, 0),
        approvers=tuple(member for member in fit if member.user_id not in said_yes),
        approvers_needed=parameters.approvers,
        goes_out=newest.send_at or opens,
        waits_for_morning=newest.send_at is None and opens > now,
        writers=writers,
        channels=_channels(post, newest, deliveries, targets),
        changes=_changes(post),
        replaces=_replaces(deliveries, targets),
        can_change=able,
        cannot_change=unable,
        urgent=_urgent(post, versions, parameters, now),
    )


def _urgent(post: Post, versions: Sequence[Revision], parameters: Parameters, now: datetime) -> Urgent | None:
    """Return how it was sent as urgent; None for every other post. At most two queries."""
    found = next((version for version in versions if hasattr(version, "urgent")), None)
    if found is None:
        return None
    sending: UrgentSending = found.urgent
    look = sending.second_look
    wants_a_look = look.done_at is None
    fit = fit_approvers(post.organisation, parameters, writers=frozenset(), now=now) if wants_a_look else []
    return Urgent(
        sending=sending,
        approvals=tuple(sending.approvals.select_related("approver")),
        lookers=may_look_second(sending, fit),
        is_newest=found is versions[0],
        is_late=(look.done_at or now) >= look.due_at,
    )


def _writers(post: Post, versions: Iterable[Revision], answers: Iterable[Answer]) -> frozenset[UUID]:
    """Return what `writers_of` returns while it matters: for most posts from what was read already."""
    sent_ahead = any(hasattr(version, "urgent") for version in versions)
    if post.changes_id is not None or (sent_ahead and PostState(post.state) in UNDECIDED):
        return writers_of(post)
    wrote = {version.created_by_id for version in versions}
    suggested = {post.suggestion.by_id} if hasattr(post, "suggestion") else set()
    return frozenset(wrote | suggested | {answer.answered_by_id for answer in answers} | {post.author_id})


def _changes(post: Post) -> tuple[Any, ...]:
    """Return the changes of a post that has been on a page, with when each arrived, and its words. One query."""
    if post.kind != Post.Kind.POST or post.state not in _WAS_OUT:
        return ()
    out = Delivery.objects.filter(
        post=OuterRef("pk"), state__in=(DeliveryState.DONE, DeliveryState.TAKEN_DOWN)
    ).order_by("-done_at")
    rows = post.its_changes.select_related("author").order_by("-created_at")
    return tuple(
        rows.annotate(
            arrived_at=Subquery(out.values("done_at")[:1]),
            arrived_text=Subquery(out.values("revision__text")[:1]),
        )[:_MOST_CHANGES]
    )


#: how many changes of one post its page tells
_MOST_CHANGES = 20
_WAS_OUT = frozenset({PostState.PUBLISHED, PostState.TAKEN_DOWN})


def _replaces(deliveries: Iterable[Delivery], targets: Mapping[UUID, Any]) -> str | None:
    """Return the words that a change is to replace; None once it has arrived somewhere, and for what is no change."""
    if any(row.state == DeliveryState.DONE for row in deliveries):
        return None
    return next((row.shown_text for row in targets.values()), None)


def _channels(
    post: Post, newest: Revision, deliveries: Iterable[Delivery], targets: Mapping[UUID, Any]
) -> tuple[Channel, ...]:
    """Return the accounts it is for. They are read only when none of its deliveries brought them."""
    known = {str(row.channel_id): row.channel for row in (*targets.values(), *deliveries)}
    if all(pk in known for pk in newest.channel_ids):
        return tuple(known[pk] for pk in newest.channel_ids)
    return tuple(Channel.objects.filter(organisation=post.organisation_id, pk__in=newest.channel_ids))


def _pages(post: Post, deliveries: Iterable[Delivery]) -> tuple[tuple[Channel, ...], tuple[Channel, ...]]:
    """Return the pages that have a published post and can change it, and those that can't."""
    if post.kind != Post.Kind.POST or post.state != PostState.PUBLISHED:
        return (), ()
    there = [row.channel for row in deliveries if row.state == DeliveryState.DONE]
    able = tuple(channel for channel in there if can_edit(channel))
    return able, tuple(channel for channel in there if channel not in able)


def _deliveries(post: Post) -> QuerySet[Delivery]:
    """Return the fates of a post with what came after: readings, findings, take-downs. At most two queries."""
    rows = post.deliveries.exclude(state=DeliveryState.CANCELLED)
    rows = rows.select_related("channel", "read_back", "take_down__asked_by")
    return rows.prefetch_related(Prefetch("differences", Difference.objects.select_related("closed_by")))


def _last_seen(
    reader: Membership, versions: Sequence[Revision], talk: Iterable[Said], approvals: Iterable[Approval]
) -> Revision | None:
    """Return the newest version before this one that the reader returned, said yes to or wrote about."""
    seen = {said.version for said in talk if said.by == reader.user_id}
    seen |= {a.revision.number for a in approvals if a.approver_id == reader.user_id}
    return next((version for version in versions[1:] if version.number in seen), None)
