"""The benchmark's commands."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Sequence
from pathlib import Path

from bench.screening import accuracy, check, compare, peers, speed, tools
from bench.screening.messages import HALVES
from bench.screening.ours import Ours

COMMANDS = ("all", "accuracy", "disguise", "details", "hate", "hostile", "speed", "peers", "check")


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
        help='show wrong answers: of a category, of "innocent" messages, of a kind in the other tables, or all',
    )
    made.add_argument("--show-report", action="store_true", help="show wrong answers of the report half too")
    made.add_argument("--install", action="store_true", help="install the peers into their folder first")
    made.add_argument(
        "--peers", type=Path, default=peers.default_folder(), help="the folder the peers live in"
    )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 1 when the messages break their own rules."""
    asked = parser().parse_args(arguments)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # so that "| head" ends it quietly
    if asked.install:
        peers.install(asked.peers)
    if asked.command in ("accuracy", "disguise", "details", "hate"):
        _ours(asked)
    if asked.command == "check":
        return min(1, check.check(asked.sets))
    if asked.command in ("peers", "speed", "all"):
        _together(asked)
    if asked.command in ("hostile", "speed", "all"):
        speed.hostile()
    return 0


def _ours(asked: argparse.Namespace) -> None:
    """Print one table of our own answers: quick."""
    ours = Ours()
    errors = () if asked.errors is None else tuple(asked.errors) or ("all",)
    if asked.command == "accuracy":
        halves = (asked.half,) if asked.half else HALVES
        accuracy.all_halves(ours, halves, asked.sets, errors, asked.show_report)
    elif asked.command == "disguise":
        accuracy.disguised_words(ours, errors)
    elif asked.command == "details":
        accuracy.personal_details(ours, errors)
    else:
        accuracy.hate_functions(ours, errors)


def _together(asked: argparse.Namespace) -> None:
    """Print ours beside the peers: their answers, their speed, or both."""
    running = tools.start(asked.peers, {"terms": speed.pack_terms()})
    try:
        if asked.command != "speed":
            compare.compare([tool for tool in running if tool.peer is not peers.AUTOMATON], asked.sets)
        if asked.command != "peers":
            speed.rates(running, asked.sets)
    finally:
        for tool in running:
            tool.close()
