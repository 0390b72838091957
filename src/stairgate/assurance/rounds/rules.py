"""When what comes round is due. Pure: the day is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models

from stairgate.clauses import control
from stairgate.people.declaring.rules import renew_by

#: how long somebody has for their first declaration, and how early each is told of
FIRST = timedelta(days=30)
EARLY = timedelta(days=30)
#: how long after a term begins somebody should have looked
_TO_LOOK = timedelta(days=42)


@control("C46", "What one's own accounts show comes round once a year, and is reminded of")
@control("C56", "Whether one's own accounts are private comes round once a year, and is reminded of")
def declaration_due(*, last_on: date | None, started_on: date, policy_on: date) -> date:
    """Return the day by which somebody answers next about their own accounts: a year after the last time; the first
    within 30 days.
    """
    return renew_by(last_on) if last_on else max(started_on, policy_on) + FIRST


@dataclass(frozen=True, slots=True)
class Term:
    """One of three a year: from January, April and September. ``key`` sorts as they follow each other."""

    key: str
    name: str
    starts_on: date

    @property
    def next_on(self) -> date:
        """The first day of the term after it."""
        month = {1: 4, 4: 9, 9: 1}[self.starts_on.month]
        return date(self.starts_on.year + (month == 1), month, 1)


def term_of(day: date) -> Term:
    """Return the term in which a day lies; the holidays after a term belong to it."""
    month, name = next(one for one in ((9, "Autumn"), (4, "Summer"), (1, "Spring")) if day.month >= one[0])
    return Term(f"{day.year}-{month:02}", f"{name} term {day.year}", date(day.year, month, 1))


#: how long after a term begins children or their parents have had something for them
_FOR_CHILDREN = timedelta(days=70)


class Audience(models.TextChoices):
    """For whom something was: what suits a child of that age, or helps the grown-ups at home."""

    UNDER_FIVES = "under_fives", "Children under five"
    FIVE_TO_SEVEN = "five_to_seven", "Children from five to seven"
    EIGHT_TO_ELEVEN = "eight_to_eleven", "Children from eight to eleven"
    OLDER = "older", "Children over eleven"
    PARENTS = "parents", "Parents and carers"


def activity_due(term: Term, policy_on: date) -> date:
    """Return the day by which there was something for children, and a post about online safety: ten weeks into the term, or
    after the first policy.
    """
    return max(term.starts_on, policy_on) + _FOR_CHILDREN


def look_out_due(term: Term, policy_on: date) -> date:
    """Return the day by which somebody has looked: six weeks into the term, or after the policy was first adopted."""
    return max(term.starts_on, policy_on) + _TO_LOOK
