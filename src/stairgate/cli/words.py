"""What the commands say: progress on standard output, and one sentence when something must stop."""

from __future__ import annotations

import sys


class Stop(Exception):
    """A command cannot go on; the message is a sentence that says what to do. ``status`` is the exit code."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def say(line: str) -> None:
    """Print one line at once, also into a pipe. A reader that went away is no reason to stop."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        return


def complain(line: str) -> None:
    """Print one line on standard error."""
    print(f"stairgate: {line}", file=sys.stderr, flush=True)
