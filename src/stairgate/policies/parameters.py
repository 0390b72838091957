"""The parameters of the policy: numbers that code reads and never repeats (law 9 of the house).

Each has a value we ship and a floor. A setting may be stricter than the floor, never looser.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, fields

#: short enough for every network we know
SIGNPOST = (
    "Thank you for writing. We only answer grown-ups here, so please ask a grown-up you trust to write for you. "
    "If anything worries you, Childline listens, free, day and night: 0800 1111 or childline.org.uk. "
    "In danger now? Ring 999."
)
STANDARD_REPLIES = (
    "Thank you for your kind words. The team will be very pleased to read them.",
    "Thank you for asking. Please ring the office, and we will gladly help.",
    "We are sorry to read this. Please ring the office, so that we can put it right.",
)
_SHORTEST_WORDS, _LONGEST_WORDS = 20, 600
_MOST_REPLIES = 20


class TooLoose(ValueError):
    """A parameter was set looser than its floor, or to what it cannot be. The message names it and the limit."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """What one adopted version of the policy demands."""

    approvers: int = 1  # people who must say yes besides the author (C78)
    approval_life_hours: int = 72  # after that an approval lapses
    urgent_approval_days: int = 180  # the same for a template approved ahead (C78)
    sending_window_minutes: int = 30  # how late a post may still go out before it asks for a new time
    quiet_from_hour: int = 21  # on the setting's own clock; nothing goes out by itself from then on …
    quiet_until_hour: int = 7  # … until then. The same hour twice: no quiet hours. No clause asks for them
    safeguarding_lead_approves: bool = False  # besides page administrators (C78)
    page_administrators: int = 2  # qualified people who must be there (C18)
    mailbox_holders: int = 2  # who can open the mailbox of an account, and its vault (C22, C27)
    access_check_days: int = 31  # how often who gets in on the network is compared with the register (C84)
    dbs_review_years: int = 3  # when a criminal record check is looked at again (C19)
    child_protection_years: int = 2  # how long child protection training counts at most (C20)
    check_every_days: int = 7  # weekly is the floor (C38)
    review_every_days: int = 365  # the policy itself (C105)
    trigger_review_days: int = 28  # the same after something that asks for it sooner (C106)
    health_every_hours: int = 24  # how often the connection is proved
    settings_check_days: int = 31  # a signed sheet of a page's settings counts for so long: monthly (C34)
    settings_mend_days: int = (
        3  # how long a setting that has moved may stay so before the account shuts (C34)
    )
    weaker_setting_days: int = 92  # how far ahead the end of a weaker setting may be (C30)
    profanity_level: int = 3  # 3 = strong, 4 = mild words too (C31)
    identifiable_children: bool = False  # the shipped default (C35)
    share_from_own_accounts: bool = (
        False  # promotion is by word and by poster, unless a setting chooses (C75, C48)
    )
    danger_minutes: int = 30  # how soon somebody looks at what may put a child at risk (C40, C41)
    complaint_answer_days: int = (
        28  # by when a complaint is answered, as the early years framework asks (C08)
    )
    read_back_every_hours: int = 24  # how often what is on the page is compared with what was approved (C78)
    read_back_days: int = 30  # for how long after it went out
    signpost_text: str = SIGNPOST  # all that may answer somebody who seems to be under 18 (C53, C59)
    standard_replies: tuple[str, ...] = STANDARD_REPLIES  # approved words to start a reply from (C76)
    keep_words_years: int = 3  # posts, approvals and decisions (reference.md §3)

    def to_json(self) -> dict[str, object]:
        """Return the parameters as plain values for storing."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values}

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Parameters:
        """Return parameters from stored values: unknown names are ignored, missing ones take what we ship.

        Raises `TooLoose` when a stored value is looser than its floor, or of another kind: nothing ever fails open.
        """
        names = {field.name for field in fields(cls)}
        known = {name: value for name, value in stored.items() if name in names}
        plain = {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
        parameters = cls(**plain)  # type: ignore[arg-type]
        for field in fields(cls):
            if type(getattr(parameters, field.name)) is not type(field.default):
                raise TooLoose(f"“{field.name}” is of the wrong kind.")
        for name, (low, high) in _LIMITS.items():
            value = getattr(parameters, name)
            if not low <= value <= high:
                raise TooLoose(f"“{name}” is {value}; it must be from {low} to {high}.")
        for words in (parameters.signpost_text, *parameters.standard_replies):
            _check_words(words)
        if len(parameters.standard_replies) > _MOST_REPLIES:
            raise TooLoose(f"There may be {_MOST_REPLIES} standard replies at most.")
        return parameters


def _check_words(words: object) -> None:
    """Raise `TooLoose` unless these are words that can go out as they stand."""
    if not isinstance(words, str) or words != words.strip():
        raise TooLoose("The fixed words and the standard replies are text, without space around it.")
    if not _SHORTEST_WORDS <= len(words) <= _LONGEST_WORDS:
        raise TooLoose(
            f"The fixed words and each standard reply hold from {_SHORTEST_WORDS} to {_LONGEST_WORDS} letters."
        )


_LIMITS: dict[str, tuple[int, int]] = {
    "approvers": (1, 2),
    "approval_life_hours": (1, 168),
    "urgent_approval_days": (1, 366),
    "sending_window_minutes": (1, 120),
    "quiet_from_hour": (0, 23),
    "quiet_until_hour": (0, 23),
    "page_administrators": (2, 50),
    "mailbox_holders": (2, 50),
    "access_check_days": (1, 31),
    "dbs_review_years": (1, 3),
    "child_protection_years": (1, 2),
    "check_every_days": (1, 7),
    "review_every_days": (1, 366),
    "trigger_review_days": (1, 28),
    "health_every_hours": (1, 24),
    "settings_check_days": (1, 31),
    "settings_mend_days": (1, 7),
    "weaker_setting_days": (1, 92),
    "profanity_level": (3, 4),
    "danger_minutes": (5, 60),
    "complaint_answer_days": (1, 28),
    "read_back_every_hours": (1, 24),
    "read_back_days": (30, 366),
    "keep_words_years": (3, 100),
}

#: which way is stricter; fewer, sooner and shorter is, for those that are not named
_MORE = frozenset(
    {
        *("approvers", "page_administrators", "mailbox_holders", "profanity_level"),
        *("read_back_days", "keep_words_years"),
    }
)
_EITHER = frozenset({"quiet_from_hour", "quiet_until_hour"})


class Stricter(enum.StrEnum):
    """Which way a number is tightened."""

    MORE = "more"
    LESS = "less"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Limit:
    """What a number may be, and which way it is tightened."""

    low: int
    high: int
    stricter: Stricter

    @property
    def floor(self) -> int | None:
        """The loosest value that is allowed; None where neither way is stricter."""
        return {Stricter.MORE: self.low, Stricter.LESS: self.high, Stricter.EITHER: None}[self.stricter]


def limit_of(name: str) -> Limit | None:
    """Return what the parameter of that name may be; None when it is not a number with limits."""
    if name not in _LIMITS:
        return None
    stricter = Stricter.MORE if name in _MORE else Stricter.EITHER if name in _EITHER else Stricter.LESS
    return Limit(*_LIMITS[name], stricter)
