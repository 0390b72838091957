"""When the policy has to be looked at again: each year, and sooner when something changes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stairgate.clauses import Coverage, control

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What is known of a version when somebody asks if it is due."""

    reviewed_at: datetime
    every_days: int
    trigger_days: int
    zone: ZoneInfo
    asked_at: datetime | None = None  # when the first thing happened that nobody has answered with a look
    lead_changed_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReviewDue:
    """One reason to look at the policy again: which clause asks, until when, and what to say once that is over."""

    clause: str
    title: str
    overdue: str
    at: datetime


@control(
    "C105", "The yearly clock starts at the last look at the whole policy; a correction does not wind it up"
)
@control(
    "C106",
    "An incident, new guidance, a change at a network, a new account or a change of safeguarding lead asks for a look",
    coverage=Coverage.WHOLE,
)
def dues(facts: ReviewFacts) -> tuple[ReviewDue, ...]:
    """Return every look that is asked for, the first due first. The yearly one is always among them."""
    found = [
        ReviewDue(
            "C105",
            "The yearly look at the policy",
            "The policy’s yearly review is overdue.",
            facts.reviewed_at + timedelta(days=facts.every_days),
        )
    ]
    if facts.asked_at is not None:
        found.append(
            ReviewDue(
                "C106",
                "Something happened that asks for a look at the policy",
                "Something happened that asks for a review of the policy. That review is overdue.",
                facts.asked_at + timedelta(days=facts.trigger_days),
            )
        )
    if facts.lead_changed_on is not None:
        # the last of the days counts whole, on the setting's own clock
        over = facts.lead_changed_on + timedelta(days=facts.trigger_days + 1)
        found.append(
            ReviewDue(
                "C106",
                "The safeguarding lead has changed",
                "The safeguarding lead has changed. The review of the policy that this asks for is overdue.",
                datetime.combine(over, time.min, tzinfo=facts.zone),
            )
        )
    return tuple(sorted(found, key=lambda due: due.at))


def overdue(found: tuple[ReviewDue, ...], now: datetime) -> ReviewDue | None:
    """Return the first look that is late, or None. At the very instant it is due, it is not late."""
    return next((due for due in found if now > due.at), None)
