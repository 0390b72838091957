"""Printing: a child process sets the paper with Typst, in little time and with no leave to write.

Papers are PDF/A-2a and PDF/UA-1: they read well aloud and will open in twenty years. Where somebody's name has
letters that none of our fonts has, the fonts of the machine help out; where those have them neither, the paper is
printed without that promise rather than not at all.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from stairgate.printing.paper import Paper

SECONDS = 30
_CHILD = Path(__file__).with_name("press_child.py")
_SORRY = (
    "Nothing was changed. Use Print in your browser instead, and tell whoever looks after Stairgate for you."
)


class PrinterTrouble(Exception):
    """The paper could not be printed; the message says so plainly, and what to do."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper as a PDF, and the standards it keeps."""

    pdf: bytes = field(repr=False)
    standards: tuple[str, ...]


def print_paper(paper: Paper) -> Printed:
    """Return the paper as a tagged PDF. Raises `PrinterTrouble`."""
    sent = json.dumps(paper.to_data()).encode()
    command = [sys.executable, "-I", str(_CHILD)]
    try:
        done = subprocess.run(command, input=sent, capture_output=True, timeout=SECONDS, env={}, check=False)  # noqa: S603 - our own file
    except subprocess.TimeoutExpired:
        raise PrinterTrouble(
            f"The printer took longer than {SECONDS} seconds and was stopped. {_SORRY}"
        ) from None
    except OSError as cause:
        raise PrinterTrouble(f"The printer could not be started ({cause.strerror}). {_SORRY}") from cause
    head, _, pdf = done.stdout.partition(b"\n")
    try:
        said = json.loads(head)
    except ValueError:
        raise PrinterTrouble(f"The printer stopped without a word. {_SORRY}") from None
    if "problem" in said:
        raise PrinterTrouble(f"The printer could not make this paper ({said['problem']}). {_SORRY}")
    return Printed(pdf, tuple(said["standards"]))
