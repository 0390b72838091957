"""Let tests that really commit empty their tables afterwards, although the ledger refuses to be emptied.

Django's TransactionTestCase clears the test database with DELETE or TRUNCATE, which the guards of the ledger
forbid. So the guards stand aside while the test machinery clears up, and only then: nothing in Stairgate can.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import TransactionTestCase

_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'ledger_%'"


@contextmanager
def guards_aside() -> Iterator[None]:
    """Take the triggers away, and put them back exactly as they were."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute(_TRIGGERS)
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, statement in triggers:
            cursor.execute(statement)


def allow_flush() -> None:
    """Teach Django's test case to clear a guarded database. Calling it again changes nothing."""
    clear: Any = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]
    if getattr(clear, "guards_aside", False):
        return

    def clear_with_guards_aside(case: TransactionTestCase) -> None:
        with guards_aside():
            clear(case)

    clear_with_guards_aside.guards_aside = True  # type: ignore[attr-defined]
    TransactionTestCase._fixture_teardown = clear_with_guards_aside  # type: ignore[attr-defined]
