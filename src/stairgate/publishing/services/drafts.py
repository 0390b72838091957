"""Writing: drafts and their versions, pictures, answers to screening, sending for approval, replies."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet

from stairgate.channels.models import Channel
from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.organisations.access import require
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.rules import Duty
from stairgate.pixels import CleanPicture, clean
from stairgate.publishing.content import Content, PictureUse, SealedPicture, digest, first_words
from stairgate.publishing.models import Answer, Picture, Post, Revision, RevisionPicture
from stairgate.publishing.moves import move_post, unserved
from stairgate.publishing.rules import must_change
from stairgate.publishing.screen import screen_words, words_of
from stairgate.publishing.selectors.changes import as_sealed
from stairgate.publishing.selectors.readiness import bars_of, findings_of
from stairgate.publishing.services.common import (
    NotReady,
    Refusal,
    check_editable,
    locked,
    member_fit,
    newest_of,
    require_fit,
    require_own,
    void,
    write_down,
)
from stairgate.publishing.states import FINAL, PostState
from stairgate.screening import Screening, to_json


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
    require_fit(actor, organisation, Duty.WRITE, at)
    if post is None and not content.text.strip() and not content.pictures:
        raise Refusal("There is nothing to save yet. Write a few words, or add a photo.")
    post = locked(post) if post else new_post(actor, organisation, Post.Kind.POST, at)
    require_own(organisation, post)
    last = check_editable(post, seen)
    _check_belongs(organisation, content)
    _check_stays(post, content)
    pictures = _pictures(organisation, content)
    sealed = tuple(SealedPicture(p.sha256, u.alt, u.shows) for p, u in pictures)
    new = _digest(post, content, sealed)
    if last is not None and last.digest == new:
        return last
    alts, is_reply = [use.alt for _, use in pictures], post.kind == Post.Kind.REPLY
    screening = screen_words(content.text, organisation, alts=alts, is_reply=is_reply)
    revision = write_revision(actor, post, content, new, screening, (last.number if last else 0) + 1, at)
    RevisionPicture.objects.bulk_create(
        RevisionPicture(revision=revision, picture=p, position=i, alt=u.alt, shows=u.shows)
        for i, (p, u) in enumerate(pictures)
    )
    void(post, "It changed after this approval.", at)
    post.title = first_words(content.text, most=60)
    move_post(post, PostState.DRAFT, "", at, also=["title"])
    write_down(actor, post, "publishing.saved", {"version": revision.number, "digest": new}, at)
    return revision


def new_post(
    actor: User, organisation: Organisation, kind: Post.Kind, at: datetime, *, changes: Post | None = None
) -> Post:
    """Return an empty post in the actor's name, without a version yet."""
    return Post.objects.create(
        organisation=organisation, kind=kind, author=actor, changes=changes, created_at=at, updated_at=at
    )


def _check_belongs(organisation: Organisation, content: Content) -> None:
    known = Channel.objects.filter(organisation=organisation, pk__in=content.channel_ids).count()
    if known != len(set(content.channel_ids)):
        raise Refusal("One of the pages you chose is not one of ours any more. Choose again.")


def _check_stays(post: Post, content: Content) -> None:
    """What answers a comment, or changes a post, goes where that is: its first version says where."""
    first = post.revisions.order_by("number").first() if post.kind != Post.Kind.POST else None
    if first is None:
        return
    if not {str(pk) for pk in content.channel_ids} <= set(first.channel_ids):
        raise Refusal(_STAYS[Post.Kind(post.kind)])
    uses = [(use.picture_id, use.alt, use.shows) for use in content.pictures]
    if post.kind == Post.Kind.CHANGE and uses != as_sealed(first):
        raise Refusal("Photos can’t be changed on a page. Take the post down, and write a new one.")


_STAYS = {
    Post.Kind.REPLY: "A reply goes to the page where the comment is, and nowhere else.",
    Post.Kind.CHANGE: "A change goes to the pages that have the post, and nowhere else.",
}


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
        changes=str(post.changes_id or ""),
    )


