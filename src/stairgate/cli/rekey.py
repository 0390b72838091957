"""``stairgate rekey``: a new key for the vault, for when somebody else may have seen the old one."""

from __future__ import annotations

import argparse
from typing import Any

from stairgate.cli import with_django
from stairgate.config.home import HomeTrouble


def add_parser(subparsers: Any) -> None:
    """Add ``rekey`` to the program's commands."""
    parser = subparsers.add_parser(
        "rekey",
        help="give the vault a new key",
        description="Makes a new key for the vault, seals every password and code key in it anew, and throws the older "
        "keys away. Stairgate may run meanwhile. Cut short, nothing is lost: run it again. Backups from before need the "
        "keys that are in them.",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Seal the vault with a new key; return 0. Raises `HomeTrouble` when something in it does not open."""
    with_django()
    from stairgate.channels.vault.rekey import NotAllSealed, rekey
    from stairgate.organisations.sealing import CannotOpen

    try:
        count = rekey()
    except (CannotOpen, NotAllSealed) as trouble:
        raise HomeTrouble(f"{trouble} Every key was kept.") from None
    print(f"The vault has a new key. Sealed anew: {count}. Make a backup now: older ones hold the older key.")
    return 0
