"""Functions of hate and of what only resembles it, in sentences of our own over seven groups of people."""

from __future__ import annotations

import tomllib
from pathlib import Path

from bench.screening.carriers import source
from bench.screening.messages import Message

SENTENCES = Path(__file__).with_name("data") / "hate.toml"
SPELLINGS = ("letters swapped", "letter lost", "spaces lost", "spaces added", "leet")
MISSPELLED = ("hate", "scum", "shot", "vermin")
LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5"})


def _respell(text: str, how: str, word: str) -> str:
    """Misspell one word of a text in one of five ways."""
    middle = max(1, len(word) // 2)
    if how == "spaces lost":
        return text.replace(" ", "")
    changed = {
        "letters swapped": word[:1] + word[2:3] + word[1:2] + word[3:],
        "letter lost": word[:middle] + word[middle + 1 :],
        "leet": word.translate(LEET),
        "spaces added": " ".join(word),
    }[how]
    return text.replace(word, changed, 1)


def cases() -> list[Message]:
    """Return every case: some labelled hate, some with no label."""
    data = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    made: list[Message] = []

    def add(function: str, text: str, hateful: bool) -> None:
        labels = frozenset({"hate"}) if hateful else frozenset()
        written = text[0].upper() + text[1:] if len(made) % 3 else text
        made.append(Message(f"{function}-{len(made)}", written, labels, group=function))

    for table, hateful in (("hateful", True), ("innocent", False)):
        for function, templates in data[table].items():
            for group in data["group"]:
                for template in templates:
                    add(function, template.format(**group), hateful)
    for function, texts in data["whole"].items():
        for text in texts:
            add(function, text, False)
    for how in SPELLINGS:
        pick = source(f"hate {how}")
        for group in data["group"]:
            for template in data["spelled"]:
                text = template.format(**group)
                words = [word for word in (*MISSPELLED, group["slur"]) if word in text.split()]
                add(
                    f"spelling, {how}",
                    _respell(text, how, pick.choice(words or [group["many"].split()[-1]])),
                    True,
                )
    return made
