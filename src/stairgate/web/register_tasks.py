"""Today's lines about the register: what runs out, what a leaver left to do, and the policy to sign."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse

from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.people.reminders import Reminder, reminders
from stairgate.policies.models import PolicyVersion
from stairgate.policies.reading.rules import minutes_of, parts_of
from stairgate.web.tasks import Task
from stairgate.web.templatetags.ui import day as day_words


def register_tasks(me: Membership, duties: frozenset[Duty], now: datetime) -> list[Task]:
    """Return what runs out of this person, and for who manages the register of everybody. One query."""
    manages = Duty.MANAGE in duties
    day = me.organisation.day(now)
    found = reminders(me.organisation, on=day, user=None if manages else me.user_id)
    return [_leaver(r, day) if r.left_to_do else _runs_out(r, me) for r in found]


def to_sign(version: PolicyVersion | None) -> Task:
    """Return the policy in force as a task for whoever has not signed it."""
    which = f"version {version.label}" if version else "it"
    return Task(
        kind="risk",
        icon="shield-check",
        title="Read and sign our policy",
        why=f"Everybody who works here signs {which}. You can stop and go on later.",
        status="risk",
        status_words="Not signed yet",
        href=reverse("reading:start"),
        button="Read and sign",
        minutes=minutes_of(parts_of(version.text)) if version else 20,
    )


def _runs_out(reminder: Reminder, me: Membership) -> Task:
    first, more = reminder.runs_out[0], len(reminder.runs_out) - 1
    mine = reminder.person.user_id == me.user_id
    whose = "Your" if mine else f"{reminder.person.first_name}’s"
    over = "has run out" if first.days_left < 0 else f"runs out {day_words(first.ends_on)}"
    kind = "bad" if first.warning <= 7 else "risk" if first.warning <= 30 else "wait"
    return Task(
        kind=kind,
        icon="users",
        title=f"{whose} {first.holding} {over}",
        why=(f"{more} more on record run{'s' if more == 1 else ''} out soon. " if more else "")
        + (
            "Ask your manager for a course or a new look in time."
            if mine
            else "Renew it in time, and record it."
        ),
        status=kind,
        status_words=first.left,
        href=reverse("people:person", args=[reminder.person.pk]),
        button="See the record",
        minutes=2,
    )


def _leaver(reminder: Reminder, day: date) -> Task:
    late = reminder.due_on < day
    return Task(
        kind="bad" if late else "risk",
        icon="users",
        title=f"{reminder.person.first_name} leaves: not everything is done",
        why=f"Their last day {'was' if late else 'is'} {day_words(reminder.due_on)}. Tick what is done.",
        status="bad" if late else "risk",
        status_words="Overdue" if late else "Due today",
        href=reverse("people:person", args=[reminder.person.pk]),
        button="See the list",
        minutes=3,
    )
