"""What the command line keeps in the data folder beside database, keys and pictures. Knows no Django.

``installation.json``  demo or real, the version that last ran, the port of the practice network
``running.lock``       held for as long as any process of the installation lives
``restore-unfinished`` there only while a restore moves things into place
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from stairgate.cli.words import Stop
from stairgate.config.home import Home

RUNNING = "running.lock"
UNFINISHED = "restore-unfinished"
_NOTE = "installation.json"
_ALREADY = 2


@dataclass(frozen=True, slots=True)
class Installation:
    """What was decided on the first start, and is kept."""

    demo: bool
    version: str
    practice_port: int = 0


def remembered(home: Home) -> Installation | None:
    """Return what the folder remembers; None for a folder that was never started. Raises `Stop`."""
    path = home.path / _NOTE
    try:
        found = json.loads(path.read_text("utf-8"))
        return Installation(
            demo=bool(found["demo"]),
            version=str(found["version"]),
            practice_port=int(found.get("practice_port", 0)),
        )
    except FileNotFoundError:
        return None
    except OSError as error:
        raise cannot_use(home, error) from None
    except (ValueError, KeyError, TypeError):
        raise Stop(f"The file {path} is damaged. Put it back from your backup.") from None


def remember(home: Home, installation: Installation) -> Installation:
    """Write down what the folder is; return it. A power cut leaves the old note or the new one."""
    write_whole(home.path / _NOTE, json.dumps(asdict(installation), indent=1) + "\n")
    return installation


def practise_on(home: Home, installation: Installation, port: int) -> Installation:
    """Remember the port of the practice network; return the installation with it."""
    if installation.practice_port == port:
        return installation
    return remember(home, replace(installation, practice_port=port))


def write_whole(path: Path, text: str) -> None:
    """Write a file of mode 0600 that is either the old one or all of the new one."""
    fresh = path.with_name(f".{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


class Lock:
    """The folder's lock. Children of the holder inherit it, so it outlives a holder that was killed."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def sign(self, address: str) -> None:
        """Write down who holds it, for whoever comes second."""
        os.truncate(self.descriptor, 0)
        os.pwrite(self.descriptor, f"{os.getpid()} {address}".encode(), 0)

    def release(self) -> None:
        os.close(self.descriptor)


def take(home: Home) -> Lock:
    """Take the lock of an existing or new folder. Raises `Stop` when somebody holds it, or it is unwritable."""
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(home.path / RUNNING, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise cannot_use(home, error) from None
    if not _locked(descriptor):
        os.close(descriptor)
        raise Stop(_held(home), _ALREADY)
    return Lock(descriptor)


def _locked(descriptor: int) -> bool:
    """Try a few times: somebody who only looks whether Stairgate runs holds the lock for a moment."""
    for pause in (0.05, 0.1, 0.2, None):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if pause is not None:
                time.sleep(pause)
        else:
            return True
    return False


def refuse_if_running(home: Home) -> None:
    """Raise `Stop` when Stairgate runs on this folder. Creates nothing."""
    if is_running(home):
        raise Stop(_held(home), _ALREADY)


def is_running(home: Home) -> bool:
    """Return whether any process holds the lock."""
    try:
        descriptor = os.open(home.path / RUNNING, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _held(home: Home) -> str:
    try:
        pid, _, address = (home.path / RUNNING).read_text("ascii").partition(" ")
        os.kill(int(pid), 0)
    except (OSError, ValueError):
        return (
            f"Another Stairgate is still stopping, or busy, in {home.path}. Wait a few seconds and try again."
        )
    where = f" at {address}" if address else ""
    return (
        f"Stairgate is already running on {home.path}{where} (process {pid}). Nothing was changed. "
        "Use that one, or stop it first with Ctrl-C where it was started."
    )


def refuse_unfinished(home: Home) -> None:
    """Raise `Stop` when a restore was interrupted while it moved things into place."""
    if (home.path / UNFINISHED).exists():
        raise Stop(
            f"A restore into {home.path} was interrupted, so what is there is not whole. "
            "Run “stairgate restore FILE --force” again; what was there before is in a folder named before-restore."
        )


def cannot_use(home: Home, error: OSError) -> Stop:
    """Return the sentence for a folder that cannot be written to or read."""
    return Stop(
        f"Stairgate cannot use its data folder {home.path} ({error.strerror or error}). Choose a folder you own "
        "with STAIRGATE_HOME=/path/to/folder, or give yourself the right to write there."
    )
