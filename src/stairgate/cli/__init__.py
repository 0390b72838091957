"""The command line: one module a command. Django is loaded only by commands that need it."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import NoReturn

from stairgate.config.home import Home, HomeTrouble, locate

#: each module offers add_parser(subparsers), and run(args) -> exit code
_COMMANDS = (
    "start",
    "worker",
    "check",
    "backup",
    "restore",
    "clauses",
    "policy",
    "pack",
    "screen",
    "verify",
    "rekey",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code. Trouble a person can mend is one sentence, not a traceback."""
    _print_anywhere()
    try:
        code = _run(argv)
        sys.stdout.flush()
    except HomeTrouble as trouble:
        print(f"stairgate: {trouble}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return _reader_gone()
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"stairgate: this cannot be done ({where}{error.strerror or error}).", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


def _run(argv: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(
        prog="stairgate", description="The safety gate for the social media of a nursery, school or club."
    )
    parser.add_argument("--version", action="version", version=f"stairgate {version('stairgate')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name in _COMMANDS:
        import_module(f"stairgate.cli.{name}").add_parser(commands)
    try:
        args = parser.parse_args(argv)
    except SystemExit as said:  # it has shown the help, or what is wrong with the words
        return int(said.code or 0)
    if args.command is None:
        parser.print_help()
        return 0
    return int(args.run(args))


def _print_anywhere() -> None:
    """A terminal that lacks our quotation marks shows question marks, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _reader_gone() -> int:
    """The reader went away, as ``head`` does. Leave nothing for Python to complain about at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def heed_terminate() -> None:
    """Let SIGTERM end this process as Ctrl-C would, so that it clears up behind itself."""
    signal.signal(signal.SIGTERM, _end)


def _end(number: int, frame: object) -> NoReturn:
    sys.exit(128 + number)


def with_django() -> None:
    """Load Django on the data folder. Raises `HomeTrouble` when there is no whole installation in it."""
    home = locate()
    check_there(home)
    if not os.environ.get("STAIRGATE_DATABASE_URL") and not home.database.exists():
        raise HomeTrouble(
            f"The database {home.database} is missing. Put it back from your backup; or run “stairgate start” "
            "if Stairgate has never finished starting here. Nothing was changed."
        )
    load_django(home)


def check_there(home: Home) -> None:
    """Raises `HomeTrouble` when there is nothing of Stairgate in a folder, or half of it."""
    home.check_whole()
    if not any(path.exists() for path in (home.keys, home.database, home.media)):
        raise HomeTrouble(
            f"There is no Stairgate in {home.path} yet. Run “stairgate start” first, or set STAIRGATE_HOME."
        )


def load_django(home: Home) -> None:
    """Load Django on a data folder. Raises `HomeTrouble` for settings that make no sense."""
    os.environ["STAIRGATE_HOME"] = str(home.path)
    os.environ["DJANGO_SETTINGS_MODULE"] = "stairgate.config.settings"
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except (ImproperlyConfigured, ValueError) as error:
        raise HomeTrouble(
            f"The settings of this installation cannot be used ({error}). See docs/hosting.md for each variable."
        ) from None
