"""Standing messages, and posts that recur: looked after by a page administrator, used by anybody who may write."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.rules import Duty
from stairgate.publishing.calendar import moment
from stairgate.publishing.content import Content
from stairgate.publishing.models import Occurrence, Post, Recurrence, StandingMessage
from stairgate.publishing.recurrence import Every, Plan, Rule, Turn, dates_from, next_turn
from stairgate.publishing.services.common import Refusal, require_fit, require_own, write_down
from stairgate.publishing.services.drafts import save_draft
from stairgate.publishing.starters import STARTERS


@transaction.atomic
def keep_message(
    *,
    actor: User,
    organisation: Organisation,
    message: StandingMessage | None,
    title: str,
    text: str,
    at: datetime,
) -> StandingMessage:
    """Put a message on the list, or change one; return it.

    Whoever changes the words becomes the author of everything that recurs with them, and so never its approver.
    Raises `NotAllowed`, `Refusal`.
    """
    require_fit(actor, organisation, Duty.LOOK_AFTER, at)
    if message is None:
        kept = StandingMessage(organisation=organisation)
    else:
        kept = _locked(message)
        require_own(organisation, kept)
    new_words = kept.text != text
    kept.title, kept.text, kept.changed_by, kept.changed_at = title, text, actor, at
    kept.save()
    if new_words:
        kept.recurrences.filter(stopped_at__isnull=True).update(author=actor)
    write_down(actor, kept, "publishing.standing_kept", {"title": title, "text": text}, at)
    return kept


def _locked(message: StandingMessage) -> StandingMessage:
    row = (
        StandingMessage.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=message.pk)
    )
    if row.retired_at is not None:
        raise Refusal("This message was taken off the list.")
    return row


@transaction.atomic
def keep_starters(*, actor: User, organisation: Organisation, at: datetime) -> int:
    """Put the messages every setting needs on an empty list; return how many. Raises `NotAllowed`, `Refusal`."""
    require_fit(actor, organisation, Duty.LOOK_AFTER, at)
    if StandingMessage.objects.filter(organisation=organisation, retired_at__isnull=True).exists():
        raise Refusal("There are messages on the list already.")
    for title, text in STARTERS:
        keep_message(actor=actor, organisation=organisation, message=None, title=title, text=text, at=at)
    return len(STARTERS)


@transaction.atomic
def retire_message(*, actor: User, message: StandingMessage, at: datetime) -> None:
    """Take a message off the list, and stop what recurs with it. Twice is once. Raises `NotAllowed`."""
    require_fit(actor, message.organisation, Duty.LOOK_AFTER, at)
    row = StandingMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if row.retired_at is not None:
        return
    # all of them are locked before the first is written down, as the worker locks one before it writes
    for recurrence in row.recurrences.select_for_update().filter(stopped_at__isnull=True).order_by("pk"):
        stop_recurrence(actor=actor, recurrence=recurrence, at=at)
    row.retired_at = at
    row.save(update_fields=["retired_at"])
    write_down(actor, row, "publishing.standing_retired", {}, at)


@control(
    "C78", "A standing message makes an ordinary draft: it waits for a second person like every other post"
)
@transaction.atomic
def use_message(*, actor: User, message: StandingMessage, start: Content, at: datetime) -> Post:
    """Start a draft with the words of a message, for the accounts of ``start``; return it.

    Raises `NotAllowed`, `Refusal`.
    """
    row = _locked(message)
    content = Content(row.text, start.channel_ids, start.purpose)
    revision = save_draft(
        actor=actor, organisation=row.organisation, post=None, content=content, seen=None, at=at
    )
    write_down(actor, revision.post, "publishing.standing_used", {"message": str(row.pk)}, at)
    return revision.post


@transaction.atomic
def begin_recurrence(*, actor: User, message: StandingMessage, plan: Plan, at: datetime) -> Recurrence:
    """Have a message make a draft again and again, in the actor's name; return how.

    Raises `NotAllowed`, and `Refusal` when no day of it is still ahead.
    """
    row = _locked(message)
    require_fit(actor, row.organisation, Duty.LOOK_AFTER, at)
    turn = _next(plan.rule, plan.at, plan.days_ahead, row.organisation, at, last=None)
    if turn is None:
        raise Refusal("None of these days is still ahead. Choose later ones.")
    recurrence = Recurrence.objects.create(
        organisation=row.organisation,
        message=row,
        author=actor,
        every=plan.rule.every,
        starts_on=plan.rule.starts_on,
        ends_on=plan.rule.ends_on,
        dates=[day.isoformat() for day in plan.rule.dates],
        at=plan.at,
        days_ahead=plan.days_ahead,
        channel_ids=sorted(str(pk) for pk in plan.channel_ids),
        purpose=plan.purpose,
        next_on=turn.on,
        due_at=turn.due_at,
        started_at=at,
    )
    payload = {"message": str(row.pk), "every": recurrence.every, "first": turn.on.isoformat()}
    write_down(actor, recurrence, "publishing.recurrence_begun", payload, at)
    return recurrence


@transaction.atomic
def stop_recurrence(*, actor: User, recurrence: Recurrence, at: datetime) -> None:
    """Make no more drafts. Those already made stay. Raises `NotAllowed`."""
    require_fit(actor, recurrence.organisation, Duty.LOOK_AFTER, at)
    row = Recurrence.objects.select_for_update().get(pk=recurrence.pk)
    if row.stopped_at is not None:
        return
    row.stopped_at, row.next_on, row.due_at = at, None, None
    row.save(update_fields=["stopped_at", "next_on", "due_at"])
    write_down(actor, row, "publishing.recurrence_stopped", {}, at)


@control(
    "C78", "A recurring post makes drafts ahead of their day, in a person's name; each waits for a second one"
)
@transaction.atomic
def make_due_draft(*, recurrence_id: UUID, now: datetime) -> Post | None:
    """Make the one draft that is due, and set the next day, in one transaction; return it, or None if none is due.

    The lock on the row is the lease: whoever is killed in here leaves nothing behind, and whoever comes second finds
    the next day set. Raises `NotAllowed`, `Refusal`: then nothing was made, and the row is still due.
    """
    row = (
        Recurrence.objects.select_for_update(of=("self",))
        .select_related("organisation", "message", "author")
        .get(pk=recurrence_id)
    )
    if row.next_on is None or row.due_at is None or row.due_at > now:
        return None
    on, send_at = row.next_on, moment(row.next_on, row.at, ZoneInfo(row.organisation.timezone))
    post = _draft(row, on, send_at, now) if send_at > now else None
    row.trouble = "" if post else f"No draft could be made in time for {on.day} {on:%B %Y}."
    rule = Rule(Every(row.every), row.starts_on, row.ends_on, dates_from(row.dates))
    turn = _next(rule, row.at, row.days_ahead, row.organisation, now, last=on)
    row.next_on, row.due_at = (turn.on, turn.due_at) if turn else (None, None)
    row.save(update_fields=["trouble", "next_on", "due_at"])
    return post


def _draft(row: Recurrence, on: date, send_at: datetime, now: datetime) -> Post:
    content = Content(
        text=row.message.text,
        channel_ids=tuple(UUID(pk) for pk in row.channel_ids),
        purpose=row.purpose,
        send_at=send_at,
    )
    revision = save_draft(
        actor=row.author, organisation=row.organisation, post=None, content=content, seen=None, at=now
    )
    Occurrence.objects.create(recurrence=row, on=on, post=revision.post, made_at=now)
    record(
        organisation_id=row.organisation_id,
        kind="publishing.recurred",
        actor="worker",
        subject=str(revision.post_id),
        payload={"recurrence": str(row.pk), "on": on.isoformat()},
        at=now,
    )
    return revision.post


def _next(
    rule: Rule, at: time, days_ahead: int, organisation: Organisation, now: datetime, *, last: date | None
) -> Turn | None:
    zone = ZoneInfo(organisation.timezone)
    return next_turn(rule, at=at, days_ahead=days_ahead, zone=zone, now=now, last=last)
