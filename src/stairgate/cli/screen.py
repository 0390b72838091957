"""``stairgate screen``: read texts and print what the screening found, one JSON object a line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, cast

from stairgate.screening import Context, Direction, Screener, default_pack, to_json

STANDARD_INPUT = "-"
Source = tuple[str, int, str]  # where from, the line number (1 for a whole file), the text


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``screen`` to the program's commands and return its parser. ``run`` is its deed."""
    parser = cast(
        "argparse.ArgumentParser",
        subparsers.add_parser(
            "screen",
            help="say what is unsafe in a text",
            description="Reads texts, one a line, and prints one JSON object for each. Knows no setting: "
            "children's names and your own contacts are checked only inside Stairgate.",
        ),
    )
    parser.add_argument(
        "files", nargs="*", default=[STANDARD_INPUT], metavar="FILE", help="default: standard input"
    )
    parser.add_argument("--whole", action="store_true", help="treat each file as one text, not one a line")
    parser.add_argument(
        "--direction",
        choices=[direction.value for direction in Direction],
        default=Direction.OUTBOUND_POST.value,
        help="which way the words are going (default: %(default)s)",
    )
    parser.add_argument("--picture", action="store_true", help="a picture goes with the text")
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Screen every text and return 0, or 2 when a file could not be read. Broken UTF-8 is replaced."""
    screener, context = Screener(default_pack()), Context(has_picture=args.picture)
    direction = Direction(args.direction)
    try:
        for place, line, text in _texts(args.files, whole=args.whole):
            screening = screener.screen(text, direction=direction, context=context)
            print(json.dumps({"source": place, "line": line, **to_json(screening)}, ensure_ascii=True))
    except BrokenPipeError:
        raise  # the reader went away: `main` ends quietly
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        print(f"stairgate: cannot read {error.filename or 'the input'}: {reason}.", file=sys.stderr)
        return 2
    return 0


def _texts(files: Iterable[str], *, whole: bool) -> Iterator[Source]:
    for name in files:
        if name == STANDARD_INPUT:
            yield from _texts_of(sys.stdin.buffer, "standard input", whole=whole)
        else:
            with Path(name).open("rb") as stream:
                yield from _texts_of(stream, name, whole=whole)


def _texts_of(stream: IO[bytes], place: str, *, whole: bool) -> Iterator[Source]:
    if whole:
        yield place, 1, stream.read().decode("utf-8", "replace")
        return
    for number, line in enumerate(stream, start=1):
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text.strip():
            yield place, number, text
