"""``stairgate backup``: everything in one file, taken while Stairgate runs, and verified before it counts."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import sqlite3
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

from stairgate.cli import with_django
from stairgate.cli.prepare import copy_database
from stairgate.config.home import Home, HomeTrouble, locate

MANIFEST = "manifest.json"
FORMAT = 1
_DATABASES = ("stairgate.sqlite3", "practice/practice.sqlite3")
_KEPT = ("keys", "pictures")
_SINGLE = ("demo", "setup-code", "practice/credentials.json", "practice/port")


def add_parser(subparsers: Any) -> None:
    """Add ``backup`` to the program's commands."""
    parser = subparsers.add_parser("backup", help="write everything into one file")
    parser.add_argument("file", type=Path, help="the file to write, such as stairgate.tar.gz")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write and verify a backup; return 0, or 1 when it was written but something in it is wrong."""
    home, target = locate(), args.file.absolute()
    with_django()
    _check_sqlite()
    if target.exists():
        raise HomeTrouble(f"{target} is there already. Choose another name; nothing was written.")
    part = target.with_name(f".{target.name}.part")
    try:
        write(home, part)
        problems = [*verify(part), *_ledger_problems()]
        part.replace(target)
    except OSError as error:
        raise HomeTrouble(f"The backup could not be written ({error.strerror or error}).") from None
    finally:
        part.unlink(missing_ok=True)
    for problem in problems:
        print(f"stairgate: {problem}", file=sys.stderr)
    size = target.stat().st_size // 1024
    print(f"Wrote {target} ({size} KB). It holds your keys: keep it as safe as the computer itself.")
    return 1 if problems else 0


def _check_sqlite() -> None:
    from django.db import connection

    if connection.vendor != "sqlite":
        raise HomeTrouble(
            "This installation keeps its records in PostgreSQL. Back it up with pg_dump, and copy the data "
            "folder as well: see docs/hosting.md."
        )


def _ledger_problems() -> list[str]:
    from stairgate.ledger.services import verify_log
    from stairgate.organisations.models import Organisation

    return [problem for organisation in Organisation.objects.all() for problem in verify_log(organisation.id)]


def write(home: Home, target: Path) -> None:
    """Write a backup. The database comes first: pictures are only ever added, so none it names is missing."""
    sums: dict[str, str] = {}
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as archive:
        with tempfile.TemporaryDirectory(dir=home.path) as folder:
            for name in _DATABASES:
                if (home.path / name).exists():
                    copy = Path(folder) / Path(name).name
                    copy_database(home.path / name, copy)
                    _add(archive, name, copy.read_bytes(), sums)
        for path in _files(home):
            _add(archive, path.relative_to(home.path).as_posix(), path.read_bytes(), sums)
        about = {
            "format": FORMAT,
            "version": version("stairgate"),
            "made": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "files": sums,
        }
        _add(archive, MANIFEST, json.dumps(about, indent=1).encode(), {})


def _files(home: Home) -> Iterator[Path]:
    for folder in _KEPT:
        yield from sorted(path for path in (home.path / folder).rglob("*") if path.is_file())
    yield from (home.path / name for name in _SINGLE if (home.path / name).is_file())


def _add(archive: tarfile.TarFile, name: str, data: bytes, sums: dict[str, str]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(data), 0o600, int(time.time())
    archive.addfile(entry, io.BytesIO(data))
    sums[name] = hashlib.sha256(data).hexdigest()


def verify(path: Path) -> list[str]:
    """Read a backup back, whole; return what is wrong with it. Raises `HomeTrouble` when it is not one."""
    problems: list[str] = []
    found = dict(contents(path))
    about = manifest(found)
    for name, wanted in about["files"].items():
        data = found.get(name)
        if data is None or hashlib.sha256(data).hexdigest() != wanted:
            problems.append(f"{name} in the backup is missing or damaged.")
    problems += [
        f"{name} is not in the backup’s list." for name in found if name not in {*about["files"], MANIFEST}
    ]
    for name in _DATABASES:
        if name in found:
            problems += _integrity(name, found[name])
    return problems


def contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the plain files of a backup. Raises `HomeTrouble` for links, devices and paths that lead outside."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isreg() else None
                if file is None or not _is_inside(member.name):
                    raise HomeTrouble(
                        f"{path} holds something a backup never does ({member.name}). Not used."
                    )
                yield member.name, file.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise HomeTrouble(f"{path} is not a whole backup of Stairgate ({error}).") from None


def _is_inside(name: str) -> bool:
    parts = Path(name).parts
    return bool(parts) and not Path(name).is_absolute() and ".." not in parts


def manifest(found: dict[str, bytes]) -> dict[str, Any]:
    """Return what a backup says of itself. Raises `HomeTrouble`."""
    try:
        about: dict[str, Any] = json.loads(found[MANIFEST])
        known = about["format"] == FORMAT and isinstance(about["files"], dict)
    except (KeyError, ValueError, TypeError):
        raise HomeTrouble("This file is not a backup of Stairgate.") from None
    if not known:
        raise HomeTrouble("This backup was made by a newer Stairgate. Install that version first.")
    return about


def _integrity(name: str, data: bytes) -> list[str]:
    with tempfile.NamedTemporaryFile(suffix=".sqlite3") as file:
        file.write(data)
        file.flush()
        try:
            with closing(sqlite3.connect(file.name)) as database:
                answer = database.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            answer = str(error)
    return [] if answer == "ok" else [f"{name} in the backup is damaged: {answer}"]
