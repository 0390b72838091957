"""Today's lines about declarations: one's own, and for a manager and the safeguarding lead what others' leave to do."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from stairgate.clauses import control
from stairgate.organisations.models import Membership
from stairgate.people.declaring.rules import QUESTIONS
from stairgate.people.declaring.selectors import Standing, standings
from stairgate.people.declaring.services import READERS
from stairgate.web.tasks import Task
from stairgate.web.templatetags.ui import things


@control("C56", "Everybody is asked to declare once a year, on their own Today")
def declaration_tasks(me: Membership, now: datetime, *, signing: bool = False) -> list[Task]:
    """Return what declarations ask of this person; of others' only for who may read them. One query.

    ``signing``: they have the policy to sign, where they are asked anyway.
    """
    on = me.organisation.day(now)
    reads = bool(READERS & me.roles_on(on))
    found = standings(me.organisation, on=on, **({} if reads else {"user": me.user_id}))
    mine = [standing for standing in found if standing.person.user_id == me.user_id]
    others = [standing for standing in found if standing.person.user_id != me.user_id]
    tasks = [_own(one) for one in mine if one.to_agree or one.needs_plan or (one.due and not signing)]
    waiting = [standing for standing in others if standing.needs_plan or standing.needs_help]
    return tasks + ([_others(waiting)] if waiting else [])


def _own(standing: Standing) -> Task:
    if standing.to_agree:
        title, why, button = (
            "Read what was agreed with you",
            "A plan for a connection with a family waits for your yes.",
            "Read it",
        )
    elif standing.needs_plan and not standing.due:
        title, why, button = (
            "Agree how you handle a connection",
            "A manager or the safeguarding lead comes to you. Until you both agree, you cannot work on our pages.",
            "See it",
        )
    else:
        title, why, button = (
            "Make your yearly declaration",
            f"{len(QUESTIONS)} questions about your own social media. Yes, no, or I need help.",
            "Answer",
        )
    return Task(
        kind="wait",
        icon="users",
        title=title,
        why=why,
        status="wait",
        status_words="Waiting for you",
        href=reverse("people:declaration"),
        button=button,
        minutes=2,
    )


def _others(waiting: list[Standing]) -> Task:
    """One line for all: whose it is stands on the page of the first, what they said only behind a recorded look."""
    first = waiting[0].person
    more = things(len(waiting) - 1, "more person", "more people")
    return Task(
        kind="risk",
        icon="heart-handshake",
        title=f"Speak with {first.first_name} about their declaration",
        why=f"And with {more}. Read what they said first."
        if len(waiting) > 1
        else "Read what they said first.",
        status="risk",
        status_words="Waiting for you",
        href=reverse("people:person", args=[first.pk]),
        button="See the record",
        minutes=5,
    )
