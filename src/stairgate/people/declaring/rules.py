"""When a declaration is due, and what an answer asks of others. Pure."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from stairgate.clauses import Coverage, control
from stairgate.people.rules import review_after

#: days before the year is over from which it is asked again
ASKED_AGAIN = 30


class Answer(enum.StrEnum):
    """There is no fourth answer, and none is wrong."""

    YES = "yes"
    NO = "no"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in one sentence, with its clause. ``wanted`` is the answer after which nothing is to do."""

    name: str
    clause: str
    asks: str
    hint: str
    wanted: Answer


QUESTIONS = (
    Question(
        "families",
        "C68",
        "Are you connected on social media with a parent or relative of a child who attends?",
        "Also from before you worked here, and also where you are family or neighbours. Yes is no offence: you and a "
        "manager agree how you handle it.",
        Answer.NO,
    ),
    Question(
        "private",
        "C56",
        "Are your own accounts set to the tightest privacy?",
        "If you have none, the answer is yes.",
        Answer.YES,
    ),
    Question(
        "apart",
        "C57",
        "Are your own accounts kept apart from our pages?",
        "No account of yours is named on them, and none of yours names itself as ours.",
        Answer.YES,
    ),
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a declaration leaves to do for a manager or the safeguarding lead."""

    plan: bool  # a connection with a family: how it is handled is agreed in writing
    help: bool  # somebody asked for help, or said that something is not in order


@control(
    "C68", "A connection with a family asks for a plan that is agreed in writing", coverage=Coverage.PART
)
@control("C56", "Whoever cannot say that their accounts are private is helped; nobody looks at the accounts")
@control(
    "C57",
    "Everybody declares yearly that no account of theirs is linked to our pages",
    coverage=Coverage.PART,
)
def follow_up(answers: Mapping[str, Answer]) -> FollowUp:
    """Return what the answers leave to do. A question without an answer is a request for help."""
    given = {question.name: answers.get(question.name, Answer.HELP) for question in QUESTIONS}
    linked = given["families"] == Answer.YES
    unsure = any(
        given[question.name] != question.wanted for question in QUESTIONS if question.name != "families"
    )
    return FollowUp(plan=linked, help=unsure or given["families"] == Answer.HELP)


def renew_by(declared_on: date) -> date:
    """Return the last day on which a declaration counts: a year."""
    return review_after(declared_on, 1)


def is_due(declared_on: date | None, on: date) -> bool:
    """Return whether somebody is asked to declare that day: never did, or the year is nearly over."""
    return declared_on is None or on >= renew_by(declared_on) - timedelta(days=ASKED_AGAIN)


def is_overdue(declared_on: date | None, on: date) -> bool:
    """Return whether the newest declaration no longer counts."""
    return declared_on is None or on > renew_by(declared_on)
