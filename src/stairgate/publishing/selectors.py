"""Reads about posts, in a bounded number of queries."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
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
from stairgate.channels.selectors import ChannelNow, accounts_now
from stairgate.channels.services import network_for
from stairgate.networks.base import Outgoing
from stairgate.networks.base import Picture as SentPicture
from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Duty
from stairgate.policies.parameters import Parameters
from stairgate.policies.quiet import QuietHours
from stairgate.policies.selectors import fit_for, holds, in_force, parameters_now
from stairgate.publishing.content import Content
from stairgate.publishing.gate import answered_keys, writers_of
from stairgate.publishing.models import (
    Addressee,
    Answer,
    Approval,
    Delivery,
    Difference,
    Message,
    Post,
    Revision,
    RevisionPicture,
    TakeDown,
)
from stairgate.publishing.rules import NO_PURPOSE, Bar, DraftFacts, bars, still_open
from stairgate.publishing.screen import screen_revision, screen_words
from stairgate.publishing.states import FINAL, UNDECIDED, DeliveryState, PostState
from stairgate.screening import Finding, Screening

#: the fate of the post needs a person
TROUBLE = frozenset({PostState.UNKNOWN, PostState.HELD, PostState.LAPSED})
#: how much of a long conversation one page shows
_MOST_SAID = 20
#: the author has something left to do
UNFINISHED = frozenset({PostState.CHANGES_ASKED, PostState.LAPSED, PostState.DRAFT})


def versions_of(post: Post) -> tuple[Revision, ...]:
    """Return every version, newest first, the newest with its pictures. Two queries."""
    versions = tuple(post.revisions.defer("screening").order_by("-number"))
    prefetch_related_objects(versions[:1], "pictures")
    return versions


def writers_among(post: Post, versions: Iterable[Revision], answers: Iterable[Answer]) -> frozenset[UUID]:
    """Return what `gate.writers_of` returns, from versions and answers already read."""
    wrote = {version.created_by_id for version in versions}
    return frozenset(wrote | {answer.answered_by_id for answer in answers} | {post.author_id})


def newest_revision(post: Post) -> Revision | None:
    """Return the newest version with its pictures, or None."""
    return post.revisions.prefetch_related("pictures__picture").order_by("-number").first()


def findings_of(post: Post) -> tuple[Finding, ...]:
    """Return what screening finds in the newest version, with today's rules."""
    revision = newest_revision(post)
    if revision is None:
        return ()
    return screen_revision(revision, post).findings


def fit_approvers(
    organisation: Organisation, parameters: Parameters, *, writers: frozenset[UUID], now: datetime
) -> list[Membership]:
    """Return who could approve today: role, register, and did not write it. By first name. One query."""
    fit = fit_for(organisation, Duty.APPROVE, parameters=parameters, on=organisation.day(now))
    return [member for member in fit if member.user_id not in writers]


@dataclass(frozen=True, slots=True)
class Readiness:
    """A draft at the gate: what was found in it, and which bars are still shut."""

    screening: Screening
    open_findings: tuple[Finding, ...]
    answered: frozenset[str]
    bars: tuple[Bar, ...]
    accounts: tuple[ChannelNow, ...]
    purposes: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        return all(bar.done for bar in self.bars)


def bars_of(post: Post, revision: Revision, now: datetime) -> tuple[Bar, ...]:
    """Return the bars of the gate for a stored version."""
    return readiness_of(post, revision, now).bars


def readiness_of(post: Post, revision: Revision, now: datetime) -> Readiness:
    """Return how ready a stored version is."""
    uses = list(revision.pictures.all())
    return readiness(
        organisation=post.organisation,
        content=content_of(revision),
        writers=writers_of(post),
        answered=answered_keys(post),
        pictures=[(use.alt, use.shows) for use in uses],
        is_reply=post.kind == Post.Kind.REPLY,
        only_signpost=post.only_signpost,
        now=now,
    )


def content_of(revision: Revision) -> Content:
    """Return a stored version as the content an author would hand in (pictures left out)."""
    return Content(
        text=revision.text,
        channel_ids=tuple(UUID(value) for value in revision.channel_ids),
        purpose=revision.purpose,
        send_at=revision.send_at,
    )


