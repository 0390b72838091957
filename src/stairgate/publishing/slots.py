"""The words of an urgent template and the gaps in them: what may be filled in, and what then is said. Pure.

A gap takes a time, a day, a whole number or one of the choices approved with it. Nothing that somebody types freely
can get into the words, so whoever approves a template has read all that it can ever say.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.db import models

_DOMAIN = b"stairgate/urgent/1\x00"
_GAP = re.compile(r"\{([a-z][a-z_]{0,19})\}")
LONGEST_TEXT, LONGEST_CHOICE = 2_000, 120
MOST_SLOTS, MOST_CHOICES, MOST_WAYS = 6, 12, 200
HIGHEST = 999  # three digits: no number that rings a telephone
#: how far ahead a day may lie: what is later than that is not urgent
DAYS_AHEAD = 31


class SlotKind(models.TextChoices):
    """What a gap takes."""

    DAY = "day", "A day"
    TIME = "time", "A time"
    NUMBER = "number", "A whole number"
    CHOICE = "choice", "One of a list"


class BadValue(ValueError):
    """What was given for a gap is not of its kind. The message says what is."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One gap: its name in the words, its kind, and what limits it."""

    name: str
    kind: SlotKind
    low: int = 0
    high: int = HIGHEST
    choices: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """Its name as a person reads it."""
        return self.name.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Wording:
    """All that is approved of a template: any change to it gives another digest."""

    kind: str
    title: str
    text: str
    purpose: str
    slots: tuple[Slot, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 (hex) over words, gaps, their limits and choices, in one canonical form."""
        body = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(_DOMAIN + body.encode()).hexdigest()


def to_json(slots: tuple[Slot, ...]) -> list[dict[str, object]]:
    """Return gaps as plain values for storing."""
    return [asdict(slot) | {"choices": list(slot.choices)} for slot in slots]


def from_json(stored: list[dict[str, object]]) -> tuple[Slot, ...]:
    """Return gaps from stored values. Raises `ValueError`, `TypeError` or `KeyError` for what is none."""
    return tuple(
        Slot(
            str(row["name"]),
            SlotKind(str(row["kind"])),
            int(str(row["low"])),
            int(str(row["high"])),
            tuple(str(choice) for choice in row["choices"]),  # type: ignore[attr-defined]
        )
        for row in stored
    )


def names_in(text: str) -> tuple[str, ...]:
    """Return the names of the gaps in some words, each once, in order."""
    return tuple(dict.fromkeys(_GAP.findall(text)))


def problems_of(wording: Wording) -> tuple[str, ...]:
    """Return what is wrong with a template as such, in sentences for whoever writes it."""
    found = []
    if not wording.text.strip():
        found.append("Write what it says.")
    if len(wording.text) > LONGEST_TEXT:
        found.append(f"It is too long: {LONGEST_TEXT} letters fit.")
    if "{" in _GAP.sub("", wording.text) or "}" in _GAP.sub("", wording.text):
        found.append("Write a gap in small letters between curly brackets, like {day} or {opens_at}.")
    if sorted(names_in(wording.text)) != sorted(slot.name for slot in wording.slots):
        found.append("Say for each gap in the words what it takes, and for no other.")
    if len(wording.slots) > MOST_SLOTS:
        found.append(f"{MOST_SLOTS} gaps are the most.")
    found += [says for slot in wording.slots for says in _problems_of_slot(slot)]
    return tuple(found) or _too_many_ways(wording)


def _problems_of_slot(slot: Slot) -> Iterator[str]:
    if slot.kind == SlotKind.NUMBER and not 0 <= slot.low < slot.high <= HIGHEST:
        yield f"{slot.says}: give the lowest and the highest number, from 0 to {HIGHEST}."
    if slot.kind != SlotKind.CHOICE:
        return
    if not 2 <= len(slot.choices) <= MOST_CHOICES or len(set(slot.choices)) < len(slot.choices):
        yield f"{slot.says}: give from 2 to {MOST_CHOICES} different choices, one on each line."
    if any(not _is_choice(choice) for choice in slot.choices):
        yield f"{slot.says}: each choice is one line of at most {LONGEST_CHOICE} letters, without brackets."


def _is_choice(choice: str) -> bool:
    plain = choice == choice.strip() and choice.isprintable()
    return bool(choice) and plain and len(choice) <= LONGEST_CHOICE and not {"{", "}"} & set(choice)


def _too_many_ways(wording: Wording) -> tuple[str, ...]:
    ways = 1
    for slot in wording.slots:
        ways *= len(slot.choices) if slot.kind == SlotKind.CHOICE else 2
    if ways <= MOST_WAYS:
        return ()
    return ("Together these gaps can be filled in too many ways for anybody to read. Take some choices out.",)


def said_of(slot: Slot, value: str, sent_on: date) -> str:
    """Return what a stored value says in the words. Raises `BadValue` unless it is exactly of its kind.

    ``sent_on``: the setting's own day when it was sent; a day lies on it or a month after it.
    """
    match slot.kind:
        case SlotKind.DAY:
            return _day_said(slot, value, sent_on)
        case SlotKind.TIME:
            return _time_said(slot, value)
        case SlotKind.NUMBER:
            return _number_said(slot, value)
        case SlotKind.CHOICE:
            if value in slot.choices:
                return value
    raise BadValue(f"{slot.says}: choose one of the list.")


def _day_said(slot: Slot, value: str, sent_on: date) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise BadValue(f"{slot.says}: choose a day.") from None
    if day.isoformat() != value or not sent_on <= day <= sent_on + timedelta(days=DAYS_AHEAD):
        raise BadValue(f"{slot.says}: choose a day from today on, a month ahead at most.")
    return f"{day:%A} {day.day} {day:%B}"


def _time_said(slot: Slot, value: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise BadValue(f"{slot.says}: choose a time, like 08:30.")
    return value


def _number_said(slot: Slot, value: str) -> str:
    if not re.fullmatch(r"0|[1-9][0-9]{0,2}", value) or not slot.low <= int(value) <= slot.high:
        raise BadValue(f"{slot.says}: give a whole number from {slot.low} to {slot.high}.")
    return value


def filled(wording: Wording, values: Mapping[str, str], sent_on: date) -> str:
    """Return the words with every gap filled. Raises `BadValue` when one is missing, too many, or not of its kind."""
    if set(values) != {slot.name for slot in wording.slots}:
        raise BadValue("Fill in every gap.")
    said = {slot.name: said_of(slot, values[slot.name], sent_on) for slot in wording.slots}
    return _GAP.sub(lambda gap: said[gap.group(1)], wording.text)


def every_way(wording: Wording, today: date) -> Iterator[str]:
    """Yield the words with the gaps left open, then with every choice, and each other gap at both of its ends."""
    yield _GAP.sub("…", wording.text)
    names = [slot.name for slot in wording.slots]
    for values in itertools.product(*(_ends(slot, today) for slot in wording.slots)):
        yield filled(wording, dict(zip(names, values, strict=True)), today)


def _ends(slot: Slot, today: date) -> tuple[str, ...]:
    match slot.kind:
        case SlotKind.DAY:
            return today.isoformat(), (today + timedelta(days=DAYS_AHEAD)).isoformat()
        case SlotKind.TIME:
            return "07:00", "18:30"
        case SlotKind.NUMBER:
            return str(slot.low), str(slot.high)
        case SlotKind.CHOICE:
            return slot.choices
