"""How long somebody is on it, and what may be put off, and until when. Pure: "now" is an argument."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import models

from stairgate.clauses import control
from stairgate.screening import Severity

#: it ends by itself: whoever is called away does not leave it looking taken
ON_IT_FOR = timedelta(minutes=15)
LONGEST_PUT_OFF = timedelta(days=2)
LONGEST_NOTE = 1000
SHORTEST = 3
_MORNING = time(8, 0)


class Kind(models.TextChoices):
    """What a note is about."""

    NOTE = "note", "wrote"
    ASSIGNED = "assigned", "gave it to"
    PUT_OFF = "put_off", "put it off"


@control("C59", "What may be by somebody under 18, or may put a child at risk, is never put off")
def may_be_put_off(*, risk: int, under_18: bool) -> bool:
    """Return whether something may wait at all. What screening could not read stands above harm, and never waits."""
    return risk < Severity.HARM and not under_18


def latest(*, first: datetime | None, now: datetime) -> datetime:
    """Return until when something can be put off: counted from the first time, so that again and again leads no further."""
    return (first or now) + LONGEST_PUT_OFF


def put_off_problem(
    *, risk: int, under_18: bool, until: datetime | None, first: datetime | None, why: str, now: datetime
) -> str:
    """Return why it cannot be put off like this; "" when it can."""
    if not may_be_put_off(risk=risk, under_18=under_18):
        return "This can’t wait: it may put a child at risk."
    if until is None or until <= now:
        return "Say until when."
    if until > latest(first=first, now=now):
        return "It can be put off for two days altogether, and not longer."
    return "" if len(why.strip()) >= SHORTEST else "Say in a few words why it can wait."


def put_off_choices(local: datetime, last: datetime) -> list[datetime]:
    """Return moments to put something off until, on the setting's own clock: soon, later, and the next two mornings."""
    mornings = [
        datetime.combine(local.date() + timedelta(days=days), _MORNING, tzinfo=local.tzinfo)
        for days in (1, 2)
    ]
    soon = [(local + timedelta(hours=hours)).replace(second=0, microsecond=0) for hours in (1, 4)]
    return sorted({moment for moment in (*soon, *mornings) if local < moment <= last})


def note_problem(words: str) -> str:
    """Return what is wrong with a note; "" when nothing is."""
    if SHORTEST <= len(words) <= LONGEST_NOTE:
        return ""
    return f"Write a few words, {LONGEST_NOTE} letters at most."
