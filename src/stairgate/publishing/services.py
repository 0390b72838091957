"""The deeds on a post. Each takes its actor first, checks what they may do, and writes its ledger entry."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction

from stairgate.channels.models import Channel
from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.organisations.access import NotAllowed, actor_in, require
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Duty
from stairgate.policies.models import PolicyVersion
from stairgate.policies.selectors import in_force, why_not
from stairgate.publishing.content import Content, PictureUse, SealedPicture, digest
from stairgate.publishing.gate import writers_of
from stairgate.publishing.models import (
    Answer,
    Approval,
    Delivery,
    Picture,
    Post,
    Return,
    Revision,
    RevisionPicture,
)
from stairgate.publishing.pixels import clean
from stairgate.publishing.rules import must_change, why_may_not_approve
from stairgate.publishing.screen import screen_words
from stairgate.publishing.selectors import bars_of, findings_of
from stairgate.publishing.states import (
    EDITABLE,
    DeliveryState,
    PostState,
    check_delivery_move,
    check_post_move,
)
from stairgate.screening import Screening, to_json


class Refusal(Exception):
    """A deed was refused; the message tells the person why and what to do. Nothing was changed."""


class StaleEdit(Refusal):
    """Somebody saved another version meanwhile. ``newest`` is its number; nothing typed is thrown away."""

    def __init__(self, newest: int) -> None:
        self.newest = newest
        super().__init__("Somebody saved another version while you were writing. Your words are still here.")


class NotReady(Refusal):
    """The draft cannot be sent for approval yet; ``problems`` says what is missing."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("Some things still need a look before this can be sent for approval.")


@transaction.atomic
def save_draft(
    *,
    actor: User,
    organisation: Organisation,
    post: Post | None,
    content: Content,
    seen: int | None,
    at: datetime,
) -> Revision:
    """Save what the author typed; return the newest version, the same one when nothing changed.

    ``seen`` is the number of the version the author was looking at. Any change voids every approval (C78).
    Raises `NotAllowed`, `StaleEdit`, `Refusal`.
    """
    _require_fit(actor, organisation, Duty.WRITE, at)
    post = _locked(post) if post else _new_post(actor, organisation, Post.Kind.POST, at)
    newest = _check_editable(post, seen)
    _check_belongs(organisation, content)
    pictures = _pictures(organisation, content)
    sealed = tuple(SealedPicture(p.sha256, u.alt, u.shows) for p, u in pictures)
    new = _digest(post, content, sealed)
    if newest is not None and newest.digest == new:
        return newest
    screening = screen_words(content.text, organisation, has_picture=bool(pictures))
    revision = _write_revision(actor, post, content, new, screening, (newest.number if newest else 0) + 1, at)
    RevisionPicture.objects.bulk_create(
        RevisionPicture(revision=revision, picture=p, position=i, alt=u.alt, shows=u.shows)
        for i, (p, u) in enumerate(pictures)
    )
    _void(post, "It changed after this approval.", at)
    post.title = _title(content.text)
    _move(post, PostState.DRAFT, "", at, extra=["title"])
    _record(actor, post, "publishing.saved", {"version": revision.number, "digest": new}, at)
    return revision


def _new_post(actor: User, organisation: Organisation, kind: Post.Kind, at: datetime) -> Post:
    return Post.objects.create(
        organisation=organisation, kind=kind, author=actor, created_at=at, updated_at=at
    )


def _check_editable(post: Post, seen: int | None) -> Revision | None:
    if PostState(post.state) not in EDITABLE:
        raise Refusal("This can no longer be changed: it is on its way, or its story is over.")
    newest = post.revisions.order_by("-number").first()
    number = newest.number if newest else 0
    if seen is not None and seen != number:
        raise StaleEdit(number)
    return newest


def _check_belongs(organisation: Organisation, content: Content) -> None:
    known = Channel.objects.filter(organisation=organisation, pk__in=content.channel_ids).count()
    if known != len(set(content.channel_ids)):
        raise Refusal("One of the pages you chose is not one of ours any more. Choose again.")


def _pictures(organisation: Organisation, content: Content) -> list[tuple[Picture, PictureUse]]:
    rows = Picture.objects.filter(organisation=organisation).in_bulk([u.picture_id for u in content.pictures])
    if len(rows) != len({u.picture_id for u in content.pictures}):
        raise Refusal("One of the pictures could not be found. Add it again.")
    return [(rows[use.picture_id], use) for use in content.pictures]


