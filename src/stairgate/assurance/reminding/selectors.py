"""Reads of reminders and of their e-mails."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from stairgate.assurance.reminding.models import Mail, Reminder
from stairgate.assurance.reminding.rules import Kind
from stairgate.organisations.models import Membership, Organisation


def open_now(now: datetime) -> QuerySet[Reminder]:
    """Return what waits and is not put off."""
    return Reminder.objects.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now), done_at__isnull=True)


#: Today draws these from the records of the register, and the reminder only says whether somebody put it off
FROM_RECORDS = frozenset({Kind.RUNS_OUT, Kind.LEAVER})
#: Today says these anyway
_SAID = frozenset(
    {
        *(Kind.HARM, Kind.RESTRICTED, Kind.COMMENTS, Kind.SECOND_LOOK, Kind.UNSIGNED),
        *(Kind.SELF_CHECK, Kind.SELF_HELP, Kind.SETTINGS, Kind.SHEET),
    }
)


def for_today(me: Membership, now: datetime, to: str = "") -> Q:
    """Return the condition of what Today needs of somebody's rows: what nothing else on it says, and what of the register
    they put off. ``to``: the way to the rows, when they are read along with something else.
    """
    shown = Q(**{f"{to}kind__in": frozenset(Kind) - FROM_RECORDS - _SAID}) & (
        Q(**{f"{to}snoozed_until__isnull": True}) | Q(**{f"{to}snoozed_until__lte": now})
    )
    put_off = Q(**{f"{to}kind__in": FROM_RECORDS, f"{to}snoozed_until__gt": now})
    return Q(**{f"{to}user": me.user_id, f"{to}done_at__isnull": True}) & (shown | put_off)


def of_member(me: Membership) -> QuerySet[Reminder]:
    """Return everything open of one person in their setting, the soonest first; put off or not."""
    return Reminder.objects.filter(organisation=me.organisation_id, user=me.user_id, done_at__isnull=True)


def mails(organisation: Organisation) -> QuerySet[Mail]:
    """Return a setting's e-mails, newest first."""
    return Mail.objects.filter(organisation=organisation).select_related("user")
