"""``stairgate backup``: everything in one file, taken while Stairgate runs, and read back before it counts."""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from stairgate.cli import archive, heed_terminate, with_django
from stairgate.cli.prepare import copy_database
from stairgate.config.home import Home, HomeTrouble, locate

DATABASE = "stairgate.sqlite3"
PRACTICE = "practice/practice.sqlite3"
_FOLDERS = ("keys", "pictures")
_SINGLE = ("demo", "setup-code", "practice/credentials.json", "practice/port")


def add_parser(subparsers: Any) -> None:
    """Add ``backup`` to the program's commands."""
    parser = subparsers.add_parser(
        "backup",
        help="write everything into one file",
        description="Writes the database, the keys and the pictures into one new file, which only you can open, and "
        "reads it back. Stairgate may run meanwhile. Ends with 1 when the file was written but what it "
        "holds is damaged.",
    )
    parser.add_argument(
        "file", type=Path, help="the file to write, such as stairgate.tar.gz; never overwritten"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write and verify a backup; return 0, or 1 when something that it holds is wrong. Raises `HomeTrouble`."""
    home, target = locate(), args.file.absolute()
    with_django()
    _check_free(target)
    heed_terminate()
    from django.db import DatabaseError

    try:
        problems = [*_write(home, target), *_ledger_problems()]
    except DatabaseError as error:
        raise HomeTrouble(
            f"The database could not be read ({' '.join(str(error).split())}). Run “stairgate check”."
        ) from None
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise HomeTrouble(
            f"The backup could not be written to {target} ({reason}). Make room, or choose another folder. "
            "Nothing was left there."
        ) from None
    for problem in problems:
        print(f"stairgate: {problem}", file=sys.stderr)
    size = target.stat().st_size // 1024
    print(f"Wrote {target} ({size} KB). It holds your keys: keep it as safe as the computer itself.")
    if bucket := os.environ.get("STAIRGATE_S3_BUCKET"):
        print(
            f"Your pictures are in the bucket {bucket}, not in this file. Have the bucket keep old versions."
        )
    return 1 if problems else 0


def _check_free(target: Path) -> None:
    if os.path.lexists(target):
        raise HomeTrouble(f"{target} is there already. Choose another name. Nothing was written.")


def _write(home: Home, target: Path) -> list[str]:
    """Write beside the target, read it back, and only then give it its name; return what it holds amiss."""
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # mode 0600
    part = Path(name)
    try:
        with (
            os.fdopen(descriptor, "wb") as file,
            tempfile.TemporaryDirectory(prefix="backup-", dir=home.path) as folder,
        ):
            problems, kind = _copy_databases(home, Path(folder))
            archive.write(file, dict(_sources(home, Path(folder))), database=kind)
            file.flush()
            os.fsync(file.fileno())
        archive.read(part)
        _name(part, target)
    finally:
        part.unlink(missing_ok=True)
    return problems


def _copy_databases(home: Home, folder: Path) -> tuple[list[str], str]:
    """Copy what changes into a folder, each as it was at one moment; return what is damaged, and the kind."""
    from django.db import connection

    problems = []
    if connection.vendor == "sqlite":
        problems += _copy(home.database, folder / DATABASE)
    else:
        from stairgate.cli.postgresql import dump

        dump(folder / "postgresql")
    if (home.path / PRACTICE).exists():
        (folder / PRACTICE).parent.mkdir()
        problems += _copy(home.path / PRACTICE, folder / PRACTICE)
    return problems, connection.vendor


def _copy(database: Path, copy: Path) -> list[str]:
    copy_database(database, copy)
    return [f"This backup cannot be put back: {problem} Use an earlier one." for problem in damage(copy)]


def damage(database: Path) -> list[str]:
    """Return what is wrong with an SQLite file, as a sentence."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        answer = str(error)
    return [] if answer == "ok" else [f"the database {database.name} is damaged ({answer})."]


def _sources(home: Home, copies: Path) -> Iterator[tuple[str, Path]]:
    """Yield what goes in. The database was first: pictures are only ever added, so none it names is missing."""
    folders = [(copies, copies), *((home.path, home.path / name) for name in _FOLDERS)]
    for base, folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and archive.takes(name := path.relative_to(base).as_posix()):
                yield name, path
    yield from ((name, home.path / name) for name in _SINGLE if (home.path / name).is_file())


def _name(part: Path, target: Path) -> None:
    """Give the finished file its name, unless something has it by now, and make that last."""
    try:
        target.hardlink_to(part)
    except FileExistsError:
        _check_free(target)
    except OSError:  # a disk without hard links, such as a memory stick
        _check_free(target)
        part.rename(target)
    with suppress(OSError):  # not every disk can be asked
        folder = os.open(target.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def _ledger_problems() -> list[str]:
    from stairgate.ledger.services import verify_log
    from stairgate.organisations.models import Organisation

    return [problem for organisation in Organisation.objects.all() for problem in verify_log(organisation.id)]
