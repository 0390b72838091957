"""The worker's sign of life: one line in a file, so that asking costs nothing and needs no database."""

from __future__ import annotations

import contextlib
import os
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

#: a worker that has said nothing for this long is taken for gone; a sweep may be waiting for a slow network
SILENT_AFTER = timedelta(minutes=3)


def beat(now: datetime) -> None:
    """Write down that the worker is alive. Raises OSError."""
    path = _path()
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(now.isoformat() + "\n")
    fresh.replace(path)


def rest() -> None:
    """Take the sign of life away: this worker has stopped in good order."""
    with contextlib.suppress(OSError):
        _path().unlink()


def last_beat() -> datetime | None:
    """Return when the worker last gave a sign of life; None when it is stopped, or the file cannot be read."""
    try:
        return datetime.fromisoformat(_path().read_text("ascii").strip())
    except (OSError, ValueError):
        return None


def is_alive(now: datetime) -> bool:
    """Return whether a worker has given a sign of life lately."""
    last = last_beat()
    return last is not None and now - last < SILENT_AFTER


def _path() -> Path:
    home: Path = settings.HOME.path
    return home / "worker-heartbeat"
