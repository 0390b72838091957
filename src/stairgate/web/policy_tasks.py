"""The tasks of Today that are about the policy itself: adopting it, looking at it again, and what was corrected."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse

from stairgate.organisations.rules import Duty
from stairgate.policies.models import PolicyVersion
from stairgate.policies.review import SOON, ReviewDue
from stairgate.policies.reviewing import review_dues
from stairgate.web.tasks import Task

#: for how long a correction of the policy is news
NEWS = timedelta(days=7)
NO_POLICY = "Stairgate enforces what a setting has adopted. Until then nothing can go out."


def policy_tasks(version: PolicyVersion | None, duties: frozenset[Duty], now: datetime) -> list[Task]:
    """Return that the policy is to be looked at again, for its managers, and for all that a detail was corrected."""
    if version is None:
        return []
    tasks = []
    due = review_dues(version)[0]
    if Duty.MANAGE in duties and (now > due.at - SOON or due.clause == "C106"):
        tasks.append(review(due, now))
    if not version.is_major and now < version.adopted_at + NEWS:
        tasks.append(corrected(version))
    return tasks


def review(due: ReviewDue, now: datetime) -> Task:
    """Return a look at the policy that is asked for, as a task of whoever manages."""
    late = now > due.at
    left = (due.at - now).days
    when = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
    return Task(
        kind="lock" if late else "risk",
        icon="shield-check",
        title="Look at the policy again",
        why=due.overdue if late else f"{due.title} is due {when}. If it is late, nothing new goes out.",
        status="lock" if late else "risk",
        status_words="Restricted" if late else "Due soon",
        href=reverse("policies:review"),
        button="Review it",
        minutes=20,
    )


def corrected(version: PolicyVersion) -> Task:
    """Return that a detail of the policy was put right, for everybody to know."""
    return Task(
        kind="wait",
        icon="info-circle",
        title=f"A detail of the policy was corrected: version {version.label}",
        why="What you signed still counts. You need not sign again.",
        status="wait",
        status_words="To know",
        href=reverse("policies:differences", args=[version.number]),
        button="See what changed",
        minutes=1,
    )


def adopt() -> Task:
    return Task(
        kind="bad",
        icon="shield-check",
        title="Adopt your social media policy",
        why=f"{NO_POLICY} You begin with a template, and make it yours.",
        status="bad",
        status_words="Put this right first",
        href=reverse("policies:next"),
        button="Write your policy",
        minutes=30,
    )
