"""The benchmark's commands."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.screening import accuracy
from bench.screening.messages import HALVES
from bench.screening.ours import Ours

COMMANDS = ("all", "accuracy", "disguise", "details", "hate")


def parser() -> argparse.ArgumentParser:
    """Return what the command line understands."""
    made = argparse.ArgumentParser(prog="python bench/screening", description=__doc__)
    made.add_argument("command", nargs="?", default="all", choices=COMMANDS)
    made.add_argument("--half", choices=HALVES, help="one half of the nursery's messages only")
    made.add_argument(
        "--sets",
        type=Path,
        nargs="*",
        default=[],
        help="where the messages are when the repository has none yet",
    )
    made.add_argument(
        "--errors",
        nargs="*",
        metavar="CATEGORY",
        help='show wrong answers: of a category, of "innocent" messages or "all"; no name needed for other tables',
    )
    made.add_argument("--show-report", action="store_true", help="show wrong answers of the report half too")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0."""
    asked = parser().parse_args(arguments)
    ours, errors = Ours(), asked.errors is not None
    if asked.command in ("accuracy", "all"):
        halves = (asked.half,) if asked.half else HALVES
        accuracy.all_halves(
            ours, halves, asked.sets, asked.errors or (["all"] if errors else []), asked.show_report
        )
    if asked.command in ("disguise", "all"):
        accuracy.disguised_words(ours, errors)
    if asked.command in ("details", "all"):
        accuracy.personal_details(ours, errors)
    if asked.command in ("hate", "all"):
        accuracy.hate_functions(ours, errors)
    return 0
