"""The words this room speaks: what was read, what was found, and what should happen next. Pure values."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Direction(enum.StrEnum):
    """Which way the words are going."""

    OUTBOUND_POST = "outbound_post"
    INBOUND_COMMENT = "inbound_comment"
    PRIVATE_MESSAGE = "private_message"


class Category(enum.StrEnum):
    """What kind of thing was found."""

    PROFANITY = "profanity"
    CONTACT_DETAILS = "contact_details"
    CHILD_IDENTITY = "child_identity"
    LOCATION_NOW = "location_now"
    HATE = "hate"
    THREAT = "threat"
    BULLYING = "bullying"
    GROOMING = "grooming"
    DISCLOSURE = "disclosure"
    SELF_HARM = "self_harm"
    SCAM = "scam"
    COMPLAINT_ABOUT_STAFF = "complaint_about_staff"
    EXTREMISM = "extremism"
    ILLEGAL_CONTENT = "illegal_content"
    STAFF_BOUNDARY = "staff_boundary"
    UNDER_18_AUTHOR = "under_18_author"
    TOO_LONG = "too_long"


class Severity(enum.IntEnum):
    """How much a finding matters; a larger number matters more."""

    NOTE = 1
    LOOK = 2
    HOLD = 3
    HARM = 4

    @property
    def word(self) -> str:
        """What other programs are told: "note", "look", "hold" or "harm"."""
        return self.name.lower()


class Action(enum.StrEnum):
    """What should happen to the whole text. A person always decides in the end."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    LOOK = "look"
    HOLD = "hold"


class Author(enum.StrEnum):
    """Who wrote the text, as far as the setting knows."""

    KNOWN = "known"
    FIRST_TIME = "first_time"
    STRANGER = "stranger"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds the text: a picture beside it, whether it answers someone, and who wrote it.

    ``hour`` is the hour of the day where the setting is, 0 to 23; ``thread`` the texts it answers, oldest first.
    """

    has_picture: bool = False
    is_reply: bool = False
    author: Author = Author.STRANGER
    hour: int | None = None
    thread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a person should see.

    ``start`` and ``end`` are character positions in the text as it was written. ``suggestion`` replaces
    exactly that stretch, or is None when no safe wording can be offered.
    """

    category: Category
    severity: Severity
    start: int
    end: int
    rule: str
    version: str
    clause: str
    title: str
    reason: str
    suggestion: str | None = None
    mark: str = ""

    @property
    def key(self) -> str:
        """A stable name for "this rule, about these words", so an answer survives edits elsewhere."""
        return f"{self.rule}:{self.mark}"


@dataclass(frozen=True, slots=True)
class Screening:
    """Everything found in one text, in reading order, and what should happen to it."""

    findings: tuple[Finding, ...]
    action: Action
    version: str


def action_for(findings: tuple[Finding, ...]) -> Action:
    """Return the action the gravest finding calls for; a NOTE alone never stops anything."""
    if not findings:
        return Action.PASS
    gravest = max([finding.severity for finding in findings])
    if gravest >= Severity.HOLD:
        return Action.HOLD
    return Action.LOOK if gravest is Severity.LOOK else Action.PASS
