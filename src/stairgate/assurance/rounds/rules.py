"""When what comes round is due, and what the self-check asks. Pure: the day is an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models

from stairgate.clauses import Coverage, control
from stairgate.people.rules import review_after

#: how long somebody has for their first self-check, and how early each is told of
FIRST = timedelta(days=30)
EARLY = timedelta(days=30)
#: how long after a term begins somebody should have looked
_TO_LOOK = timedelta(days=42)


class Answer(models.TextChoices):
    """What somebody says of themselves. There are no words of their own: nothing about a private account is kept."""

    YES = "yes", "Yes"
    NO = "no", "No"
    HELP = "help", "I would like help"


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    asks: str
    hint: str


#: asked of everybody, each with yes, no or help (C46, C52, C75, C77)
QUESTIONS = (
    Question(
        "privacy",
        "I have looked at who can see what I show on my own accounts",
        "Open one as a stranger would see it. We never ask which accounts you have.",
    ),
    Question(
        "standing",
        "What I show in public, in words and pictures, fits my work with children",
        "Status, profile picture, groups and what others show of you.",
    ),
    Question(
        "nothing_ours",
        "I keep the nursery, its children and families out of my own accounts",
        "Also in private groups, and also without names.",
    ),
    Question(
        "contacts",
        "Where a family of ours is among my private contacts, my manager knows and we have agreed on it",
        "Say yes when there is none.",
    ),
    Question("lead", "I know who our safeguarding lead is, and how to reach them", "It is on your Today."),
)


@control(
    "C46",
    "Everybody is asked once a year about their own privacy, by yes, no or help, and no account of theirs is asked for",
    coverage=Coverage.WHOLE,
)
@control("C77", "What people show in private comes round in the yearly self-check")
def self_check_due(*, last_on: date | None, started_on: date, policy_on: date) -> date:
    """Return the day by which somebody does their next self-check: a year after the last; the first within 30 days."""
    return review_after(last_on, 1) if last_on else max(started_on, policy_on) + FIRST


def needs_talk(answers: Mapping[str, str]) -> bool:
    """Return whether somebody should be spoken with: they ask for help, or say no."""
    return any(answer != Answer.YES for answer in answers.values())


def answers_problem(answers: Mapping[str, str]) -> str:
    """Return what is missing from the answers; "" when each question has one of the three."""
    known = {question.key for question in QUESTIONS}
    if set(answers) != known or any(answer not in Answer.values for answer in answers.values()):
        return "Answer each of the questions: yes, no, or that you would like help."
    return ""


@dataclass(frozen=True, slots=True)
class Term:
    """One of three a year: from January, April and September. ``key`` sorts as they follow each other."""

    key: str
    name: str
    starts_on: date


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
    """Return the day by which there was something for children: ten weeks into the term, or after the first policy."""
    return max(term.starts_on, policy_on) + _FOR_CHILDREN


def look_out_due(term: Term, policy_on: date) -> date:
    """Return the day by which somebody has looked: six weeks into the term, or after the policy was first adopted."""
    return max(term.starts_on, policy_on) + _TO_LOOK