def readiness(
    *,
    organisation: Organisation,
    content: Content,
    writers: frozenset[UUID],
    answered: frozenset[str],
    pictures: Sequence[tuple[str, str]],
    now: datetime,
    is_reply: bool = False,
    only_signpost: bool = False,
) -> Readiness:
    """Return how ready some content is, stored or just typed. ``pictures`` are (alt text, who is shown)."""
    version = in_force(organisation)
    parameters = version.parameters if version else Parameters()
    accounts = tuple(accounts_now(organisation, now, version=version))
    chosen = [account for account in accounts if account.channel.id in content.channel_ids]
    alts = [alt for alt, _ in pictures]
    screening = screen_words(content.text, organisation, alts=alts, is_reply=is_reply)
    open_findings = still_open(screening, answered)
    purposes = _purposes_of_all(chosen)
    shows = [who for _, who in pictures]
    facts = DraftFacts(
        has_words=bool(content.text.strip()),
        accounts=tuple(account.channel.name for account in chosen),
        account_problems=tuple(r.says for account in chosen for r in account.restrictions),
        network_problems=_network_problems(chosen, content, pictures, is_reply=is_reply),
        is_exactly=not only_signpost or (content.text == parameters.signpost_text and not pictures),
        purpose=content.purpose,
        purposes=purposes,
        open_findings=len(open_findings),
        pictures=len(pictures),
        pictures_without_alt=sum(1 for alt, _ in pictures if not alt.strip()),
        pictures_unanswered=sum(1 for who in shows if not who),
        children_shown=shows.count(RevisionPicture.Shows.CHILDREN),
        children_allowed=parameters.identifiable_children,
        send_at=content.send_at,
        approvers=tuple(
            member.first_name for member in fit_approvers(organisation, parameters, writers=writers, now=now)
        ),
        approvers_needed=parameters.approvers,
        quiet=QuietHours.of(parameters, organisation.timezone),
    )
    return Readiness(screening, open_findings, answered, bars(facts, now), accounts, purposes)


def _purposes_of_all(chosen: Sequence[ChannelNow]) -> tuple[str, ...]:
    """Return what every chosen account was authorised for, as the first of them says it."""
    first = chosen[0].channel.purposes if chosen else []
    return tuple(p for p in first if all(p in account.channel.purposes for account in chosen))


def _network_problems(
    chosen: Iterable[ChannelNow], content: Content, pictures: Sequence[tuple[str, str]], *, is_reply: bool
) -> tuple[str, ...]:
    sent = tuple(SentPicture(b"", "image/jpeg", alt, 1, 1) for alt, _ in pictures)
    outgoing = Outgoing(text=content.text, pictures=sent, reply_to="comment" if is_reply else None)
    problems = (p for account in chosen for p in network_for(account.channel).validate(outgoing))
    return tuple(dict.fromkeys(problems)) if content.text.strip() else ()


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
    rows = TakeDown.objects.filter(delivery__post=OuterRef("pk"), delivery__state=DeliveryState.DONE)
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
    return posts.select_related("organisation", "author").annotate(
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
    def said_yes(self) -> int:
        """How many have said yes to this version so far."""
        return sum(1 for approval in self.approvals if approval.voided_at is None)

    def said_yes_by(self, member: Membership) -> bool:
        return any(a.approver_id == member.user_id and a.voided_at is None for a in self.approvals)


def review_page(post: Post, reader: Membership, now: datetime) -> ReviewPage | None:
    """Return the page for the newest version; None when nothing is written yet. At most ten queries, for a post `with_policy`."""
    versions = versions_of(post)
    if not versions:
        return None
    answers = tuple(post.answers.all())
    newest, writers = versions[0], writers_among(post, versions, answers)
    talk = _talk(post, reader)
    approvals = tuple(post.approvals.select_related("approver", "revision"))
    accounts = Channel.objects.filter(organisation=post.organisation_id, pk__in=newest.channel_ids)
    said_yes = {approval.approver_id for approval in approvals if approval.voided_at is None}
    parameters = _parameters_of(post)
    undecided = PostState(post.state) in UNDECIDED
    fit = fit_approvers(post.organisation, parameters, writers=writers, now=now) if undecided else []
    opens = QuietHours.of(parameters, post.organisation.timezone).next_open(now)
    return ReviewPage(
        post=post,
        revision=newest,
        findings=screen_revision(newest, post).findings,
        answers=answers,
        deliveries=tuple(_deliveries(post)),
        seen_before=_last_seen(reader, versions, talk, approvals),
        approvals=approvals,
        talk=talk[-_MOST_SAID:],
        left_out=max(len(talk) - _MOST_SAID, 0),
        approvers=tuple(member for member in fit if member.user_id not in said_yes),
        approvers_needed=parameters.approvers,
        goes_out=newest.send_at or opens,
        waits_for_morning=newest.send_at is None and opens > now,
        writers=writers,
        channels=tuple(accounts),
    )


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
