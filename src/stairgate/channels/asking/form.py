"""The form of Appendix 2 as data: its steps, its fields, and one way to write it down. Pure."""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stairgate.networks.public import PUBLIC

#: by field: a line, or the ticks that are set
Answers = dict[str, str | list[str]]

NETWORKS = (
    ("facebook", "Facebook page"),
    ("instagram", "Instagram"),
    ("bluesky", "Bluesky"),
    ("mastodon", "Mastodon"),
    ("x", "X"),
    ("assisted", "Group or another place, by hand"),
)
AUDIENCES = (("public", "Everybody"), ("parents", "Parents and carers"), ("young", "Young people under 18"))
LEVELS = (("low", "Low"), ("medium", "Medium"), ("high", "High"))
YOUNG = "young"
YES = "yes"
MOST_ADMINISTRATORS = 3
NEEDED = 2


class Kind(enum.StrEnum):
    LINE = "line"
    TEXT = "text"
    DAY = "day"
    EMAIL = "email"
    CHOICE = "choice"
    TICK = "tick"
    TICKS = "ticks"
    PERSON = "person"
    PEOPLE = "people"


_BOOK = 10_000
MANY = frozenset({Kind.TICKS, Kind.PEOPLE})


@dataclass(frozen=True, slots=True)
class Field:
    """One question. ``least``: the fewest characters of an answer; 0 when it may be left out."""

    name: str
    label: str
    clause: str
    kind: Kind = Kind.LINE
    hint: str = ""
    least: int = 1
    most: int = 200
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the form."""

    slug: str
    title: str
    fields: tuple[Field, ...]


def _text(name: str, label: str, clause: str, hint: str = "", least: int = 10) -> Field:
    return Field(name, label, clause, Kind.TEXT, hint, least, 1500)


def _administrator(number: int) -> tuple[Field, ...]:
    clause, needed = "C100" if number > 1 else "C99", int(number <= NEEDED)
    word = ("First", "Second", "Third")[number - 1]
    optional = "" if needed else " A third keeps the page going when one is ill."
    return (
        Field(
            f"admin{number}",
            f"{word} administrator",
            clause,
            Kind.PERSON,
            f"Only people whose role, check, training and signature are in date are listed.{optional}",
            needed,
        ),
        Field(
            f"admin{number}_email",
            f"{word} administrator’s work email",
            clause,
            Kind.EMAIL,
            "Leave it empty for the one they sign in with.",
            0,
        ),
        Field(f"admin{number}_phone", f"{word} administrator’s telephone", clause, least=needed, most=40),
        Field(
            f"admin{number}_manager",
            f"{word} administrator’s line manager",
            clause,
            hint="Somebody else: a first name and what they do.",
            least=needed,
        ),
    )


def _risk(key: str, what: str, clause: str, hint: str) -> tuple[Field, ...]:
    return (
        Field(f"risk_{key}_level", f"{what}: how likely?", clause, Kind.CHOICE, hint, choices=LEVELS),
        _text(f"risk_{key}_control", f"{what}: what we do about it", clause),
        Field(f"risk_{key}_owner", f"{what}: who sees to it", clause, most=120),
        Field(
            f"risk_{key}_left",
            f"{what}: how much of it is left, with that?",
            "C09",
            Kind.CHOICE,
            "Some always is. While it is high, nobody can say yes.",
            choices=LEVELS,
        ),
    )


RISKS = (
    ("staff", "Risk to staff", "C06", "Being accused, or contacted in a way that is not right."),
    ("public", "Risk to children and families", "C07", "Grooming, bullying, harmful content, scams."),
    ("name", "Risk to our name", "C08", "Bad language, comments that are not right, complaints."),
    ("young", "Under-18s may see this", "C15", "They may, whoever the page is for: so this is always asked."),
)


def _ages() -> str:
    return ", ".join(f"{label} {PUBLIC[network].minimum_age}" for network, label in NETWORKS)


STEPS = (
    Step(
        "what",
        "What and why",
        (
            Field("network", "Where", "C90", Kind.CHOICE, choices=NETWORKS),
            Field("name", "Name of the page", "C90", hint="As families will see it.", least=3, most=80),
            Field("address", "Its address or handle", "C90", hint="If you know it already.", least=0),
            Field("team", "Team that asks", "C91", hint="For example: the office, Acorns.", most=120),
            Field(
                "service",
                "Setting or provider, with its Ofsted number",
                "C92",
                hint="In a council: the service or directorate.",
                most=160,
            ),
            _text("purpose", "What is it for?", "C95", least=20),
            _text(
                "tags",
                "The kinds of posts",
                "C03",
                "One on each line, six at most. Each post will have to be one of them.",
                least=3,
            ),
            _text("achieve", "What do you hope to achieve?", "C96"),
            _text("aims", "Which of our aims does it serve?", "C97"),
        ),
    ),
    Step(
        "readers",
        "Who it’s for",
        (
            Field("audience", "Who is it for?", "C94", Kind.TICKS, choices=AUDIENCES),
            _text(
                "young_plan",
                "If young people are among them: how they are kept safe",
                "C94",
                "How you keep to the network’s lowest age. The safeguarding lead has to sign, too.",
                least=0,
            ),
            Field(
                "young_age",
                "If young people are among them: the lowest age there",
                "C94",
                hint=f"Type it in years, to say that you know it. In the UK: {_ages()}. Nobody younger is meant by the page.",
                least=0,
                most=3,
            ),
            Field(
                "child_help",
                "The page will say, in words a child can read, where to get help",
                "C62",
                Kind.TICK,
            ),
            _text("evaluation", "How will you know that it worked?", "C98", "What you count or ask."),
            Field(
                "evaluate_on",
                "When will you look?",
                "C98",
                Kind.DAY,
                "Within a year. Without this look, the page cannot go on after its time.",
            ),
        ),
    ),
    Step(
        "people",
        "Who will run it",
        (
            Field("lead", "Whom to ask about this request", "C93", Kind.PERSON),
            Field(
                "lead_email", "Their work email", "C93", Kind.EMAIL, "Empty: the one they sign in with.", 0
            ),
            Field("lead_phone", "Their telephone", "C93", most=40),
            Field("lead_address1", "Postal address", "C93", most=120),
            Field("lead_address2", "Postal address, second line", "C93", most=120),
            *(field for number in range(1, MOST_ADMINISTRATORS + 1) for field in _administrator(number)),
            Field(
                "mailbox",
                "Mailbox that opens the account",
                "C22",
                Kind.EMAIL,
                "One that the team shares, such as office@. Never a person’s own.",
            ),
            Field("holders", "Who can open that mailbox?", "C22", Kind.PEOPLE, "Two people or more."),
        ),
    ),
    Step(
        "safe",
        "How it stays safe",
        (
            *(field for risk in RISKS for field in _risk(*risk)),
            _text("wrong", "If something goes wrong: who acts first, and how are they reached?", "C07"),
            Field(
                "weekly",
                "Somebody looks at it every week, holidays included",
                "C38",
                Kind.TICK,
            ),
            Field(
                "owned",
                "The setting owns the account: it is opened with the shared mailbox, on Facebook in a business "
                "portfolio, and never with anybody’s personal details",
                "C24",
                Kind.TICK,
            ),
        ),
    ),
)
FIELDS: dict[str, Field] = {field.name: field for step in STEPS for field in step.fields}
STEP_OF: dict[str, Step] = {field.name: step for step in STEPS for field in step.fields}


def typed(step: Step, given: Mapping[str, Sequence[str]]) -> Answers:
    """Return what somebody typed on one step; unknown fields are left out.

    Nothing is judged here: a draft keeps what it is given, also what is too long, but no book.
    """
    found: Answers = {}
    for field in step.fields:
        values = [value.replace("\r\n", "\n").strip()[:_BOOK] for value in given.get(field.name, ())]
        if field.kind in MANY:
            found[field.name] = list(dict.fromkeys(values))[:30]
        elif field.kind == Kind.TICK:
            found[field.name] = YES if values else ""
        else:
            found[field.name] = values[-1] if values else ""
    return found


def line(answers: Mapping[str, object], name: str) -> str:
    """Return the answer to a question of one line, "" without one."""
    value = answers.get(name, "")
    return value if isinstance(value, str) else ""


def ticks(answers: Mapping[str, object], name: str) -> list[str]:
    """Return what is ticked."""
    value = answers.get(name)
    return [str(one) for one in value] if isinstance(value, list) else []


def tags(answers: Mapping[str, object]) -> list[str]:
    """Return the purposes that posts are tagged with (C03), each once."""
    lines = (" ".join(one.split()) for one in line(answers, "tags").split("\n"))
    return list(dict.fromkeys(one for one in lines if one))


def administrators(answers: Mapping[str, object]) -> list[str]:
    """Return the ids of those chosen as administrators, in order."""
    chosen = (line(answers, f"admin{number}") for number in range(1, MOST_ADMINISTRATORS + 1))
    return [one for one in chosen if one]


def for_the_young(answers: Mapping[str, object]) -> bool:
    """Return whether young people are among the readers (C94)."""
    return YOUNG in ticks(answers, "audience")


def left_of_risks(answers: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return each risk with how much of it is left, in words; "" where that was not said (C09)."""
    words = dict(LEVELS)
    return [(what, words.get(line(answers, f"risk_{key}_left"), "")) for key, what, *_ in RISKS]


def digest(about: Iterable[str], answers: Mapping[str, object]) -> str:
    """Return the digest that signatures are bound to: of what the request is, and of every answer."""
    whole = {"about": list(about), "answers": answers}
    written = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
