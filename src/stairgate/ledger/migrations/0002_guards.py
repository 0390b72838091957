"""The guards: triggers with which the database itself refuses to change the ledger.

Nothing is ever deleted. An entry is added only at the end of its log, and changed only by blanking salt and
payload together. A log only grows, by one entry at a time. A checkpoint never changes.
The insert guards also stop SQLite's REPLACE, which would otherwise delete a row without asking the delete guard.

A later migration that rebuilds one of these tables on SQLite loses its triggers and must make them again;
`guards.missing` and a test notice.
"""

from collections.abc import Iterator

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("ledger_log", "ledger_entry", "ledger_checkpoint")
ENTRY_KEPT = ("id", "log_id", "index", "kind", "actor", "subject", "at", "commitment", "leaf_hash")
LOG_KEPT = ("id", "organisation_id", "origin")

NO_DELETE = "The ledger is append-only: nothing in it can be deleted"
ONLY_ERASE = (
    "The ledger is append-only: an entry can only be blanked, salt and payload together, and no tombstone"
)
ONLY_NEXT = "The ledger is append-only: an entry can only be added at the end"
ONLY_GROW = "The ledger is append-only: a log can only grow, by the entry just added"
NO_CHANGE = "The ledger is append-only: a checkpoint cannot be changed"
NO_REPLACE = "The ledger is append-only: nothing in it can be replaced"


def _same(columns: tuple[str, ...], operator: str) -> str:
    return " AND ".join(f'NEW."{name}" {operator} OLD."{name}"' for name in columns)


def _rules(operator: str) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield (table, trigger, event, condition under which it refuses, what it says)."""
    erased = (
        "NEW.salt IS NULL AND NEW.payload IS NULL AND OLD.payload IS NOT NULL AND OLD.kind <> 'ledger.erased'"
    )
    fits = '(SELECT size FROM ledger_log WHERE id = NEW.log_id) = NEW."index"'
    twin = "EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.id)"
    grows = 'NEW.size = OLD.size + 1 AND EXISTS (SELECT 1 FROM ledger_entry WHERE log_id = OLD.id AND "index" = OLD.size)'
    same_log = "EXISTS (SELECT 1 FROM ledger_log WHERE id = NEW.id OR organisation_id = NEW.organisation_id)"
    same_checkpoint = "EXISTS (SELECT 1 FROM ledger_checkpoint WHERE id = NEW.id)"
    for table in TABLES:
        yield table, f"{table}_no_delete", "DELETE", "1 = 1", NO_DELETE
    yield (
        "ledger_entry",
        "ledger_entry_only_erase",
        "UPDATE",
        f"NOT ({erased} AND {_same(ENTRY_KEPT, operator)})",
        ONLY_ERASE,
    )
    yield (
        "ledger_entry",
        "ledger_entry_only_next",
        "INSERT",
        f"NOT COALESCE({fits}, 1 = 0) OR {twin}",
        ONLY_NEXT,
    )
    yield (
        "ledger_log",
        "ledger_log_only_grow",
        "UPDATE",
        f"NOT ({grows} AND {_same(LOG_KEPT, operator)})",
        ONLY_GROW,
    )
    yield "ledger_log", "ledger_log_no_replace", "INSERT", f"NEW.size <> 0 OR {same_log}", NO_REPLACE
    yield "ledger_checkpoint", "ledger_checkpoint_no_change", "UPDATE", "1 = 1", NO_CHANGE
    yield "ledger_checkpoint", "ledger_checkpoint_no_replace", "INSERT", same_checkpoint, NO_REPLACE


def _sqlite() -> Iterator[str]:
    for table, name, event, refuses, says in _rules("IS"):
        yield (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {refuses} "
            f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        )


def _postgres() -> Iterator[str]:
    for table, name, event, refuses, says in _rules("IS NOT DISTINCT FROM"):
        row = "OLD" if event == "DELETE" else "NEW"
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {refuses} THEN RAISE EXCEPTION '{says}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            f"RETURN {row}; END $$"
        )
        yield f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    for table in TABLES:
        yield (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_no_delete()"
        )


def guard(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers for the database in use."""
    statements = {"sqlite": _sqlite, "postgresql": _postgres}[editor.connection.vendor]
    for statement in statements():
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    # No way back: a ledger without its guards is not one.
    operations = [migrations.RunPython(guard, elidable=False)]
