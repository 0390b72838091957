"""What a reminder is, how long it can be put off, and when an e-mail is due. Pure: "now" and the day are arguments."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import models

from stairgate.organisations.working_days import Nation, is_working_day

#: when the one e-mail of a working day goes out, on the setting's own clock; later in the day it is too late for it
DIGEST_FROM = time(7, 30)
DIGEST_UNTIL = time(18, 0)
#: steps at which something that comes round is told again: days before
STEPS = (90, 30, 7)
LONGEST_BACKOFF = timedelta(hours=1)


class Kind(models.TextChoices):
    """What a reminder is about, in words for one and without a name: these go into e-mails."""

    SERIOUS = "serious", "somebody stopped at something that looks illegal"
    HARM = "harm", "something in the inbox may put a child at risk"
    HARM_WAITS = "harm_waits", "something may put a child at risk, and nobody is on it"
    RESTRICTED = "restricted", "account of ours is shut"
    COMMENTS = "comments", "comment waits for a decision"
    CHECK_LATE = "check_late", "weekly check that is not done"
    CHECK = "page_check", "weekly check to do"
    ROTA = "rota", "gap in the rota of the weekly check"
    AGAIN = "again", "second look at what was judged safe"
    STRANGER = "stranger", "person can reach an account of ours who should not"
    ACCESS = "access", "access list to compare"
    ENVELOPE = "envelope", "sealed envelope with passwords was opened"
    SECRET = "secret", "password to change today"
    VAULT = "vault", "password to put into the vault"
    COMPLAINT = "complaint", "complaint to answer"
    SECOND_LOOK = "second_look", "second look was missed"
    RUNS_OUT = "runs_out", "person’s check or training runs out"
    LEAVER = "leaver", "leaver’s list is not done"
    UNSIGNED = "unsigned", "policy to read and sign"
    REVIEW = "review", "look at the policy"
    LEAD = "lead", "change of safeguarding lead to read"
    SELF_CHECK = "self_check", "yearly self-check"
    SELF_HELP = "self_help", "colleague asks for help"
    LOOK_OUT = "look_out", "look for new training and guidance"
    ACTIVITY = "activity", "something for children about safe technology"
    SAFETY_POST = "safety_post", "post about online safety for this term"
    READ = "read", "document of ours to read"
    DOCUMENT = "document", "document of ours to look at again"
    CONTACTS = "contacts", "list of help to check"
    ASKED = "asked", "exception that is asked for"
    ENDING = "ending", "exception of yours ends soon"
    TOLD = "told", "colleague asks to speak to you"
    SETTINGS = "settings", "setting of a page of ours that has moved"
    SHEET = "settings_due", "settings sheet to sign anew"
    MAIL = "mail", "e-mail that could not be sent"


class Weight(enum.Enum):
    """How long somebody may put it off."""

    URGENT = 0  # not at all
    LEGAL = 7  # a law or the policy sets the day
    OWN = 28  # nobody but us does


@dataclass(frozen=True, slots=True)
class Words:
    many: str
    page: str  # the address that it leads to
    button: str
    minutes: int
    weight: Weight
    icon: str = "clock"


WORDS: dict[Kind, Words] = {
    Kind.SERIOUS: Words(
        "times somebody stopped at something that looks illegal",
        *("monitoring:serious", "Go on with the steps", 10, Weight.URGENT, "alert-octagon"),
    ),
    Kind.HARM: Words(
        "things in the inbox may put a child at risk",
        *("monitoring:inbox", "Read it now", 5, Weight.URGENT, "alert-octagon"),
    ),
    Kind.HARM_WAITS: Words(
        "things may put a child at risk, and nobody is on them",
        *("help_now", "See whom to ring", 2, Weight.URGENT, "alert-octagon"),
    ),
    Kind.RESTRICTED: Words(
        "accounts of ours are shut", "channels:list", "See the account", 3, Weight.URGENT, "gate"
    ),
    Kind.COMMENTS: Words(
        "comments wait for a decision",
        *("monitoring:inbox", "Read and decide", 3, Weight.LEGAL, "message-circle"),
    ),
    Kind.CHECK_LATE: Words(
        "weekly checks that are not done",
        *("checking:check", "Do the check", 5, Weight.URGENT, "clipboard-check"),
    ),
    Kind.CHECK: Words(
        "weekly checks to do", "checking:check", "Do the check", 5, Weight.LEGAL, "clipboard-check"
    ),
    Kind.ROTA: Words(
        "gaps in the rota of the weekly check",
        *("checking:rota", "Set the rota", 3, Weight.LEGAL, "users"),
    ),
    Kind.AGAIN: Words(
        "second looks at what was judged safe", "checking:again", "Look again", 2, Weight.LEGAL, "eye"
    ),
    Kind.STRANGER: Words(
        "people can reach an account of ours who should not",
        *("channels:access", "See who it is", 5, Weight.URGENT, "alert-octagon"),
    ),
    Kind.ACCESS: Words("access lists to compare", "channels:access", "Compare it", 5, Weight.LEGAL, "users"),
    Kind.ENVELOPE: Words(
        "sealed envelopes with passwords were opened",
        *("channels:vault", "See who opened it", 5, Weight.URGENT, "alert-octagon"),
    ),
    Kind.SECRET: Words("passwords to change today", "channels:vault", "Change it", 10, Weight.URGENT, "key"),
    Kind.VAULT: Words(
        "passwords to put into the vault", "channels:vault", "Put it in", 5, Weight.OWN, "lock"
    ),
    Kind.COMPLAINT: Words(
        "complaints to answer",
        "monitoring:complaint",
        "See the complaint",
        10,
        Weight.LEGAL,
        "message-circle",
    ),
    Kind.SECOND_LOOK: Words(
        "second looks were missed", "publishing:review", "Look at it", 2, Weight.LEGAL, "checks"
    ),
    Kind.RUNS_OUT: Words(
        "people’s checks or training run out", "people:person", "See the record", 2, Weight.LEGAL, "users"
    ),
    Kind.LEAVER: Words(
        "leavers’ lists are not done", "people:person", "See the list", 3, Weight.LEGAL, "users"
    ),
    Kind.UNSIGNED: Words(
        "policies to read and sign", "reading:start", "Read and sign", 10, Weight.LEGAL, "pencil"
    ),
    Kind.REVIEW: Words(
        "looks at the policy", "policies:review", "See what asks for it", 30, Weight.LEGAL, "shield-check"
    ),
    Kind.LEAD: Words(
        "changes of safeguarding lead to read", "reminding:lead", "Read it", 1, Weight.LEGAL, "users"
    ),
    Kind.SELF_CHECK: Words("yearly declarations", "people:declaration", "Answer", 3, Weight.OWN, "checks"),
    Kind.SELF_HELP: Words(
        "colleagues ask for help", "reminding:rounds", "See who asks", 5, Weight.LEGAL, "users"
    ),
    Kind.LOOK_OUT: Words(
        "looks for new training and guidance",
        *("reminding:look_out", "Look and write it down", 15, Weight.OWN, "search"),
    ),
    Kind.ACTIVITY: Words(
        "things for children about safe technology",
        *("reminding:activity", "Note what there was", 3, Weight.OWN, "heart-handshake"),
    ),
    Kind.SAFETY_POST: Words(
        "posts about online safety for this term",
        *("publishing:new", "Write it", 10, Weight.OWN, "heart-handshake"),
    ),
    Kind.READ: Words(
        "documents of ours to read", "library:document", "Read it", 10, Weight.LEGAL, "shield-check"
    ),
    Kind.DOCUMENT: Words(
        "documents of ours to look at again", "library:document", "See it", 10, Weight.LEGAL, "shield-check"
    ),
    Kind.CONTACTS: Words(
        "entries of the list of help to check", "library:help", "Check them", 10, Weight.LEGAL, "phone"
    ),
    Kind.ASKED: Words(
        "exceptions that are asked for", "reminding:exceptions", "Read it", 3, Weight.URGENT, "gate"
    ),
    Kind.ENDING: Words(
        "exceptions of yours end soon", "reminding:exceptions", "See the exceptions", 1, Weight.OWN, "clock"
    ),
    Kind.TOLD: Words(
        "colleagues ask to speak to you",
        *("reminding:told", "See who, and go to them", 5, Weight.URGENT, "message-circle"),
    ),
    Kind.SETTINGS: Words(
        "settings of pages of ours that have moved",
        *("channels:settings", "Put it back", 2, Weight.LEGAL, "lock"),
    ),
    Kind.SHEET: Words(
        "settings sheets to sign anew",
        *("channels:settings", "Go through the settings", 15, Weight.LEGAL, "lock"),
    ),
    Kind.MAIL: Words(
        "e-mails that could not be sent",
        "reminding:mail",
        "See what happened",
        5,
        Weight.OWN,
        "alert-octagon",
    ),
}


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that waits for one person. ``subject`` tells it from all others of its kind, each time it comes round."""

    user: UUID
    kind: Kind
    subject: str
    due_at: datetime
    says: str  # for the screen: it may hold first names, and never what somebody wrote
    about: str = ""  # of which record its page is
    count: int = 1

    @property
    def key(self) -> tuple[UUID, str, str]:
        return (self.user, str(self.kind), self.subject)


