"""One labelled message, and how a folder of JSON lines is read into a list of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parents[1] / "screening_set"
HALVES = ("develop", "report")


@dataclass(frozen=True, slots=True)
class Message:
    """A text, what it should be found to be (nothing: innocent), and the drawer of the table it belongs in."""

    id: str
    text: str
    categories: frozenset[str] = frozenset()
    direction: str = "inbound_comment"
    context: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""

    @property
    def flagged(self) -> bool:
        """Whether a person should look at this message."""
        return bool(self.categories)


def read_half(half: str, elsewhere: Sequence[Path] = ()) -> list[Message]:
    """Return one half of the set, from the repository and else from the first folder elsewhere that has it.

    Such a folder holds folders named for the halves, or is a checkout with bench/screening_set in it.
    """
    places = [HOME / half]
    for folder in elsewhere:
        places += [folder / half, folder / "bench" / "screening_set" / half]
    for place in places:
        files = sorted(place.glob("*.jsonl")) if place.is_dir() else []
        if files:
            return [message for file in files for message in read_file(file)]
    return []


def read_file(file: Path) -> Iterable[Message]:
    """Yield the messages of one file. A line that cannot be read stops the run and names its place."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            yield Message(
                id=data["id"],
                text=data["text"],
                categories=frozenset(data.get("categories") or ()),
                direction=data["direction"],
                context=data.get("context") or {},
                group=file.stem,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise SystemExit(f"{file.name}, line {number}: {error!r}") from error
