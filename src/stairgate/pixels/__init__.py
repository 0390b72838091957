"""Taking a picture in: decoded and encoded afresh by a child process that may do nothing else.

Whatever was hidden in the file (place, time, thumbnails, trailing bytes) stays behind, because only bare
pixels cross over. The child has little memory, little time and no leave to write or fork (C36, pictures.md).
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from stairgate.clauses import control

MOST_BYTES = 40 * 1024 * 1024
_SECONDS = 30
_CHILD = Path(__file__).with_name("child.py")


class BadPicture(Exception):
    """The file cannot be taken in; the message is a sentence for the author."""


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """Bare pixels, encoded afresh."""

    data: bytes = field(repr=False)
    media_type: str
    width: int
    height: int
    sha256: str


@control("C36", "Place, time and everything else hidden in a photo is removed before it is stored")
def clean(data: bytes) -> CleanPicture:
    """Return the picture as bare pixels, upright, in sRGB. Raises `BadPicture` for anything doubtful."""
    if not data:
        raise BadPicture("The file is empty. Choose another photo.")
    if len(data) > MOST_BYTES:
        raise BadPicture("The photo is larger than 40 MB. Choose a smaller one.")
    head, pixels = _ask_child(data)
    if problem := head.get("problem"):
        raise BadPicture(str(problem))
    return CleanPicture(
        data=pixels,
        media_type="image/jpeg",
        width=int(str(head["width"])),
        height=int(str(head["height"])),
        sha256=hashlib.sha256(pixels).hexdigest(),
    )


def _ask_child(data: bytes) -> tuple[dict[str, object], bytes]:
    command = [sys.executable, "-I", str(_CHILD)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_SECONDS, env={}, check=False)  # noqa: S603 - our own file
    except subprocess.TimeoutExpired:
        raise BadPicture("The photo took too long to read. Choose another one.") from None
    head, _, pixels = done.stdout.partition(b"\n")
    try:
        return json.loads(head), pixels
    except ValueError:
        raise BadPicture("The photo could not be read safely. Choose another one.") from None
