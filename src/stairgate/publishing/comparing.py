"""What is on the page against what was approved. Pure: no database, no clock, no network."""

from __future__ import annotations

import enum

from stairgate.networks.base import LivePost


class Differs(enum.StrEnum):
    """How what is there is not what was approved. Names are those of `models.Difference.Kind`."""

    CHANGED = "changed"
    GONE = "gone"
    HIDDEN = "hidden"


def compare(live: LivePost | None, *, text: str, pictures: int) -> Differs | None:
    """Return how what is there differs from what was approved; None when the public sees just that."""
    if live is None:
        return Differs.GONE
    if (plain(live.text), live.pictures) != (plain(text), pictures):
        return Differs.CHANGED
    return Differs.HIDDEN if live.is_hidden else None


def plain(text: str) -> str:
    """Return words as a page may give them back: line ends and outer space do not count."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))
