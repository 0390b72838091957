"""Deeds on reminders: putting one off, with a reason."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from stairgate.assurance.refusal import Refusal
from stairgate.assurance.reminding.models import Reminder
from stairgate.assurance.reminding.rules import snooze_until
from stairgate.assurance.reminding.setting import Setting
from stairgate.ledger.services import record
from stairgate.organisations.access import NotAllowed, actor_in
from stairgate.organisations.models import Organisation, User

SHORTEST_REASON = 5
LONGEST_REASON = 300


@transaction.atomic
def snooze(*, actor: User, reminder: Reminder, until: date, reason: str, at: datetime) -> None:
    """Put one's own reminder off until the end of a day. It comes back by itself; what has to be done stays due.

    Raises `NotAllowed` for somebody else's, and `Refusal` without a reason, or for longer than `rules.snooze_until` allows.
    """
    actor_in(actor, reminder.organisation_id)
    row = Reminder.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=reminder.pk)
    if row.user_id != actor.pk:
        raise NotAllowed("This is somebody else’s reminder.")
    if row.done_at is not None:
        raise Refusal("That is done already.")
    words = reason.strip()[:LONGEST_REASON]
    if len(words) < SHORTEST_REASON:
        raise Refusal("Say in a few words why it can wait.")
    today = row.organisation.day(at)
    last = last_day(row, row.organisation, at)
    if last is None:
        raise Refusal("This cannot be put off any longer.")
    if not today <= until <= last:
        raise Refusal(f"It can be put off until {last:%A} {last.day} {last:%B} at the latest.")
    row.snoozed_until, row.snooze_reason = Setting(row.organisation, at).end_of(until), words
    row.save(update_fields=["snoozed_until", "snooze_reason"])
    record(
        organisation_id=row.organisation_id,
        kind="assurance.snoozed",
        actor=str(actor.pk),
        subject=str(row.pk),
        payload={"kind": row.kind, "until": until.isoformat()},
        at=at,
    )


def last_day(row: Reminder, organisation: Organisation, at: datetime) -> date | None:
    """Return the last day until which a reminder can be put off; None when it cannot."""
    return snooze_until(
        row.kind,
        due_on=organisation.day(row.due_at),
        made_on=organisation.day(row.made_at),
        today=organisation.day(at),
    )