def _digest(post: Post, content: Content, sealed: tuple[SealedPicture, ...]) -> str:
    return digest(
        text=content.text,
        pictures=sealed,
        channel_ids=content.channel_ids,
        purpose=content.purpose,
        send_at=content.send_at,
        reply_to=post.reply_to,
    )


def _write_revision(
    actor: User, post: Post, content: Content, new: str, screening: Screening, number: int, at: datetime
) -> Revision:
    return Revision.objects.create(
        post=post,
        number=number,
        text=content.text,
        channel_ids=sorted(str(pk) for pk in set(content.channel_ids)),
        purpose=content.purpose,
        send_at=content.send_at,
        digest=new,
        screening=to_json(screening),
        created_by=actor,
        created_at=at,
    )


def _title(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:59].rsplit(" ", 1)[0] + "…"


@transaction.atomic
def add_picture(*, actor: User, organisation: Organisation, data: bytes, at: datetime) -> Picture:
    """Take a picture in: decoded and encoded afresh in a guarded process; return it, not yet part of a post.

    Raises `NotAllowed`, `pixels.BadPicture` with a sentence for the author.
    """
    _require_fit(actor, organisation, Duty.WRITE, at)
    cleaned = clean(data)
    picture = Picture(
        organisation=organisation,
        sha256=cleaned.sha256,
        media_type=cleaned.media_type,
        width=cleaned.width,
        height=cleaned.height,
        added_by=actor,
        added_at=at,
    )
    picture.file.save(f"{picture.id}", ContentFile(cleaned.data), save=False)
    picture.save()
    return picture


@transaction.atomic
def answer_finding(*, actor: User, post: Post, finding_key: str, reason: str, at: datetime) -> Answer:
    """Keep what screening pointed at, with a reason the approver will read; return the answer.

    Raises `Refusal` when it is not there, must be changed, or no reason was given.
    """
    post = _locked(post)
    _require_fit(actor, post.organisation, Duty.WRITE, at)
    _check_editable(post, None)
    finding = next((f for f in findings_of(post) if f.key == finding_key), None)
    if finding is None:
        raise Refusal("Those words are not in the post any more.")
    if must_change(finding):
        raise Refusal("This has to be changed: it cannot be kept.")
    if len(reason.strip()) < 3:
        raise Refusal("Say in a few words why it is safe to keep.")
    text = _newest(post).text
    answer = Answer.objects.create(
        post=post,
        finding_key=finding_key,
        words=text[finding.start : finding.end][:300],
        reason=reason.strip(),
        answered_by=actor,
        answered_at=at,
    )
    _record(actor, post, "publishing.finding_kept", {"finding": finding.rule, "reason": reason.strip()}, at)
    return answer


@control("C78", "A post waits for a second person; nothing unsafe or unfinished can be sent for approval")
@transaction.atomic
def submit(*, actor: User, post: Post, at: datetime) -> Revision:
    """Send the newest version for approval; return it. Raises `NotReady` with everything still missing."""
    post = _locked(post)
    _require_fit(actor, post.organisation, Duty.WRITE, at)
    _check_editable(post, None)
    revision = _newest(post)
    problems = tuple(bar.says for bar in bars_of(post, revision, at) if not bar.done)
    if problems:
        raise NotReady(problems)
    if post.state == PostState.WITH_APPROVER:
        return revision
    if post.state in {PostState.APPROVED, PostState.HELD}:
        raise Refusal("It is approved already.")
    _move(post, PostState.WITH_APPROVER, "", at)
    payload = {"version": revision.number, "digest": revision.digest}
    _record(actor, post, "publishing.submitted", payload, at)
    return revision