def write_revision(
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


def add_picture(*, actor: User, organisation: Organisation, data: bytes, at: datetime) -> Picture:
    """Take a picture in: decoded and encoded afresh in a guarded process; return it, not yet part of a post.

    Raises `NotAllowed`, `pixels.BadPicture` with a sentence for the author.
    """
    require_fit(actor, organisation, Duty.WRITE, at)
    # Outside of any transaction: it may take half a minute, and everybody else would wait for it.
    return _store_picture(actor, organisation, clean(data), at)


@transaction.atomic
def _store_picture(actor: User, organisation: Organisation, cleaned: CleanPicture, at: datetime) -> Picture:
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
    record(
        organisation_id=organisation.id,
        kind="publishing.picture_added",
        actor=str(actor.id),
        subject=str(picture.id),
        payload={"sha256": cleaned.sha256},
        at=at,
    )
    return picture


@transaction.atomic
def answer_finding(*, actor: User, post: Post, finding_key: str, reason: str, at: datetime) -> Answer:
    """Keep what screening pointed at, with a reason the approver will read; return the answer.

    Raises `Refusal` when it is not there, must be changed, or no reason was given.
    """
    post = locked(post)
    require_fit(actor, post.organisation, Duty.WRITE, at)
    check_editable(post, None)
    finding = next((f for f in findings_of(post) if f.key == finding_key), None)
    if finding is None:
        raise Refusal("Those words are not in the post any more.")
    if must_change(finding):
        raise Refusal("This has to be changed: it cannot be kept.")
    if len(reason.strip()) < 3:
        raise Refusal("Say in a few words why it is safe to keep.")
    newest = newest_of(post)
    words = words_of(newest.text, [use.alt for use in newest.pictures.all()])
    answer = Answer.objects.create(
        post=post,
        finding_key=finding_key,
        words=words[finding.start : finding.end][:300],
        reason=reason.strip(),
        answered_by=actor,
        answered_at=at,
    )
    if post.state != PostState.CHANGES_ASKED:
        # Whoever said yes, or is about to, has not read this reason.
        void(post, "Words that screening pointed at were kept after this approval.", at)
        move_post(post, PostState.DRAFT, "", at)
    write_down(
        actor, post, "publishing.finding_kept", {"finding": finding.rule, "reason": reason.strip()}, at
    )
    return answer


@control("C78", "A post waits for a second person; nothing unsafe or unfinished can be sent for approval")
@transaction.atomic
def submit(*, actor: User, post: Post, at: datetime) -> Revision:
    """Send the newest version for approval; return it. Raises `NotReady` with everything still missing."""
    post = locked(post)
    require_fit(actor, post.organisation, Duty.WRITE, at)
    check_editable(post, None)
    revision = newest_of(post)
    problems = tuple(bar.says for bar in bars_of(post, revision, at) if not bar.done)
    if problems:
        raise NotReady(problems)
    if post.state == PostState.WITH_APPROVER:
        return revision
    if post.state == PostState.APPROVED:
        raise Refusal("It is approved already.")
    void(post, "It was sent for approval once more.", at)
    if not unserved(post):
        raise Refusal("Every page you chose has this post already. Choose another page, or write a new post.")
    move_post(post, PostState.WITH_APPROVER, "", at)
    payload = {"version": revision.number, "digest": revision.digest}
    write_down(actor, post, "publishing.submitted", payload, at)
    return revision


def hold_to_signpost(items: QuerySet[Any, UUID]) -> None:
    """Let only the fixed words out in every reply to these inbox items whose story is not over."""
    Post.objects.filter(reply_item__in=items).exclude(state__in=FINAL).update(only_signpost=True)


@control("C76", "A reply as the team is a post: somebody else approves it")
@transaction.atomic
def draft_reply(
    *,
    actor: User,
    channel: Channel,
    reply_to: str,
    item_id: UUID,
    text: str,
    only_signpost: bool = False,
    at: datetime,
) -> Post:
    """Start a reply to something the public wrote; return the post. It goes through the same gate.

    ``only_signpost``: it answers somebody who seems to be under 18, so the gate lets only the fixed words out.
    """
    member = member_fit(actor, channel.organisation, Duty.DECIDE, at)
    require(member, Duty.WRITE)
    post = new_post(actor, channel.organisation, Post.Kind.REPLY, at)
    post.reply_to, post.reply_item, post.only_signpost = reply_to, item_id, only_signpost
    post.save(update_fields=["reply_to", "reply_item", "only_signpost"])
    purposes = channel.purposes or [""]
    content = Content(text=text, channel_ids=(channel.id,), purpose=purposes[0])
    save_draft(actor=actor, organisation=channel.organisation, post=post, content=content, seen=None, at=at)
    write_down(actor, post, "publishing.reply_started", {"item": str(item_id)}, at)
    post.refresh_from_db()
    return post
