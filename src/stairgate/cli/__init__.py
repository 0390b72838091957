"""The command line: one module a command. Django is loaded only by commands that need it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

from stairgate.config.home import HomeTrouble

#: each module offers add_parser(subparsers), and run(args) -> exit code
_COMMANDS = ("start", "check", "backup", "restore", "clauses", "screen", "verify")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code. Trouble a person can mend is one sentence, not a traceback."""
    parser = argparse.ArgumentParser(
        prog="stairgate", description="The safety gate for the social media of a nursery, school or club."
    )
    parser.add_argument("--version", action="version", version=f"stairgate {version('stairgate')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in _COMMANDS:
        import_module(f"stairgate.cli.{name}").add_parser(commands)
    args = parser.parse_args(argv)
    try:
        return int(args.run(args))
    except HomeTrouble as trouble:
        print(f"stairgate: {trouble}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def with_django() -> None:
    """Load Django on the data folder. Raises `HomeTrouble` when there is no installation in it yet."""
    from stairgate.config.home import locate

    home = locate()
    if not home.keys.exists():
        raise HomeTrouble(
            f"There is no Stairgate in {home.path} yet. Run “stairgate start” first, or set STAIRGATE_HOME."
        )
    os.environ["DJANGO_SETTINGS_MODULE"] = "stairgate.config.settings"
    import django

    django.setup()
