"""What has to be confirmed before an account opens, and what still counts. Pure: everything known is an argument."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from stairgate.channels.rules import Restriction
from stairgate.clauses import Coverage, control
from stairgate.organisations.words import together

#: what a confirmed plan says besides the numbers of the policy; another number when `plan` says something else
_PLAN = "1"
_NOBODY = "Nobody yet"


class Item(enum.StrEnum):
    """One thing that has to be so before anything goes out."""

    RULES = "rules"
    PLAN = "plan"
    REPORT = "report"
    HELP = "help"
    OWNER = "owner"


CLAUSE = {
    Item.RULES: "C02",
    Item.PLAN: "C16",
    Item.REPORT: "C16",
    Item.HELP: "C62",
    Item.OWNER: "C24",
}
_NOT_YET = {
    Item.RULES: "nobody has confirmed that our house rules are on it",
    Item.PLAN: "nobody has accepted how it is looked after",
    Item.REPORT: "nobody has confirmed that visitors can report something there",
    Item.HELP: "nobody has confirmed that it shows children where to get help",
    Item.OWNER: "nobody has recorded that our setting owns it, and how each person gets in",
}
_CHANGED = {
    Item.RULES: "our house rules have changed since they were confirmed on it",
    Item.PLAN: "how it is looked after has changed since it was accepted",
    Item.REPORT: "how we are reached has changed since the way to report was confirmed",
    Item.HELP: "the words that point children to help have changed since they were confirmed on it",
    Item.OWNER: "it is another page than the one whose owner was recorded",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """What is confirmed of an account today."""

    stands_for: Mapping[Item, str] = field(default_factory=dict)  # by what was confirmed: what it was about
    holders: int = 0  # who can open its mailbox and works here today
    staying: int = 0  # of these, whose last day is not set
    moved: str = ""  # somebody with an access there who holds the role no more, and still works here
    newcomer: str = ""  # somebody who holds the role, and whose access nobody has looked at
    seen_at: datetime | None = None  # the oldest of what was confirmed


def about(*, rules: str, signpost: str, check_days: int, reached: str, page: str) -> dict[Item, str]:
    """Return what each thing stands for today: a confirmation counts as long as this is the same.

    ``rules``: the followers' list of the policy in force, "" when it came as a text without one: then nothing about
    it can have changed. ``reached``: how visitors reach us. ``page``: the account on the network.
    """
    told = {
        Item.RULES: rules,
        Item.PLAN: f"{_PLAN} {check_days}",
        Item.REPORT: reached,
        Item.HELP: signpost,
        Item.OWNER: page,
    }
    return {item: hashlib.sha256(words.encode()).hexdigest() if words else "" for item, words in told.items()}


def counts(item: Item, opening: Opening, today: Mapping[Item, str]) -> bool:
    """Return whether something is confirmed, and still is what was confirmed."""
    stands_for = opening.stands_for.get(item)
    return stands_for is not None and today[item] in {"", stands_for}


@control(
    "C02",
    "Nothing goes out to a page until the house rules of the policy in force are confirmed on it",
    coverage=Coverage.WHOLE,
)
@control(
    "C16",
    "Nothing goes out before house rules, a plan for looking after the page and a way to report are confirmed",
    coverage=Coverage.WHOLE,
)
@control(
    "C24",
    "Nothing goes out before it is recorded that the setting owns the page, and how each person gets in",
    coverage=Coverage.WHOLE,
)
@control(
    "C62",
    "Nothing goes out to a page until help in words a child can read is confirmed on it",
    coverage=Coverage.WHOLE,
)
def unconfirmed(
    name: str, opening: Opening, today: Mapping[Item, str], *, need: int
) -> tuple[Restriction, ...]:
    """Return what shuts an account because it is not confirmed, or not any more, each with its clause.

    ``need``: how many people at least can open its mailbox at any time, says the policy.

    A change counts at once, whichever kind of version brought it: a page that shows other rules than ours shows none,
    and to copy them anew is a minute's work.
    """
    found = [
        Restriction(CLAUSE[item], f"{name}: {_why(item, opening)}.", to_confirm=True)
        for item in Item
        if not counts(item, opening, today)
    ]
    if Item.OWNER in opening.stands_for and opening.holders < need:
        found.append(Restriction("C25", too_few(name, opening.holders, need), to_confirm=True))
    return tuple(found)


def _why(item: Item, opening: Opening) -> str:
    return (_CHANGED if item in opening.stands_for else _NOT_YET)[item]


def why_not_any_more(item: Item) -> str:
    """Return why something that was confirmed does not count any more, as the end of a sentence."""
    return "whoever accepted it, or the numbers in it, changed" if item == Item.PLAN else _CHANGED[item]


def too_few(name: str, holders: int, need: int) -> str:
    """Return what is wrong when too few can open the mailbox of an account."""
    some = "one person who works here" if holders == 1 else f"{holders} people who work here"
    return f"{name}: {some if holders else 'nobody who works here'} can open its mailbox. Name {need} people."


@control(
    "C25",
    "An account that a leaver, or somebody with a new role, leaves short of holders is named until mended",
)
def short_soon(name: str, opening: Opening, *, need: int) -> str:
    """Return what is amiss with who gets in and does not shut the account by itself, or ""."""
    if Item.OWNER not in opening.stands_for or opening.holders < need:
        return ""  # it shuts the account, and is told as that
    if opening.moved:
        return f"{name}: {opening.moved} is no page administrator any more. Take the access to the page away there."
    if opening.staying < need:
        return f"{name}: somebody leaves, and then fewer than {need} people can open its mailbox."
    if opening.newcomer:
        return f"{name}: nobody has looked at the access that {opening.newcomer} has to the page as an administrator."
    return ""


@control("C25", "A last day that leaves too few holders to an account is told by the account's name")
def falls_short(
    name: str, *, who: str, administrators: int, needed: int, holders: int, holders_needed: int
) -> str:
    """Return what keeps a leaver's list from being finished for one account, or "" when enough people remain.

    ``administrators`` and ``holders``: who remains without the leaver.
    """
    if administrators < needed:
        return f"{name}: without {who}, {_people(administrators)} fit to run it, and {needed} are needed."
    if holders < holders_needed:
        return (
            f"{name}: without {who}, {_people(holders)} named who can open its mailbox, "
            f"and {holders_needed} are needed."
        )
    return ""


def _people(count: int) -> str:
    return "nobody is" if count == 0 else "one person is" if count == 1 else f"{count} people are"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a page is looked after, in sentences. The numbers come from the policy, the names from the roles of today."""

    lines: tuple[tuple[str, str], ...]


def plan(
    *, administrators: Sequence[str], leads: Sequence[str], check_days: int, by_hand: bool, hours: str
) -> Plan:
    """Return the plan for looking after a page (C16)."""
    often = "every day" if check_days == 1 else f"every {check_days} days at the latest"
    reads = (
        "Somebody opens the group and reads what is new."
        if by_hand
        else "Stairgate collects what people write, and each comment waits in the inbox until somebody decided."
    )
    watched = f" Visitors are told that we read {hours}." if hours else ""
    return Plan(
        (
            ("Who looks", f"{together(administrators) or _NOBODY}, as page administrators. {reads}"),
            (
                "How fast",
                f"What waits is decided by the end of the next working day, what may put a child at risk at once. "
                f"The whole page is looked through {often}.{watched}",
            ),
            (
                "What comes down",
                "Whatever breaks the house rules: names and pictures of children, personal details, rude, hurtful or "
                "hateful words, scams. What may be evidence is written down before it comes down.",
            ),
            (
                "Who is told",
                f"{together(leads) or _NOBODY}, who leads safeguarding, of everything that worries us about a child. "
                "In danger: 999 first.",
            ),
        )
    )
