"""``stairgate restore``: put a backup back into an empty data folder."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from stairgate.cli.backup import MANIFEST, contents, verify
from stairgate.config.home import HomeTrouble, locate


def add_parser(subparsers: Any) -> None:
    """Add ``restore`` to the program's commands."""
    parser = subparsers.add_parser("restore", help="put a backup back")
    parser.add_argument("file", type=Path, help="a file that “stairgate backup” wrote")
    parser.add_argument("--force", action="store_true", help="move what is in the data folder aside first")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Verify the whole backup, then put it in place in one move; return 0. Raises `HomeTrouble`."""
    home = locate()
    problems = verify(args.file)
    if problems:
        raise HomeTrouble(f"{problems[0]} Nothing was changed.")
    occupied = home.path.exists() and any(home.path.iterdir())
    if occupied and not args.force:
        raise HomeTrouble(
            f"{home.path} is not empty. Set STAIRGATE_HOME to an empty folder, or use --force to move what is "
            "there aside. Nothing was changed."
        )
    home.path.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".stairgate-restore-", dir=home.path.parent))
    try:
        _unpack(args.file, new)
        if home.path.exists():
            _make_room(home.path, occupied=occupied)
        new.rename(home.path)
    except OSError as error:
        raise HomeTrouble(f"The backup could not be put back ({error.strerror or error}).") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
    print(f"Restored into {home.path}. Run “stairgate start”, then “stairgate check”.")
    return 0


def _unpack(source: Path, folder: Path) -> None:
    for name, data in contents(source):
        if name == MANIFEST:
            continue
        target = folder / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)


def _make_room(path: Path, *, occupied: bool) -> None:
    if not occupied:
        path.rmdir()
        return
    aside = path.with_name(f"{path.name}-before-restore-{time.strftime('%Y%m%d-%H%M%S')}")
    path.rename(aside)
    print(f"What was there is now in {aside}.")
