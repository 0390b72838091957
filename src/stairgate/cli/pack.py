"""``stairgate pack``: is a rule pack whole, and what would it find otherwise than the one that comes with Stairgate?"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from stairgate.screening import Action, Context, Direction, Screener, Screening, default_pack, load_pack
from stairgate.screening.pack_check import troubles_of
from stairgate.screening.pack_compare import CHANGED, GONE, NEW, differences

_STANDARD_INPUT = "-"
Screened = Callable[[Screener], Screening]  # one text, ready to be read by either pack
Sentence = tuple[str, str, Screened, Screener, Screener]  # its id, its direction, and whom it is read by


class _Unreadable(Exception):
    """A line that is no text to screen; the message says which and why."""


def add_parser(subparsers: Any) -> None:
    """Add ``pack`` to the program's commands."""
    parser = subparsers.add_parser("pack", help="check a rule pack, or compare it with ours")
    deeds = parser.add_subparsers(dest="deed", metavar="DEED", required=True)
    check = deeds.add_parser(
        "check",
        help="say whether a rule pack is whole",
        description="Reads a folder with a rule pack for screening and prints each mistake with its file and its table. "
        "Ends with 0 when the pack is whole, 1 when it is not, 2 when there is no such folder.",
    )
    check.add_argument(
        "folder", nargs="?", metavar="FOLDER", help="default: the pack that comes with Stairgate"
    )
    check.set_defaults(run=_run_check)
    compare = deeds.add_parser(
        "compare",
        help="print what a rule pack would find otherwise",
        description="Screens texts with the pack that comes with Stairgate and with the one in a folder. Prints one JSON "
        "object for each difference, without the words, and a summary on standard error.",
    )
    compare.add_argument("folder", metavar="FOLDER", help="a whole rule pack: see “pack check”")
    source = compare.add_mutually_exclusive_group()
    source.add_argument(
        "--texts",
        default=_STANDARD_INPUT,
        metavar="FILE.jsonl",
        help='one {"id", "text", "direction"} a line; "picture": true is possible (default: standard input)',
    )
    source.add_argument(
        "--history", action="store_true", help="the newest posts and comments of this installation"
    )
    compare.set_defaults(run=_run_compare)


def _run_check(args: argparse.Namespace) -> int:
    """Print every mistake. Return 0 when there is none, 1 when there is one, 2 when the folder is not there."""
    folder = _folder(args.folder) if args.folder else files("stairgate.screening") / "data"
    if folder is None:
        return 2
    name = args.folder or "the pack that comes with Stairgate"
    return _told(name, folder) or _whole(name, folder)


def _folder(name: str) -> Path | None:
    if Path(name).is_dir():
        return Path(name)
    print(f"stairgate: {name} is no folder. Name the folder that holds the pack.", file=sys.stderr)
    return None


def _told(name: str, folder: Traversable) -> int:
    troubles = troubles_of(folder)
    for trouble in troubles:
        print(f"{name}: {trouble}")
    if troubles:
        print(f"{name}: {len(troubles)} to put right.")
    return 1 if troubles else 0


def _whole(name: str, folder: Traversable) -> int:
    pack = load_pack(folder)
    print(
        f"{name}: whole. Version {pack.version}: {len(pack.rules)} rules, {len(pack.phrases.weights)} cues, "
        f"{len(pack.lists)} lists, {len(pack.lexicon.exact)} spellings of rude words."
    )
    return 0


def _run_compare(args: argparse.Namespace) -> int:
    """Print each difference. Return 0 when all was read, 1 for a pack that is not whole, 2 for texts nobody can read."""
    folder = _folder(args.folder)
    if folder is None:
        return 2
    troubles = troubles_of(folder)
    if troubles:
        print(f"stairgate: {args.folder} is not whole: {troubles[0]}.", file=sys.stderr)
        print(f"stairgate: “stairgate pack check {args.folder}” says everything.", file=sys.stderr)
        return 1
    try:
        _compare(_history(folder) if args.history else _lines(args.texts, folder))
    except _Unreadable as problem:
        print(f"stairgate: {problem}", file=sys.stderr)
        return 2
    return 0


def _compare(texts: Iterator[Sentence]) -> None:
    count: Counter[str] = Counter()
    for name, direction, screened, ours, theirs in texts:
        before, after = screened(ours), screened(theirs)
        count["read"] += 1
        count["held"] += before.action is not Action.HOLD and after.action is Action.HOLD
        count["let go"] += before.action is Action.HOLD and after.action is not Action.HOLD
        for one in differences(before, after):
            count[one.change] += 1
            print(json.dumps({"id": name, "direction": direction, **one.to_json()}, ensure_ascii=True))
    print(
        f"{count['read']} texts read. {NEW.capitalize()}: {count[NEW]}; {GONE}: {count[GONE]}; "
        f"{CHANGED}: {count[CHANGED]}. {count['held']} texts would newly be held, {count['let go']} no longer.",
        file=sys.stderr,
    )


def _lines(name: str, folder: Traversable) -> Iterator[Sentence]:
    """Yield the texts of a file of JSON lines, read by packs that know no setting."""
    ours, theirs = Screener(default_pack()), Screener(load_pack(folder))
    if name == _STANDARD_INPUT:
        yield from _texts(sys.stdin.buffer, "standard input", ours, theirs)
        return
    with Path(name).open("rb") as stream:
        yield from _texts(stream, name, ours, theirs)


def _texts(stream: Any, place: str, ours: Screener, theirs: Screener) -> Iterator[Sentence]:
    for number, line in enumerate(stream, start=1):
        if line.strip():
            name, direction, screened = _text(line, f"{place}, line {number}", number)
            yield name, direction, screened, ours, theirs


def _text(line: bytes, place: str, number: int) -> tuple[str, str, Screened]:
    try:
        given = json.loads(line.decode("utf-8", "replace"))
        text, direction = given["text"], Direction(given.get("direction", Direction.INBOUND_COMMENT))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        ways = ", ".join(Direction)
        raise _Unreadable(f'{place}: this needs {{"text": …, "direction": one of {ways}}}.') from None
    if not isinstance(text, str):
        raise _Unreadable(f"{place}: the text must stand in quotation marks.")
    context = Context(has_picture=given.get("picture") is True)
    name = str(given.get("id", number))
    return (
        name,
        direction.value,
        lambda screener: screener.screen(text, direction=direction, context=context),
    )


def _history(folder: Traversable) -> Iterator[Sentence]:
    """Yield what was written in every setting of this installation, read by packs that know the setting."""
    from stairgate.cli import with_django

    with_django()
    from stairgate.monitoring.our_words.dry_run import history
    from stairgate.organisations.models import Organisation
    from stairgate.organisations.selectors import screening_facts

    pack = load_pack(folder)
    for organisation in Organisation.objects.order_by("created_at"):
        facts = screening_facts(organisation)
        ours, theirs = Screener(default_pack(), facts), Screener(pack, facts)
        for written in history(organisation):
            way = Direction.OUTBOUND_POST if written.is_ours else Direction.INBOUND_COMMENT
            yield written.name, way.value, written.screened, ours, theirs
