"""A PostgreSQL in a backup: each of our tables as COPY writes it, all from one moment. Needs no other program.

The shape of the tables is not in it, as our migrations make that; so it goes back only into the version that
wrote it, which the list of migrations decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from stairgate.config.home import HomeTrouble

_ABOUT = "tables.json"
_DOORBELL = "procrastinate"
_CHUNK = 1024 * 1024
Tables = Mapping[str, list[str]]  # the columns of each, in the order of its file


def dump(folder: Path) -> None:
    """Write every table into a folder, from one moment. Others go on writing meanwhile."""
    folder.mkdir(mode=0o700)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        tables = {name: _columns(cursor, name) for name in _names()}
        for name, columns in tables.items():
            statement = sql.SQL("COPY {} ({}) TO STDOUT").format(*_quoted(name, columns))
            with (folder / name).open("wb") as file, cursor.copy(statement) as copy:
                for chunk in copy:
                    file.write(chunk)
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        about = {"migrations": cursor.fetchall(), "tables": tables}
    (folder / _ABOUT).write_text(json.dumps(about), "utf-8")


def _names() -> list[str]:
    """Return the tables that are kept. Not the doorbell's: they only wake workers, and hold nothing that is true."""
    models = apps.get_models(include_auto_created=True)
    ours = {model._meta.db_table for model in models if model._meta.app_label != _DOORBELL}
    return sorted(ours | {"django_migrations", settings.CACHES["default"]["LOCATION"]})


def _columns(cursor: Any, table: str) -> list[str]:
    return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def _quoted(table: str, columns: list[str]) -> tuple[sql.Composable, sql.Composable]:
    return sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))


def load(folder: Path) -> None:
    """Make the tables in an empty database and fill them, all or none. Raises `HomeTrouble`.

    The guards of the ledger are off only inside the transaction that fills it.
    """
    tables = _checked(json.loads((folder / _ABOUT).read_text("utf-8")))
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    with transaction.atomic(), connection.cursor() as cursor:
        for name in tables:
            cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables))))
        for name, columns in tables.items():
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(*_quoted(name, columns))
            with (folder / name).open("rb") as file, cursor.copy(statement) as copy:
                while chunk := file.read(_CHUNK):
                    copy.write(chunk)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in tables:
            cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(name)))
        _go_on_counting(cursor)


def _checked(about: Mapping[str, Any]) -> Tables:
    """Return the tables of a backup. Refuses a database that holds anything, and a backup from another version."""
    if connection.introspection.table_names():
        raise HomeTrouble(
            "The database in STAIRGATE_DATABASE_URL is not empty. Make an empty one (createdb), and put its "
            "address there. Nothing was changed."
        )
    tables: Tables = about["tables"]
    ours = MigrationLoader(None).disk_migrations
    if {tuple(one) for one in about["migrations"]} != set(ours) or sorted(tables) != _names():
        raise HomeTrouble(
            "This backup of a PostgreSQL was made by another version of Stairgate. Install that version, put "
            "the backup back with it, and install this one after. Nothing was changed."
        )
    return tables


def _go_on_counting(cursor: Any) -> None:
    """Set every counter after the highest number that is taken."""
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND is_identity = 'YES'"
    )
    for table, column in cursor.fetchall():
        statement = sql.SQL(
            "SELECT setval(pg_get_serial_sequence({name}, {text}), COALESCE(MAX({column}), 1), MAX({column}) IS NOT NULL) "
            "FROM {table}"
        )
        cursor.execute(
            statement.format(
                name=sql.Literal(f'"{table}"'),
                text=sql.Literal(column),
                column=sql.Identifier(column),
                table=sql.Identifier(table),
            )
        )
