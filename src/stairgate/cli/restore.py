"""``stairgate restore``: put a backup back into an empty data folder, whole or not at all.

Everything is first unpacked and checked in the folder ``restoring``, and then moved into place. While that folder
is there nothing starts (`Home.check_whole`), so a restore that was killed leaves nothing half-restored that runs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from stairgate.cli import archive, heed_terminate, load_django
from stairgate.cli.backup import DATABASE, PRACTICE, damage
from stairgate.cli.start import locked
from stairgate.config.home import Home, HomeTrouble, locate

_ASIDE = "before-restore-"


def add_parser(subparsers: Any) -> None:
    """Add ``restore`` to the program's commands."""
    parser = subparsers.add_parser(
        "restore",
        help="put a backup back",
        description="Checks a whole backup and puts it into the data folder (STAIRGATE_HOME), which must be empty; "
        "a backup of a PostgreSQL also into the empty database of STAIRGATE_DATABASE_URL.",
    )
    parser.add_argument("file", type=Path, help="a file that “stairgate backup” wrote")
    parser.add_argument(
        "--force", action="store_true", help="move what is in the data folder aside, into a folder inside it"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check the whole backup, then put it in place; return 0. Raises `HomeTrouble`."""
    home = locate()
    _check_kind(args.file)
    os.umask(0o077)
    heed_terminate()
    try:
        with _room(home):
            _check_empty(home, force=args.force)
            _put_back(args.file, home)
    except OSError as error:
        raise HomeTrouble(
            f"The backup could not be put back into {home.path} ({error.strerror or error}). Nothing was lost: "
            "put that right and run it again."
        ) from None
    print(f"Restored into {home.path}. Run “stairgate start”, then “stairgate check”.")
    return 0


def _check_kind(file: Path) -> None:
    wanted = "postgresql" if os.environ.get("STAIRGATE_DATABASE_URL") else "sqlite"
    kind = archive.about(file).database
    if kind == wanted:
        return
    if kind == "postgresql":
        raise HomeTrouble(
            "This backup holds a PostgreSQL. Set STAIRGATE_DATABASE_URL to an empty one. Nothing was changed."
        )
    raise HomeTrouble(
        "This backup does not hold a PostgreSQL. Take STAIRGATE_DATABASE_URL away to put it back. "
        "Nothing was changed."
    )


@contextmanager
def _room(home: Home) -> Iterator[None]:
    """Have the data folder to ourselves; leave it as it was when nothing came of it."""
    made = not home.path.exists()
    home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    bare = not any(home.path.iterdir())
    try:
        with locked(home):
            yield
    except BaseException:
        if bare:
            with suppress(OSError):  # what could not be put back is still in “restoring”
                (home.path / "lock").unlink(missing_ok=True)
                if made:
                    home.path.rmdir()
        raise


def _check_empty(home: Home, *, force: bool) -> None:
    if not force and _there(home):
        raise HomeTrouble(
            f"{home.path} is not empty. Set STAIRGATE_HOME to an empty folder, or use --force to move what is "
            "there aside. Nothing was changed."
        )


def _there(home: Home) -> list[Path]:
    """Return what is in the folder and must not be lost, without what an earlier restore left or put aside."""
    ours = {home.path / "lock", home.restoring}
    return sorted(
        path for path in home.path.iterdir() if path not in ours and not path.name.startswith(_ASIDE)
    )


def _put_back(file: Path, home: Home) -> None:
    shutil.rmtree(home.restoring, ignore_errors=True)
    home.restoring.mkdir(mode=0o700)
    try:
        _unpack(file, home.restoring)
    except BaseException:
        shutil.rmtree(home.restoring, ignore_errors=True)
        raise
    if there := _there(home):
        aside = home.path / f"{_ASIDE}{time.strftime('%Y%m%d-%H%M%S')}"
        aside.mkdir(mode=0o700)
        _move(there, aside)
        print(f"What was there is now in {aside}.")
    home.path.chmod(0o700)
    _move(sorted(home.restoring.iterdir()), home.path)
    os.sync()
    home.restoring.rmdir()


def _unpack(file: Path, folder: Path) -> None:
    """Unpack and check a backup, and fill the PostgreSQL when it holds one. Raises `HomeTrouble`, OSError."""
    archive.read(file, folder)
    for name in (DATABASE, PRACTICE):
        if (folder / name).exists() and (problems := damage(folder / name)):
            raise HomeTrouble(f"In this backup {problems[0]} Use an earlier one. Nothing was changed.")
    tables = folder / "postgresql"
    if tables.exists():
        _fill_postgresql(folder, tables)
        shutil.rmtree(tables)
    os.sync()


def _fill_postgresql(folder: Path, tables: Path) -> None:
    load_django(Home(folder))
    from django.db import DatabaseError

    from stairgate.cli.postgresql import load

    try:
        load(tables)
    except DatabaseError as error:
        raise HomeTrouble(
            f"The database could not be filled ({' '.join(str(error).split())}). Make an empty one and run it again."
        ) from None


def _move(paths: list[Path], folder: Path) -> None:
    for path in paths:
        path.rename(folder / path.name)
