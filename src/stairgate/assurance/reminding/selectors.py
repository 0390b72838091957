"""Reads of reminders and of their e-mails."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from stairgate.assurance.reminding.models import Mail, Reminder
from stairgate.organisations.models import Membership, Organisation


def open_now(now: datetime) -> QuerySet[Reminder]:
    """Return what waits and is not put off."""
    return Reminder.objects.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now), done_at__isnull=True)


def of_member(me: Membership) -> QuerySet[Reminder]:
    """Return everything open of one person in their setting, the soonest first; put off or not."""
    return Reminder.objects.filter(organisation=me.organisation_id, user=me.user_id, done_at__isnull=True)


def mails(organisation: Organisation) -> QuerySet[Mail]:
    """Return a setting's e-mails, newest first."""
    return Mail.objects.filter(organisation=organisation).select_related("user")
