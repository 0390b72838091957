"""``stairgate verify``: check an export, with the very program that ships inside it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from stairgate.ledger import verifier

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "verify",
        help="check an exported record offline",
        description="Check an exported record offline: 0 sound, 1 tampered with, 2 unreadable.",
    )
    verifier.add_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check the export, print plain sentences, return the exit status. Needs no data folder."""
    return verifier.run(args)
