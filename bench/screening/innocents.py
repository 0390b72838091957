"""Innocent words, names and things that look rude or disguised and are neither."""

from __future__ import annotations

import tomllib
from pathlib import Path

from bench.screening.carriers import INNOCENT, source
from bench.screening.messages import Message

LISTS = Path(__file__).with_name("data") / "innocents.toml"


def innocents() -> list[Message]:
    """Return every innocent item in an everyday sentence."""
    made = []
    for name, items in tomllib.loads(LISTS.read_text(encoding="utf-8")).items():
        pick = source(f"innocent {name}")
        made += [
            Message(f"{name}-{item}", pick.choice(INNOCENT).format(item), group=name)
            for item in dict.fromkeys(items)
        ]
    return made
