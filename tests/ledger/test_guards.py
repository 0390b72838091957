"""The database in use refuses to change the ledger, whoever asks, with whatever words."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from stairgate.ledger import guards
from stairgate.ledger.models import Checkpoint, Entry, Log
from stairgate.ledger.services import checkpoint, erase, record, verify_log
from tests.ledger.flushing import guards_aside

AT = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)

FORBIDDEN = [
    "DELETE FROM ledger_entry",
    'DELETE FROM ledger_entry WHERE "index" = 2',
    "DELETE FROM ledger_log",
    "DELETE FROM ledger_checkpoint",
    *(f"UPDATE ledger_entry SET {column} = 'x'" for column in ("kind", "actor", "subject")),
    'UPDATE ledger_entry SET "index" = "index" + 10',
    "UPDATE ledger_entry SET at = CURRENT_TIMESTAMP",
    "UPDATE ledger_entry SET payload = '{}'",
    "UPDATE ledger_entry SET payload = NULL",
    "UPDATE ledger_entry SET salt = NULL",
    "UPDATE ledger_entry SET salt = NULL, payload = NULL, actor = 'x'",
    "UPDATE ledger_entry SET salt = NULL, payload = NULL WHERE kind = 'ledger.erased'",
    "UPDATE ledger_entry SET salt = NULL, payload = NULL WHERE payload IS NULL",
    "UPDATE ledger_entry SET actor = actor",
    "UPDATE ledger_log SET size = 0",
    "UPDATE ledger_log SET size = size + 1",
    "UPDATE ledger_log SET origin = 'x'",
    "UPDATE ledger_checkpoint SET note = 'x'",
    "UPDATE ledger_checkpoint SET size = 1",
]
ON_SQLITE = [
    f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    for table in ("ledger_log", "ledger_entry", "ledger_checkpoint")
]
ON_POSTGRES = [f"TRUNCATE {table} CASCADE" for table in ("ledger_log", "ledger_entry", "ledger_checkpoint")]


def fill(setting: UUID) -> list[Entry]:
    """Write three entries, erase the first, sign."""
    written = [
        record(organisation_id=setting, kind="a.b", actor="tom", subject="p", payload={"n": n}, at=AT)
        for n in range(3)
    ]
    erase(entry=written[0], actor="priya", reason="asked", at=AT)
    checkpoint(organisation_id=setting, at=AT)
    return written


def ask(statement: str) -> None:
    """Put a statement to the database."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def everything() -> list[object]:
    """Return all that is stored."""
    return [list(model.objects.order_by("pk").values()) for model in (Log, Entry, Checkpoint)]


@pytest.mark.django_db
@pytest.mark.clause("C28")
def test_no_statement_changes_what_was_written(setting: UUID) -> None:
    fill(setting)
    connection.check_constraints()  # PostgreSQL truncates nothing while a deferred check is still to come
    before = everything()
    for statement in [*FORBIDDEN, *(ON_POSTGRES if connection.vendor == "postgresql" else ON_SQLITE)]:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            ask(statement)
        assert everything() == before, statement


@pytest.mark.django_db
@pytest.mark.clause("C28")
def test_the_models_cannot_change_it_either(setting: UUID) -> None:
    entry = fill(setting)[1]
    entry.actor = "kofi"
    for change in (entry.save, entry.delete, Entry.objects.all().delete, Checkpoint.objects.all().delete):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.django_db
def test_an_entry_is_added_only_at_the_end(setting: UUID) -> None:
    kept = fill(setting)[2]
    for index in (0, 3, 5):
        entry = Entry.objects.get(pk=kept.pk)
        entry.pk, entry.index = uuid4(), index
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            entry.save(force_insert=True)


@pytest.mark.django_db
def test_a_log_begins_empty(setting: UUID) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Log.objects.create(organisation_id=setting, origin="x", size=4)


@pytest.mark.django_db
def test_all_guards_stand_after_all_migrations_and_a_missing_one_is_told(setting: UUID) -> None:
    fill(setting)
    assert guards.missing(connection) == []
    assert verify_log(setting) == []
    connection.check_constraints()
    ask(
        "DROP TRIGGER ledger_entry_no_delete"
        + (" ON ledger_entry" if connection.vendor == "postgresql" else "")
    )
    assert guards.missing(connection) == ["ledger_entry_no_delete"]
    assert "ledger_entry_no_delete" in verify_log(setting)[0]


@pytest.mark.django_db
def test_the_guards_come_back_when_the_tests_put_them_aside() -> None:
    with guards_aside():
        pass
    assert guards.missing(connection) == []
