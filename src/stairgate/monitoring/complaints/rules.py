"""What makes a complaint, what has to be said of it, and how it stands. Pure: the day is an argument."""

from __future__ import annotations

import enum
from datetime import date, timedelta

from django.db import models

from stairgate.clauses import control

LONGEST_WHAT, LONGEST_WHOM, LONGEST_OUTCOME = 1000, 100, 1000
SHORTEST = 3
#: nobody writes down what came longer ago as if it were new
OLDEST = timedelta(days=366)
QUESTION = "Does it say that a child may be harmed, or that somebody behaved wrongly towards a child?"


class Came(models.TextChoices):
    """How it came to us."""

    COMMENT = "comment", "On our page"
    IN_PERSON = "in_person", "In person"
    PHONE = "phone", "By telephone"
    LETTER = "letter", "By letter"
    EMAIL = "email", "By e-mail"


class Answer(enum.StrEnum):
    """The answer to the one question that decides first."""

    YES = "yes"
    NO = "no"


class Standing(enum.Enum):
    """How a complaint stands."""

    OPEN = "To be answered"
    LATE = "Late"
    CLOSED = "Answered"


@control("C08", "One question decides first: what says that a child may be harmed makes no complaint")
def is_worry(answer: str) -> bool | None:
    """Return whether it is about a child and makes no complaint; None when nobody answered."""
    return {Answer.YES: True, Answer.NO: False}.get(Answer(answer)) if answer in set(Answer) else None


def due_on(came_on: date, days: int) -> date:
    """Return the last day on which it is answered in time."""
    return came_on + timedelta(days=days)


def standing(due: date, *, closed: bool, today: date) -> Standing:
    """Return how a complaint stands. Its last day is still in time."""
    if closed:
        return Standing.CLOSED
    return Standing.LATE if today > due else Standing.OPEN


def problem(*, what: str, from_whom: str, came: str, came_on: date | None, today: date) -> str:
    """Return what is missing or wrong; "" when nothing is."""
    if not SHORTEST <= len(what) <= LONGEST_WHAT:
        return f"Say what the complaint is, in {LONGEST_WHAT} letters at most."
    if not 2 <= len(from_whom) <= LONGEST_WHOM:
        return "Say from whom it is: a first name, or “a parent”."
    if came not in Came.values:
        return "Say how it came."
    if came_on is None or not today - OLDEST <= came_on <= today:
        return "Say on which day it came: today, or within the last year."
    return ""


def outcome_problem(outcome: str) -> str:
    """Return what is wrong with an outcome; "" when nothing is."""
    if SHORTEST <= len(outcome) <= LONGEST_OUTCOME:
        return ""
    return "Say in a few words what you found, and what you answered."
