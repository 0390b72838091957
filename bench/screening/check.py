"""Whether the nursery's messages keep their own rules: known labels, invented details, halves that do not overlap."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.screening.messages import HALVES, Message, read_half

from stairgate.screening import Author, Category, Direction

DRAMA = re.compile(r"07700900\d{3}|01632960\d{3}|02079460\d{3}|01614960\d{3}|08081570\d{3}|09098790\d{3}")
NUMBER = re.compile(r"(?<![\d£])(?:\+44|0)[\d\s().-]{8,14}\d")
SITE = re.compile(r"\b[\w-]+\.(?:com|co\.uk|org|net|info|uk|me|io)\b", re.IGNORECASE)
PUBLIC = frozenset({"gov.uk", "nhs.uk"})
CONTEXT = {"has_picture", "is_reply", "author"}
ALIKE = 0.7


def check(sets: Sequence[Path]) -> int:
    """Print every breach and each category's share. Returns the number of breaches."""
    halves = {half: read_half(half, sets) for half in HALVES}
    breaches = [
        breach for messages in halves.values() for message in messages for breach in _breaches(message)
    ]
    names = Counter(message.id for messages in halves.values() for message in messages)
    breaches += [f"{name}: {times} messages have this id" for name, times in names.items() if times > 1]
    breaches += _alike(halves[HALVES[0]], halves[HALVES[1]])
    for half, messages in halves.items():
        labels = Counter(label for message in messages for label in message.categories)
        innocent = sum(not message.flagged for message in messages)
        print(f"{half}: {len(messages)} messages, {innocent} innocent; {dict(labels.most_common())}")
    print("\n".join(breaches) or "nothing is wrong")
    return len(breaches)


def _breaches(message: Message) -> Iterator[str]:
    for label in message.categories - {category.value for category in Category}:
        yield f"{message.id}: no category is called {label}"
    if message.direction not in set(Direction):
        yield f"{message.id}: no direction is called {message.direction}"
    if set(message.context) - CONTEXT or message.context.get("author", "stranger") not in set(Author):
        yield f"{message.id}: a context that is not known, {dict(message.context)}"
    for found in NUMBER.findall(message.text):
        digits = re.sub(r"\D", "", found)
        local = "0" + digits[2:].lstrip("0") if digits.startswith("44") else digits
        if len(local) == 11 and not DRAMA.fullmatch(local):
            yield f"{message.id}: {found} is not from the ranges kept for drama"
    for found in SITE.findall(message.text):
        if found.lower() not in PUBLIC:
            yield f"{message.id}: {found} is not under .example"


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def _alike(develop: Sequence[Message], report: Sequence[Message]) -> list[str]:
    """Return pairs of messages, one from each half, that share most of their words."""
    known = [(message.id, _words(message.text)) for message in develop]
    found = []
    for message in report:
        words = _words(message.text)
        for other, its in known:
            if len(words) > 3 and len(words & its) / len(words | its) >= ALIKE:
                found.append(f"{message.id} is much like {other} of the other half")
    return found
