"""Who looks at the pages and when, what every check answers, and what keeps one from being signed. Pure."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from stairgate.channels.rules import Deadline
from stairgate.clauses import Coverage, control

#: on a rota: one who looks, and one who steps in
ROTA_PEOPLE = 2
#: how far ahead we ask whether somebody is there, and from when a gap is told of
HORIZON, GAP_TOLD = timedelta(days=56), timedelta(days=28)
#: how long before its day a check is told of; on the day itself, from when managers are told as well
TOLD, ESCALATED_FROM = timedelta(days=2), time(12, 0)
#: of what was judged safe, so much is looked at again by somebody else, and so many at most
SAMPLE_OF, SAMPLE_MOST = 4, 5
#: an answer older than this says nothing of today's page
FRESH = timedelta(hours=24)
LONGEST_NOTE = 1000
SHORTEST_NOTE = 10


#: all that is written of what may be about somebody who reads this page
TOLD_THE_LEAD = "The safeguarding lead was told; or the deputy, where it is about the lead."


class Answer(enum.StrEnum):
    """What somebody found under one heading. "Nothing" is an answer like any other."""

    NONE = "none"
    FOUND = "found"


class Step(enum.StrEnum):
    """The steps of a check, in the order in which it is gone through."""

    PAGES = "pages"
    READ = "read"
    PICTURES = "pictures"
    SETTINGS = "settings"
    ACCESS = "access"


TITLES = {
    Step.PAGES: "Look at the pages as the public sees them",
    Step.READ: "Read everything that came in",
    Step.PICTURES: "Look at pictures, tags and shares",
    Step.SETTINGS: "Check the settings",
    Step.ACCESS: "Who has a key",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """One question that no check leaves open. ``none`` and ``found`` are the words of its two answers."""

    id: str
    step: Step
    asks: str
    none: str = "Nothing found"
    found: str = "Something found"
    short: str = ""  # in a receipt
    private: bool = False  # what was found may be about one of us: it goes to the lead, and never stands here


#: the ids are those of the policy's own list of the page check, and more beside them (`reference` 1.4)
HEADINGS = (
    Heading(
        "as-the-public",
        Step.PAGES,
        "Open each page signed out. Are its picture, name and “About” words right?",
        *("All right", "Something is wrong", "Page as the public sees it"),
    ),
    Heading(
        "copies",
        Step.PAGES,
        "Search the network for our name. Is there a copy of our page, or anybody asking families for money?",
        *("None found", "Something found", "Copies of our page, and scams"),
    ),
    Heading(
        "improper",
        Step.READ,
        "Is there anything improper in comments, reviews or messages?",
        short="Improper content",
    ),
    Heading("language", Step.READ, "Is there bad language, also in disguise?", short="Bad language"),
    Heading(
        "safeguarding",
        Step.READ,
        "Does anything worry you about a child, or about how somebody behaves towards children?",
        *("Nothing worries me", "Something does", "Safeguarding"),
        private=True,
    ),
    Heading(
        "oversharing",
        Step.READ,
        "Does somebody tell too much about a child: a whole name, a place and time, health, family?",
        short="Too much told about a child",
    ),
    Heading(
        "messages",
        Step.READ,
        "Is there anything among message requests and reviews that needs somebody?",
        short="Messages and reviews",
    ),
    Heading(
        "hidden",
        Step.READ,
        "Look through the hidden comments. Is anything there that needs somebody?",
        short="Hidden comments",
    ),
    Heading(
        "visitors-pictures",
        Step.PICTURES,
        "Has a visitor got a picture or film on the page?",
        short="Visitors’ pictures",
    ),
    Heading(
        "tags", Step.PICTURES, "Has somebody tagged or mentioned the page with a child in it?", short="Tags"
    ),
    Heading(
        "staff",
        Step.PICTURES,
        "Does a post or a share come from a private account of somebody who works here?",
        short="Shares by staff",
        private=True,
    ),
    Heading(
        "settings-glance",
        Step.SETTINGS,
        "Are the settings as on the last signed sheet?",
        *("All as agreed", "Something has moved", "Settings"),
    ),
    Heading(
        "who-has-access",
        Step.ACCESS,
        "Are the people who can reach each page those on our list, and nobody else?",
        *("Only those", "Somebody else, or somebody is missing", "Who has a key"),
    ),
)
BY_ID = {heading.id: heading for heading in HEADINGS}


def headings_of(step: Step) -> tuple[Heading, ...]:
    """Return what one step asks."""
    return tuple(heading for heading in HEADINGS if heading.step == step)


# ── When ──


class Stage(enum.IntEnum):
    """How a check that is due stands."""

    FAR = 0
    TOLD = 1  # its day is near
    TODAY = 2
    ESCALATED = 3  # its day is half over: managers are told as well
    LATE = 4  # the accounts are shut


@control(
    "C38",
    "A check is told of before its day, to managers as well at noon of it, and is late when that day is over",
)
def stage(due: Deadline, now: datetime, zone: ZoneInfo) -> Stage:
    """Return how a check stands at a moment."""
    if now >= due.until:
        return Stage.LATE
    local = now.astimezone(zone)
    if local.date() == due.on:
        return Stage.ESCALATED if local.time() >= ESCALATED_FROM else Stage.TODAY
    return Stage.TOLD if local.date() >= due.on - TOLD else Stage.FAR


# ── Who ──


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is not there from a day to a day, both of them counted."""

    who: UUID
    first_on: date
    last_on: date

    def covers(self, day: date) -> bool:
        return self.first_on <= day <= self.last_on