@control("C78", "Approval is by another, eligible person and bound to the digest of exactly what they saw")
@control("C71", "An approval names one person, who answers for it")
@transaction.atomic
def approve(*, actor: User, post: Post, digest: str, at: datetime) -> Approval:
    """Approve exactly the version with this digest; return the approval.

    When enough people have said yes, the deliveries are made in the same transaction. Raises `NotAllowed`
    (role, register, own post) and `Refusal` (changed meanwhile, time has passed).
    """
    post = _locked(post)
    version = _require_fit(actor, post.organisation, Duty.APPROVE, at)
    own = why_may_not_approve(approver=actor.id, name="You", writers=writers_of(post), barriers=())
    if own:
        raise NotAllowed("You wrote this, so somebody else decides.")
    if post.state != PostState.WITH_APPROVER:
        raise Refusal("This is not waiting for approval any more.")
    revision = _newest(post)
    if revision.digest != digest:
        raise Refusal("This changed while you were reading. Please read it again.")
    expires = at + timedelta(hours=version.parameters.approval_life_hours)
    _check_time(revision, at, expires)
    problems = tuple(bar.says for bar in bars_of(post, revision, at) if not bar.done)
    if problems:
        raise Refusal(problems[0] + ".")
    approval, new = Approval.objects.get_or_create(
        revision=revision,
        approver=actor,
        voided_at=None,
        defaults={
            "post": post,
            "digest": revision.digest,
            "policy": version,
            "approved_at": at,
            "expires_at": expires,
        },
    )
    if new:
        _record(
            actor, post, "publishing.approved", {"version": revision.number, "digest": revision.digest}, at
        )
    if revision.approvals.filter(voided_at__isnull=True).count() >= version.parameters.approvers:
        _release(post, revision, at)
    return approval


def _check_time(revision: Revision, at: datetime, expires: datetime) -> None:
    if revision.send_at is None:
        return
    if revision.send_at <= at:
        raise Refusal("The time it was to go out has passed. Return it, and ask for a new time.")
    if revision.send_at > expires:
        raise Refusal("It is to go out later than an approval lives. Approve it nearer the time.")


def _release(post: Post, revision: Revision, at: datetime) -> None:
    """Make one delivery for each account that does not have this post yet."""
    settled = set(post.deliveries.exclude(state=DeliveryState.CANCELLED).values_list("channel_id", flat=True))
    due = revision.send_at or at
    Delivery.objects.bulk_create(
        Delivery(
            organisation_id=post.organisation_id,
            post=post,
            revision=revision,
            channel_id=channel,
            send_at=due,
            due_at=due,
            created_at=at,
        )
        for channel in map(UUID, revision.channel_ids)
        if channel not in settled
    )
    _move(post, PostState.APPROVED, "", at)


@transaction.atomic
def ask_for_changes(*, actor: User, post: Post, note: str, at: datetime) -> Return:
    """Send the newest version back to its author with a note; return it. Raises `Refusal` without a note."""
    post = _locked(post)
    _require_fit(actor, post.organisation, Duty.APPROVE, at)
    if post.state not in {PostState.WITH_APPROVER, PostState.APPROVED}:
        raise Refusal("This is not waiting for approval any more.")
    if len(note.strip()) < 3:
        raise Refusal("Say what should change.")
    row = Return.objects.create(
        post=post, revision=_newest(post), returned_by=actor, note=note.strip(), at=at
    )
    _void(post, "Changes were asked for.", at)
    _move(post, PostState.CHANGES_ASKED, note.strip(), at)
    _record(actor, post, "publishing.returned", {"version": row.revision.number, "note": row.note}, at)
    return row


@transaction.atomic
def withdraw(*, actor: User, post: Post, reason: str, at: datetime) -> None:
    """Take a post back for good before it went out. Its history stays. Raises `Refusal`, `NotAllowed`."""
    post = _locked(post)
    member = actor_in(actor, post.organisation_id)
    if actor.id not in writers_of(post):
        require(member, Duty.APPROVE)
    if PostState(post.state) not in EDITABLE:
        raise Refusal("It is too late to withdraw this.")
    if post.deliveries.filter(state=DeliveryState.DONE).exists():
        raise Refusal("It is on a page already, so it cannot be withdrawn.")
    _void(post, "The post was withdrawn.", at)
    _move(post, PostState.WITHDRAWN, reason, at)
    _record(actor, post, "publishing.withdrawn", {"reason": reason}, at)


