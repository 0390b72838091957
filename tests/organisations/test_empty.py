"""An empty database is made at once, and is the one that the steps would have made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import own_database

#: what a database is made of, one line for each part, in an order of its own
DESCRIBE = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
{before}
call_command("migrate", verbosity=0)
told = []
with connection.cursor() as cursor:
    look = connection.introspection
    for table in look.table_names(cursor):
        for column in look.get_table_description(cursor, table):
            if isinstance(column.type_code, int) and column.type_code >= 16384:
                column = column._replace(type_code="made here, so that its number is new each time")
            told.append(f"{{table}}: {{column}}")
        told += [f"{{table}}: {{name}} {{one}}" for name, one in look.get_constraints(cursor, table).items()]
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    else:
        cursor.execute("SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal")
    told += map(str, cursor.fetchall())
    cursor.execute("SELECT app, name FROM django_migrations")
    told += map(str, cursor.fetchall())
    cursor.execute("SELECT app_label, model FROM django_content_type")
    told += map(str, cursor.fetchall())
print(*sorted(told), sep="\\n")
"""
#: whoever asks for less than everything is led through the steps
STEPS = 'call_command("migrate", "assurance", verbosity=0)'


def run(program: str, folder: Path, environment: dict[str, str]) -> list[str]:
    home = {"STAIRGATE_TEST_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "stairgate.config.testing"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment | home, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.usefixtures("installation_environment")
def test_it_is_the_one_that_the_steps_would_have_made(tmp_path: Path) -> None:
    with own_database() as environment:
        at_once = run(DESCRIBE.format(before=""), tmp_path / "at once", environment)
    with own_database() as environment:
        step_by_step = run(DESCRIBE.format(before=STEPS), tmp_path / "step by step", environment)
    assert len(at_once) > 1_000
    assert at_once == step_by_step


STEPS_WHERE_ANYTHING_IS = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from stairgate.organisations.empty import build
call_command("migrate", "sessions", verbosity=0)
assert not build(connection)
assert connection.introspection.table_names() == ["django_migrations", "django_session"]
"""


def test_where_anything_is_the_steps_are_taken(
    tmp_path: Path, installation_environment: dict[str, str]
) -> None:
    run(STEPS_WHERE_ANYTHING_IS, tmp_path, installation_environment)
