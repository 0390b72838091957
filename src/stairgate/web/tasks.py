"""What a line of Today is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Task:
    """One thing somebody has to do: what, why, one button, and how long it takes."""

    kind: str  # bad, risk, wait, lock: the colour of the shape
    icon: str
    title: str
    why: str
    status: str
    status_words: str
    href: str
    button: str
    minutes: int
    subject: str = ""  # of the reminder it is told by, where somebody can put it off
