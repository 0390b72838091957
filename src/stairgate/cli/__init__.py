"""The command line: one module a command. Only the command that is asked for is loaded, and Django only by need."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from stairgate.cli.words import Stop, complain
from stairgate.config.home import HomeTrouble

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

#: each module offers add_parser(subparsers), and run(args) -> exit code
COMMANDS = ("start", "check", "backup", "restore", "clauses", "screen", "verify")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code. Trouble a person can mend is one sentence, not a traceback."""
    given = list(sys.argv[1:] if argv is None else argv)
    args = _parser(given).parse_args(given)
    try:
        return int(args.run(args))
    except Stop as stop:
        complain(str(stop))
        return stop.status
    except HomeTrouble as trouble:
        complain(str(trouble))
        return 2
    except KeyboardInterrupt:
        return 130


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser that knows the one command asked for, or all of them when none is named."""
    parser = argparse.ArgumentParser(
        prog="stairgate", description="The safety gate for the social media of a nursery, school or club."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    wanted = given[0] if given and given[0] in COMMANDS else None
    for name in COMMANDS if wanted is None else (wanted,):
        import_module(f"stairgate.cli.{name}").add_parser(commands)
    return parser


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"stairgate {version('stairgate')}")
        parser.exit(0)


def with_django() -> None:
    """Load Django on the data folder. Raises `HomeTrouble` when there is no installation in it yet."""
    from stairgate.config.home import locate

    home = locate()
    if not home.keys.exists():
        raise HomeTrouble(
            f"There is no Stairgate in {home.path} yet. Run “stairgate start” first, or set STAIRGATE_HOME."
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stairgate.config.settings")
    import django

    django.setup()