def step_of(ends_on: date, on: date) -> int | None:
    """Return the step of `STEPS` that something has reached, 0 when its day is over, None while it is far off."""
    days = (ends_on - on).days
    if days < 0:
        return 0
    return min((step for step in STEPS if days <= step), default=None)


def is_urgent(kind: str) -> bool:
    """Return whether somebody is told at once, also at night and on a Sunday."""
    return WORDS[Kind(kind)].weight == Weight.URGENT


def snooze_until(kind: str, *, due_on: date, made_on: date, today: date) -> date | None:
    """Return the last day until which somebody can put it off; None when they cannot, or no longer.

    The days count from the day it is due, or from the day it came up when that was later, so that putting it off again and
    again leads no further. What the policy or a law sets a day for: 7 days. What nobody but us does: 28. What is urgent: none.
    """
    days = WORDS[Kind(kind)].weight.value
    last = max(due_on, made_on) + timedelta(days=days) if days else today
    last = min(last, today + timedelta(days=28))
    return last if last > today else None


def digest_due(local: datetime, nation: Nation) -> bool:
    """Return whether the e-mail of the day may go out at that moment of a setting's own clock."""
    return is_working_day(local.date(), nation) and DIGEST_FROM <= local.time() < DIGEST_UNTIL


def try_again_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts that failed: a minute, two, four, and an hour at most."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_BACKOFF)