def on_duty(rota: Sequence[UUID], away: Iterable[Away], day: date) -> UUID | None:
    """Return who does a check due on a day: the first of the rota who is there. None: nobody is."""
    gone = {one.who for one in away if one.covers(day)}
    return next((who for who in rota if who not in gone), None)


@control(
    "C37",
    "A rota names two fit people at least, and covers every day ahead, holidays and closures too",
    coverage=Coverage.WHOLE,
)
def covered_until(rota: Sequence[UUID], away: Collection[Away], today: date) -> date | None:
    """Return the last day, within `HORIZON`, up to which somebody of the rota is there each day; None without one.

    ``rota``: those of it who may do the check today. Fewer than two of them are no rota: nobody would step in.
    """
    if len(set(rota)) < ROTA_PEOPLE:
        return None
    days = (today + timedelta(days=ahead) for ahead in range(HORIZON.days + 1))
    gap = next((day for day in days if on_duty(rota, away, day) is None), None)
    if gap is None:
        return today + HORIZON
    return gap - timedelta(days=1) if gap > today else None


# ── What ──


@dataclass(frozen=True, slots=True)
class Given:
    """One answer, and what was found and done."""

    answer: Answer
    note: str = ""


@control("C39", "No heading of a check stays without an answer; what was found says what was done about it")
def answer_problem(heading: Heading, given: Given | None) -> str:
    """Return what is wrong with the answer to one heading, or ""."""
    if given is None:
        return f"Answer this too, also when there is nothing: “{heading.asks}”"
    if heading.private and given.note not in {"", TOLD_THE_LEAD}:
        return "Write nothing about it here: others read this. Tell the safeguarding lead."
    if heading.private and given.answer == Answer.FOUND and not given.note:
        return f"Tell the safeguarding lead first, then tick that you did: “{heading.short}”."
    if given.answer == Answer.FOUND and len(given.note.strip()) < SHORTEST_NOTE:
        return f"Say in a sentence what you found, and what was done about it: “{heading.short or heading.asks}”."
    if len(given.note) > LONGEST_NOTE:
        return f"That is too long: {len(given.note)} letters, and {LONGEST_NOTE} fit."
    return ""


def done(step: Step, given: Mapping[str, Given]) -> bool:
    """Return whether every heading of a step is answered."""
    return all(heading.id in given for heading in headings_of(step))


@dataclass(frozen=True, slots=True)
class Seen:
    """What Stairgate itself knows while a check is signed."""

    accounts: int
    undecided: int = 0  # what came in and nobody has decided
    moved: int = 0  # settings that are not as agreed
    strangers: int = 0  # who can reach a page and should not
    acted: int = 0  # decisions since the last check that were more than "no action"
    unread: int = 0  # accounts that should have been read and were not


@control("C39", "A check is not signed with a heading unanswered, or with anything that came in undecided")
@control("C40", "A check is not signed while something that came in waits for its first decision")
def unfinished(given: Mapping[str, Given], seen: Seen) -> tuple[str, ...]:
    """Return what keeps a check from being signed, in words: also an answer that we know is not so."""
    if not seen.accounts:
        return ("There is no account to check yet.",)
    found = [f"{TITLES[step]}: not answered yet." for step in Step if not done(step, given)]
    if seen.undecided:
        waits = "1 thing waits" if seen.undecided == 1 else f"{seen.undecided} things wait"
        found.append(f"{waits} in the inbox and nobody has decided yet.")
    for heading, known, says in (
        ("settings-glance", seen.moved, "A setting has moved, so “All as agreed” is not so."),
        (
            "who-has-access",
            seen.strangers,
            "Somebody is on an access list who should not, so “Only those” is not so.",
        ),
    ):
        if known and heading in given and given[heading].answer == Answer.NONE:
            found.append(f"{says} Answer that anew.")
    return tuple(found)


def is_nil(answers: Iterable[Given], seen: Seen) -> bool:
    """Return whether it was a quiet week: nothing was ever found under any heading, nothing had to be done about what
    came in, and everything that should be read was.
    """
    quiet = not (seen.moved or seen.strangers or seen.acted or seen.unread)
    return quiet and all(one.answer == Answer.NONE for one in answers)


def sample_size(judged_safe: int) -> int:
    """Return of how many things judged safe somebody else takes a second look: one in four, one at least, five at most."""
    return min(SAMPLE_MOST, -(-judged_safe // SAMPLE_OF))
