"""Ours and the peers on the same texts in one run: should a person look?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.screening import details, disguise, hate, innocents, lookalikes
from bench.screening.accuracy import HATEFUL, RUDE, nursery_table
from bench.screening.messages import HALVES, Message, read_half
from bench.screening.peers import DETAILS, WORDS
from bench.screening.scores import Score, score, table
from bench.screening.tools import OURS, Tool, ask_in_turn

Flag = Callable[[Any], bool]
CONTACT = frozenset({"contact_details"})


def compare(tools: Sequence[Tool], sets: Sequence[Path]) -> None:
    """Print every table."""
    for half in HALVES:
        _nursery(tools, half, read_half(half, sets))
    fine = innocents.innocents()
    _by_group(tools, WORDS, [*disguise.disguised(), *fine], RUDE, "swearing, by disguise")
    _by_group(tools, DETAILS, [*details.positives(), *lookalikes.negatives()], CONTACT, "personal details")
    _by_group(tools, WORDS, hate.cases(), HATEFUL, "functions of hate")


def _flags(tool: Tool, answers: Sequence[Any], wanted: frozenset[str] | None) -> list[bool]:
    """Return yes or no for each answer: ours by category, a peer's as it stands."""
    if tool.peer is OURS and wanted is not None:
        return [bool(wanted & set(answer)) for answer in answers]
    return [bool(answer) for answer in answers]


def _summary(rows: Sequence[tuple[str, Score]]) -> str:
    return table(
        ("", "precision", "recall", "F1", "alarms", "balanced"),
        [(name, one.precision, one.recall, one.f1, one.false_alarms, one.balanced) for name, one in rows],
    )


def _nursery(tools: Sequence[Tool], half: str, messages: Sequence[Message]) -> None:
    if not messages:
        print(f"{half}: no messages here\n")
        return
    answers = ask_in_turn(tools, messages)
    print(f"nursery messages, {half} ({len(messages)}): should a person look?")
    rows, rude = [], []
    for tool in tools:
        flags = _flags(tool, answers[tool.name], None)
        rows.append((tool.name, score(zip((m.flagged for m in messages), flags, strict=True))))
        kind = {WORDS: "profanity", DETAILS: "contact_details"}
        for category in [kind[tool.peer.answers]] if tool.peer is not OURS else kind.values():
            chosen = _flags(tool, answers[tool.name], frozenset({category}))
            pairs = [
                (category in m.categories, flag)
                for m, flag in zip(messages, chosen, strict=True)
                if category in m.categories or not m.flagged
            ]
            rude.append((f"{category[:9]}: {tool.name}"[:27], score(pairs)))
    print(_summary(rows))
    print("\none category against the innocent messages")
    print(_summary(sorted(rude, key=lambda row: row[0].split(":")[0])))
    print("\nours, by category")
    print(nursery_table(messages, [frozenset(answer) for answer in answers[OURS.name]]), "\n")


def _by_group(
    tools: Sequence[Tool], answers_what: str, messages: Sequence[Message], wanted: frozenset[str], title: str
) -> None:
    """Print one set: sums for each tool, then the share of right answers by group."""
    chosen = [tool for tool in tools if tool.peer is OURS or tool.peer.answers == answers_what]
    answers = ask_in_turn(chosen, messages)
    scores: list[tuple[str, Score]] = []
    groups: dict[str, list[float]] = {}
    for tool in chosen:
        flags = _flags(tool, answers[tool.name], wanted)
        whole: dict[str, Score] = {}
        for message, flag in zip(messages, flags, strict=True):
            whole.setdefault(message.group, Score()).add(message.flagged, flag)
        scores.append((tool.name, sum(whole.values(), Score())))
        for group, one in whole.items():
            groups.setdefault(group, []).append((one.hits + one.passed) / (one.wanted + one.innocent))
    print(f"{title} ({len(messages)})")
    print(_summary(scores))
    print("\nright answers, by kind")
    print(
        table(("", *(tool.name[:10] for tool in chosen)), [(group, *row) for group, row in groups.items()]),
        "\n",
    )
