"""What is known of a setting at one instant, as frozen values. Pure: the judges read nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from stairgate.assurance.marks import Who, listed
from stairgate.channels.baseline.rules import Settings
from stairgate.channels.opening.rules import Opening
from stairgate.channels.rules import Deadline, Restriction
from stairgate.organisations.rules import ACCOUNT_DUTIES, Duty, Role, duties_of
from stairgate.people.rules import WARNINGS, Barrier, Expiry, Reason
from stairgate.policies.parameters import Parameters
from stairgate.policies.review import ReviewDue
from stairgate.policies.selectors import roles_for

#: the last warning before something runs out is when a clause leans; the shortest is how long a signature may take
SOON_DAYS, DAYS_TO_SIGN = WARNINGS[1], WARNINGS[-1]


@dataclass(frozen=True, slots=True)
class Policy:
    """The version in force."""

    label: str
    adopted_at: datetime
    parameters: Parameters
    reviews: tuple[ReviewDue, ...] = ()  # each look at it that is asked for, the first due first
    asked_on: date | None = (
        None  # the day from which people are asked to sign: a correction asks for nothing anew
    )

    @property
    def review_due(self) -> datetime:
        """When the yearly look is due."""
        yearly = (due.at for due in self.reviews if due.clause == "C105")
        return next(yearly, self.adopted_at + timedelta(days=self.parameters.review_every_days))

    @property
    def asked(self) -> ReviewDue | None:
        """The first look that something asked for before the year is over."""
        return next((due for due in self.reviews if due.clause == "C106"), None)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Somebody who holds a role today, and every reason why the register stops them from touching the account."""

    who: Who
    roles: frozenset[str]
    reasons: tuple[Reason, ...] = ()
    runs_out: tuple[Expiry, ...] = ()

    @property
    def touches(self) -> bool:
        """Whether a role they hold touches the account."""
        return bool(ACCOUNT_DUTIES & duties_of(self.roles))

    def lacks(self, *barriers: Barrier) -> bool:
        return any(reason.barrier in barriers for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody on the staff list today, role or not."""

    who: Who
    email: str
    started_on: date
    signed_at: datetime | None
    online_safety_until: date | None
    unread: str = ""  # a document that everybody must know, and they have not read
    unread_since: date | None = None
    declared_on: date | None = None  # about their own accounts, for the last time


@dataclass(frozen=True, slots=True)
class Account:
    """One account that is not closed."""

    id: UUID
    name: str
    by_hand: bool
    mailbox: str
    purposes: tuple[str, ...]
    asked_by: str
    decided_by: str
    decided_at: datetime
    restrictions: tuple[Restriction, ...]
    paused: bool
    proved_at: datetime | None
    blind: str = ""  # why we do not know what people wrote there
    read_at: datetime | None = None
    until: date | None = None  # the last day its authorisation counts
    connected: bool = False
    to_confirm: tuple[Restriction, ...] = ()  # of its going-live sheet
    opening: Opening = field(default_factory=Opening)
    connected_at: datetime | None = None
    access_checked_at: datetime | None = None  # when who can reach it there was last compared
    access_findings: int = 0  # about whom nobody has said yet what was done
    settings: Settings = field(default_factory=Settings)
    check: Deadline | None = None  # when it has to be looked at next
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What waits, and when things were last done: of the whole setting, or of one account."""

    open_items: int = 0
    oldest_item: datetime | None = None
    grave_items: int = 0
    oldest_grave: datetime | None = None
    under_18: int = 0
    last_item: datetime | None = None
    differences: int = 0
    oldest_difference: datetime | None = None
    looks_missed: int = 0
    last_published: datetime | None = None
    leaver_tasks: int = 0
    leaver_due: date | None = None
    leaver_name: str = ""
    last_left: date | None = None
    suggestions: int = 0
    complaints: int = 0  # to be answered
    complaint_due: date | None = None  # the soonest
    found_pages: int = 0  # in our name, and authorised by nobody
    regularise_by: date | None = None
    requests: int = 0  # that wait for a decision
    oldest_request: datetime | None = None
    exceptions_asked: int = 0
    oldest_exception: datetime | None = None
    exceptions_hold: int = 0
    roles_outlived: int = 0  # given under an exception, and with no end or a later one
    told_waiting: int = 0  # who asked to speak to a manager about a good name
    oldest_told: datetime | None = None
    sealed_at: datetime | None = None
    safeguarding_title: str = ""  # of our safeguarding policy in the library
    safeguarding_until: date | None = None
    must_read: int = 0  # documents that everybody must know
    activity_on: date | None = None  # when children or parents last had something
    safety_post_on: date | None = None  # of the last post about online safety of this term, or of one before
    policy_since: date | None = None  # the day on which a policy was first adopted


@dataclass(frozen=True, slots=True)
class HelpList:
    """The list of help: how many entries it has, how many nobody looked at for a term, and by when they want a look."""

    entries: int = 0
    stale: int = 0
    check_by: date | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Everything the judges may ask. ``names``: whether they may tell who lacks what on the register."""

    at: datetime
    day: date
    policy: Policy | None
    founded_at: datetime
    bearers: tuple[Bearer, ...] = ()
    colleagues: tuple[Colleague, ...] = ()
    accounts: tuple[Account, ...] = ()
    work: Work = field(default_factory=Work)
    help: HelpList = field(default_factory=HelpList)
    rota_until: date | None = None  # the last day for which the rota of the weekly check has somebody
    account: UUID | None = None  # when only one is looked at
    names: bool = True

    @property
    def parameters(self) -> Parameters:
        return self.policy.parameters if self.policy else Parameters()

    def holding(self, role: Role) -> tuple[Bearer, ...]:
        return tuple(bearer for bearer in self.bearers if role in bearer.roles)

    def with_duty(self, duty: Duty) -> tuple[Bearer, ...]:
        """Return whose role carries the duty under the policy, fit or not."""
        roles = roles_for(duty, self.parameters)
        return tuple(bearer for bearer in self.bearers if bearer.roles & roles)

    @property
    def touching(self) -> tuple[Bearer, ...]:
        return tuple(bearer for bearer in self.bearers if bearer.touches)

    @property
    def unsigned(self) -> tuple[Colleague, ...]:
        return tuple(one for one in self.colleagues if one.signed_at is None)

    @property
    def last_signed(self) -> datetime | None:
        return max((one.signed_at for one in self.colleagues if one.signed_at), default=None)

    def waits_for(self, *roles: Role) -> tuple[Who, ...]:
        """Return who holds the first of the roles that anybody holds."""
        for role in roles:
            if found := self.holding(role):
                return tuple(bearer.who for bearer in found)
        return ()

    def people(self, whose: Iterable[Who]) -> str:
        """Return the people by first name, or how many they are when names are not to be told."""
        found = list(whose)
        if self.names:
            return listed([who.name for who in found])
        return "1 person" if len(found) == 1 else f"{len(found)} people"

    def overdue_to_sign(self, one: Colleague) -> bool:
        """Whether somebody has been asked for longer than a signature may take: since the major version, not since a
        correction of it.
        """
        asked_on = (self.policy.asked_on or self.policy.adopted_at.date()) if self.policy else one.started_on
        since = max(one.started_on, asked_on)
        return self.day > since + timedelta(days=DAYS_TO_SIGN)