def digest_text(name: str, counts: list[tuple[str, int]], link: str) -> str:
    """Return the words of the morning's e-mail: counts and a link. No names but the reader's, nothing anybody wrote."""
    total = sum(count for _, count in counts)
    lines = "\n".join(f"  - {_counted(kind, count)}" for kind, count in counts)
    return (
        f"Good morning {name},\n\n"
        f"{'One thing waits' if total == 1 else f'{total} things wait'} for you in Stairgate:\n\n{lines}\n\n"
        f"Your list, with a button for each:\n{link}\n\n"
        "This comes once a day at most, on working days, and only when there is something new or late. "
        "It never says what anybody wrote.\n"
    )


def urgent_text(name: str, kind: str, link: str) -> str:
    """Return the words of an e-mail that cannot wait: what kind of thing it is, and a link."""
    said = _counted(kind, 1)
    return (
        f"Dear {name},\n\nThis cannot wait until the morning: {said}.\n\n"
        f"Open Stairgate, and see what to do:\n{link}\n\n"
        "If a child is in danger now, ring 999.\n"
    )


_WHOLE = frozenset({Kind.HARM_WAITS, Kind.HARM, Kind.SERIOUS})  # sentences of their own: no "1" before them


def _counted(kind: str, count: int) -> str:
    one = Kind(kind)
    if count == 1:
        return one.label if one in _WHOLE else f"1 {one.label}"
    return f"{count} {WORDS[one].many}"
