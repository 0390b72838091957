"""``stairgate screen``: read texts and write what the screening found, one JSON object a line, as they come."""

from __future__ import annotations

import argparse
import gc
import io
import multiprocessing
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing.pool import AsyncResult
from pathlib import Path
from typing import IO, Any, cast

from stairgate.screening import Direction, Screener, default_pack
from stairgate.screening.lines import LineReader, answer_lines

STANDARD_INPUT = "-"
_PIECE = 1 << 16  # bytes read at a time; what has come is answered at once, be it one line or a thousand
_WAITING = 4  # pieces in the works for each process: enough to keep it busy, few enough to keep memory flat
_BAD_LINES = 1
_UNREADABLE = 2

Answer = tuple[bytes, int]  # the lines to write, and how many could not be read


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``screen`` to the program's commands and return its parser. ``run`` is its deed."""
    parser = cast(
        "argparse.ArgumentParser",
        subparsers.add_parser(
            "screen",
            help="say what is unsafe in a text",
            description='Reads one JSON object a line, {"id": …, "text": …, "direction": …}, and writes one for '
            'each: {"id", "action", "findings": [{"category", "severity", "start", "end", "rule", "why"}]}. '
            '"context" may hold has_picture, is_reply, author, hour and thread. Knows no setting: the '
            "children on your register and your own contacts are checked only inside Stairgate.",
        ),
    )
    parser.add_argument(
        "files", nargs="*", default=[STANDARD_INPUT], metavar="FILE", help="default: standard input"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--plain", action="store_true", help="each line is a text, not JSON")
    how.add_argument("--whole", action="store_true", help="each file is one text")
    parser.add_argument(
        "--direction",
        choices=[direction.value for direction in Direction],
        default=Direction.OUTBOUND_POST.value,
        help="which way the words go where a line does not say (default: %(default)s)",
    )
    parser.add_argument("--picture", action="store_true", help="a picture goes with texts that do not say")
    parser.add_argument(
        "--jobs", type=_jobs, default=1, metavar="N", help="processes to use; answers keep their order"
    )
    parser.set_defaults(run=run)
    return parser


def _jobs(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) <= 256):
        raise argparse.ArgumentTypeError("give a number from 1 to 256")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Screen every text. Return 0; 1 when a line was not understood; 2 when a file could not be read."""
    reader = LineReader(
        Screener(default_pack()), Direction(args.direction), has_picture=args.picture, plain=args.plain
    )
    pieces = _pieces(args.files, whole=args.whole)
    if args.whole:
        reader.plain = True
    try:
        bad = (
            _answer_in_order(reader, pieces)
            if args.jobs == 1
            else _answer_together(reader, pieces, args.jobs)
        )
    except BrokenPipeError:
        raise  # the reader went away: `main` ends quietly
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        print(f"stairgate: cannot read {error.filename or 'the input'}: {reason}.", file=sys.stderr)
        return _UNREADABLE
    if bad:
        print(f"stairgate: {bad} lines were not understood; each answer says why.", file=sys.stderr)
    return _BAD_LINES if bad else 0


def _answer_in_order(reader: LineReader, pieces: Iterator[list[bytes]]) -> int:
    bad = 0
    for piece in pieces:
        lines, failed = answer_lines(reader, piece)
        _write(lines)
        bad += failed
    return bad


def _write(lines: bytes) -> None:
    sys.stdout.buffer.write(lines)
    sys.stdout.buffer.flush()


_reader: LineReader | None = None  # in each process: what it inherited, so that all share one pack


def _answer_piece(piece: list[bytes]) -> Answer:
    assert _reader is not None
    return answer_lines(_reader, piece)


def _answer_together(reader: LineReader, pieces: Iterator[list[bytes]], jobs: int) -> int:
    """Share the pieces among processes and write the answers in the order of the input."""
    global _reader
    _reader = reader
    gc.freeze()  # what the processes share is not touched by their garbage collectors
    waiting: queue.Queue[AsyncResult[Answer] | None] = queue.Queue(jobs * _WAITING)
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        writer = _Writer(waiting)
        writer.start()
        for piece in pieces:
            if writer.trouble:
                break
            waiting.put(pool.apply_async(_answer_piece, (piece,)))
        waiting.put(None)
        writer.join()
    if writer.trouble:
        raise writer.trouble
    return writer.bad


class _Writer(threading.Thread):
    """Writes answers as they are ready. After trouble it only empties the queue, so nobody waits for it."""

    def __init__(self, waiting: queue.Queue[AsyncResult[Answer] | None]) -> None:
        super().__init__(daemon=True)
        self.bad, self.trouble = 0, cast("BaseException | None", None)
        self._waiting = waiting

    def run(self) -> None:
        """Write until the queue ends."""
        while (result := self._waiting.get()) is not None:
            if self.trouble:
                continue
            try:
                lines, failed = result.get()
                _write(lines)
                self.bad += failed
            except Exception as error:  # handed to the thread that reads
                self.trouble = error


def _pieces(files: list[str], *, whole: bool) -> Iterator[list[bytes]]:
    """Yield the lines of every file, a number of them at a time, as they arrive."""
    for name in files:
        if name == STANDARD_INPUT:
            yield from _pieces_of(sys.stdin.buffer, whole=whole)
        else:
            with Path(name).open("rb") as stream:
                yield from _pieces_of(stream, whole=whole)


def _pieces_of(stream: IO[bytes], *, whole: bool) -> Iterator[list[bytes]]:
    if whole:
        yield [stream.read()]
        return
    read: Callable[[int], bytes] = cast("io.BufferedReader", stream).read1
    begun: list[bytes] = []
    while data := read(_PIECE):
        head, newline, tail = data.rpartition(b"\n")
        if newline:
            yield b"".join([*begun, head]).split(b"\n")
            begun = [tail]
        else:
            begun.append(data)
    if any(begun):
        yield [b"".join(begun)]
