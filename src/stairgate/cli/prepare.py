"""Getting the database ready, in a process of its own that ends before the others start.

``python -m stairgate.cli.prepare [--demo]``: refuses a database from a newer version, keeps a copy before it
changes an old one, migrates, and writes the set-up code or the demo.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import sys
import time
from pathlib import Path

from stairgate.config.home import HomeTrouble

_KEEP_COPIES = 3
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def main(argv: list[str]) -> int:
    """Prepare; return 0, or 3 with one sentence about what is wrong."""
    import django

    try:
        django.setup()
        _migrate()
        if "--demo" in argv:
            _demo()
        else:
            _setup_code()
    except HomeTrouble as trouble:
        print(f"stairgate: {trouble}", file=sys.stderr)
        return 3
    return 0


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        raise HomeTrouble(f"The database cannot be opened ({error}). Nothing was changed.") from None
    known = set(executor.loader.disk_migrations)
    strange = [key for key in executor.loader.applied_migrations if key not in known]
    if strange:
        app, name = strange[0]
        raise HomeTrouble(
            f"This database was made by a newer Stairgate (it has the step {app} {name}). "
            "Install that version or a later one. Nothing was changed."
        )
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        call_command("createcachetable", verbosity=0)  # a first start may have been stopped just before it
        return
    if executor.loader.applied_migrations and connection.vendor == "sqlite":
        _keep_copy(Path(str(connection.settings_dict["NAME"])))
    print(f"Preparing the database: {len(plan)} steps…", flush=True)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    print("The database is ready.", flush=True)


def _keep_copy(database: Path) -> None:
    """Keep a whole copy of the database before changing its shape; the newest few stay."""
    copy = database.with_name(f"before-upgrade-{time.strftime('%Y%m%d-%H%M%S')}.sqlite3")
    copy_database(database, copy)
    print(f"Kept a copy of the database: {copy.name}", flush=True)
    for old in sorted(database.parent.glob("before-upgrade-*.sqlite3"))[:-_KEEP_COPIES]:
        old.unlink()


def copy_database(source: Path, target: Path) -> None:
    """Copy a live SQLite database consistently, to a file only its owner can read."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    with (
        contextlib.closing(sqlite3.connect(source)) as old,
        contextlib.closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


def _setup_code() -> None:
    """Show the code the welcome wizard asks for, until the setting is founded."""
    from django.conf import settings

    from stairgate.organisations.models import Organisation

    if Organisation.objects.exists():
        return
    path = settings.HOME.path / "setup-code"
    if not path.exists():
        code = "".join(secrets.choice(_LETTERS) for _ in range(8))
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{code[:4]}-{code[4:]}\n")
    print(f"Set-up code: {path.read_text('ascii').strip()} (the first page asks for it)", flush=True)


def _demo() -> None:
    from stairgate.cli.demo import seed

    if seed(os.environ["STAIRGATE_PRACTICE_URL"]):
        print("The demo nursery is ready.", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
