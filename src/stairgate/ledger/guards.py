"""Are the triggers that keep the ledger append-only in place? Made by migration 0002, looked up here."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

GUARDS = frozenset(
    {
        "ledger_log_no_delete",
        "ledger_log_only_grow",
        "ledger_log_no_replace",
        "ledger_entry_no_delete",
        "ledger_entry_only_next",
        "ledger_entry_only_erase",
        "ledger_checkpoint_no_delete",
        "ledger_checkpoint_no_change",
        "ledger_checkpoint_no_replace",
    }
)
AGAINST_TRUNCATE = frozenset(f"ledger_{table}_no_truncate" for table in ("log", "entry", "checkpoint"))

_QUERIES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of guards that this database should have and has not, or has switched off."""
    expected = GUARDS | (AGAINST_TRUNCATE if connection.vendor == "postgresql" else frozenset())
    with connection.cursor() as cursor:
        cursor.execute(_QUERIES[connection.vendor])
        return sorted(expected - {name for (name,) in cursor.fetchall()})
