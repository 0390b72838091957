"""``stairgate worker``: one more worker, on this machine or another, for an installation on PostgreSQL."""

from __future__ import annotations

import argparse
import os
from typing import Any

from stairgate.cli import with_django
from stairgate.config.home import HomeTrouble


def add_parser(subparsers: Any) -> None:
    """Add ``worker`` to the program's commands."""
    parser = subparsers.add_parser(
        "worker",
        help="run one more worker; Ctrl-C stops it",
        description="Runs a worker beside those that are there, on this machine or another, for a Stairgate on "
        "PostgreSQL. It needs STAIRGATE_DATABASE_URL, a copy of the keys in its data folder, and pictures in a bucket.",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Work until told to stop; return 0. Raises `HomeTrouble` for what a person must mend first."""
    if not os.environ.get("STAIRGATE_DATABASE_URL"):
        raise HomeTrouble(
            "More workers need a PostgreSQL, and STAIRGATE_DATABASE_URL names none. On SQLite “stairgate start” "
            "runs the one worker that is needed. Nothing was changed."
        )
    os.umask(0o077)
    with_django()
    _check_database()
    _check_keys()
    from stairgate.worker.loop import Worker

    print("This worker sweeps, and listens for the doorbell. Ctrl-C stops it.", flush=True)
    Worker().run()
    return 0


def _check_database() -> None:
    """Raises `HomeTrouble` unless the database has just the shape that this version works on."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        words = " ".join(str(error).split())
        raise HomeTrouble(f"The database cannot be opened ({words}). Nothing was changed.") from None
    loader = executor.loader
    # not the plan of what to apply: it asks for the newest step of each room and overlooks a gap before it
    applied = set(loader.applied_migrations)
    if set(loader.graph.nodes) - applied or applied - set(loader.disk_migrations):
        raise HomeTrouble(
            "The database is of another version of Stairgate. Install the same version here, and start that one "
            "first where “stairgate start” runs. Nothing was changed."
        )


def _check_keys() -> None:
    """Raises `HomeTrouble` when the keys here are not those of the installation: they would seal and sign amiss."""
    from stairgate.ledger.services import signed_here

    if not signed_here():
        raise HomeTrouble(
            "The keys in this data folder are not those of the Stairgate that this database belongs to. Copy the "
            "folder “keys” from there. Nothing was changed."
        )
