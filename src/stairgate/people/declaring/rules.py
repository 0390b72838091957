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


#: asked at signing and once a year, on one page; what is shown (C46) and whether it suits the job (C47) stay two questions
QUESTIONS = (
    Question(
        "families",
        "C68",
        "Are you connected on social media with a parent or relative of a child who attends?",
        "Also from before you worked here, also where you are family or neighbours, and also when you keep a number or "
        "an address of theirs. Yes is no offence: you and a manager agree how you handle it.",
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
    Question(
        "shown",
        "C46",
        "Have you looked at what your own accounts tell strangers about you?",
        "Open one as a stranger would see it. We never ask which accounts you have.",
        Answer.YES,
    ),
    Question(
        "standing",
        "C47",
        "Does what you show there, in words and pictures, fit your work with children?",
        "Status, profile picture, groups, and what others show of you.",
        Answer.YES,
    ),
    Question(
        "ours",
        "C75",
        "Do you keep our setting, its children and its families out of your own accounts?",
        "Also in private groups, and also without names.",
        Answer.YES,
    ),
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a declaration leaves to do for a manager or the safeguarding lead."""

    plan: bool  # a connection with a family: how it is handled is agreed in writing
    help: bool  # somebody asked for help, or said that something is not in order


@control("C68", "A connection with a family asks for a plan that is agreed in writing")
@control("C56", "Whoever cannot say that their accounts are private is helped; nobody looks at the accounts")
@control("C57", "Everybody declares at signing and yearly that no account of theirs is linked to our pages")
@control(
    "C47",
    "Whether what somebody shows suits the job is a question of its own, asked at signing and once a year",
    coverage=Coverage.WHOLE,
)
@control(
    "C46",
    "Everybody is asked at signing and once a year what their own accounts show, by yes, no or help, and no account of "
    "theirs is asked for",
    coverage=Coverage.WHOLE,
)
@control("C77", "Whether what one shows suits the job is asked at signing and comes round once a year")
def follow_up(answers: Mapping[str, Answer]) -> FollowUp:
    """Return what the answers leave to do. A question without an answer is a request for help."""
    given = {question.name: answers.get(question.name, Answer.HELP) for question in QUESTIONS}
    linked = given["families"] == Answer.YES
    unsure = any(
        given[question.name] != question.wanted for question in QUESTIONS if question.name != "families"
    )
    return FollowUp(plan=linked, help=unsure or given["families"] == Answer.HELP)


@control(
    "C68", "Nobody signs before they have answered for themselves, within the year, who of a family they know"
)
@control("C74", "Nobody signs before they have declared whom of a family they keep among their own contacts")
@control("C57", "Nobody signs before they have declared that their own accounts are kept apart")
def may_sign(declared_on: date | None, on: date) -> bool:
    """Return whether a declaration counts when its person signs that day: it is theirs, and of the last year."""
    return not is_overdue(declared_on, on)


def renew_by(declared_on: date) -> date:
    """Return the last day on which a declaration counts: a year."""
    return review_after(declared_on, 1)


def is_due(declared_on: date | None, on: date) -> bool:
    """Return whether somebody is asked to declare that day: never did, or the year is nearly over."""
    return declared_on is None or on >= renew_by(declared_on) - timedelta(days=ASKED_AGAIN)


def is_overdue(declared_on: date | None, on: date) -> bool:
    """Return whether the newest declaration no longer counts."""
    return declared_on is None or on > renew_by(declared_on)