@transaction.atomic
def send_again(*, actor: User, delivery: Delivery, at: datetime) -> None:
    """Let the gate try once more what two looks proved is not on the page. Raises `Refusal`, `NotAllowed`.

    The gate re-checks everything; an approval that lapsed meanwhile stays lapsed.
    """
    post = _locked(delivery.post)
    _require_fit(actor, post.organisation, Duty.APPROVE, at)
    delivery = post.deliveries.select_for_update().get(pk=delivery.pk)
    if delivery.state not in {DeliveryState.NOT_THERE, DeliveryState.REFUSED}:
        raise Refusal("We do not know that it is not on the page, so it cannot be sent again.")
    check_delivery_move(delivery.state, DeliveryState.WAITING)
    delivery.state = DeliveryState.WAITING
    delivery.reason = ""
    delivery.send_at = delivery.due_at = at
    delivery.save(update_fields=["state", "reason", "send_at", "due_at"])
    _move(post, PostState.APPROVED, "", at)
    _record(actor, post, "publishing.sent_again", {"delivery": str(delivery.id)}, at)


@transaction.atomic
def look_again(*, actor: User, delivery: Delivery, at: datetime) -> None:
    """Ask for a look on the page now, for an unknown outcome. Raises `Refusal`, `NotAllowed`."""
    _require_fit(actor, delivery.post.organisation, Duty.APPROVE, at)
    rows = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.UNKNOWN)
    if not rows.update(due_at=at):
        raise Refusal("We already know what became of this.")


@control("C76", "A reply as the team is a post: somebody else approves it")
@transaction.atomic
def draft_reply(
    *, actor: User, channel: Channel, reply_to: str, item_id: UUID, thread_title: str, text: str, at: datetime
) -> Post:
    """Start a reply to something the public wrote; return the post. It goes through the same gate."""
    member = _member_fit(actor, channel.organisation, Duty.DECIDE, at)
    require(member, Duty.WRITE)
    post = _new_post(actor, channel.organisation, Post.Kind.REPLY, at)
    post.reply_to, post.reply_item = reply_to, item_id
    post.save(update_fields=["reply_to", "reply_item"])
    purposes = channel.purposes or [""]
    content = Content(text=text, channel_ids=(channel.id,), purpose=purposes[0])
    save_draft(actor=actor, organisation=channel.organisation, post=post, content=content, seen=None, at=at)
    _record(actor, post, "publishing.reply_started", {"item": str(item_id), "about": thread_title[:120]}, at)
    post.refresh_from_db()
    return post


def _locked(post: Post) -> Post:
    """Lock the post row: always the first lock taken, so that deeds on one post follow one another."""
    return (
        Post.objects.select_for_update(of=("self",)).select_related("organisation", "author").get(pk=post.pk)
    )


def _newest(post: Post) -> Revision:
    newest = post.revisions.order_by("-number").first()
    if newest is None:
        raise Refusal("There is nothing written yet.")
    return newest


def _require_fit(actor: User, organisation: Organisation, duty: Duty, at: datetime) -> PolicyVersion:
    """Return the policy in force when role and register both say yes. Raises `NotAllowed`."""
    _member_fit(actor, organisation, duty, at)
    version = in_force(organisation)
    if version is None:
        raise NotAllowed("No policy is adopted yet, so the gate is shut.")
    return version


def _member_fit(actor: User, organisation: Organisation, duty: Duty, at: datetime) -> Membership:
    member = actor_in(actor, organisation.id)
    barriers = why_not(member, duty, version=in_force(organisation), on=organisation.day(at))
    if barriers:
        raise NotAllowed(" ".join(barriers))
    return member


def _void(post: Post, reason: str, at: datetime) -> None:
    """Void every live approval and cancel what has not gone out."""
    post.approvals.filter(voided_at__isnull=True).update(voided_at=at, void_reason=reason)
    for delivery in post.deliveries.filter(
        state__in=[DeliveryState.WAITING, DeliveryState.NOT_THERE, DeliveryState.REFUSED]
    ):
        check_delivery_move(delivery.state, DeliveryState.CANCELLED)
        delivery.state = DeliveryState.CANCELLED
        delivery.reason = reason
        delivery.save(update_fields=["state", "reason"])


def _move(post: Post, state: PostState, reason: str, at: datetime, *, extra: list[str] | None = None) -> None:
    check_post_move(post.state, state)
    post.state = state
    post.state_reason = reason
    post.updated_at = at
    post.save(update_fields=["state", "state_reason", "updated_at", *(extra or [])])


def _record(actor: User, post: Post, kind: str, payload: dict[str, object], at: datetime) -> None:
    record(
        organisation_id=post.organisation_id,
        kind=kind,
        actor=str(actor.id),
        subject=str(post.id),
        payload=payload,
        at=at,
    )
