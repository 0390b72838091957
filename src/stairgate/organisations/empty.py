"""An empty database gets its tables in their last form.

Step by step, each of the many small steps has every table that hangs together with the changed one described anew:
most of a first start, of a restore, and of each test's database was that. What comes out is the same, and a test
compares the two.
"""

from __future__ import annotations

from itertools import chain

from django.apps.registry import Apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import IndexOperation, ModelOperation
from django.db.migrations.recorder import MigrationRecorder

#: what only changes the form of tables, so that the last form has it already
_FORM = (ModelOperation, FieldOperation, IndexOperation)


def build(connection: BaseDatabaseWrapper) -> bool:
    """Make every table of an empty database, and write down all migrations as done; return whether it was empty.

    All or nothing. What a migration does besides (the guards of the ledger) is done in its turn, unless it is
    marked elidable: that only changes rows, and there are none.
    """
    if set(connection.introspection.table_names()) - {MigrationRecorder.Migration._meta.db_table}:
        return False
    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes()
    plan = [migration for migration, _ in executor.migration_plan(targets)]
    if executor.loader.applied_migrations or not _can_be_built(plan):
        return False
    state = executor.loader.project_state(targets)
    executor.recorder.ensure_schema()
    with connection.schema_editor(atomic=True) as editor:
        for model in _tables(state.apps, connection):
            editor.create_model(model)
        # now, not at the end: PostgreSQL changes no table in which a deed has just written a row
        for statement in editor.deferred_sql:
            editor.execute(statement)
        editor.deferred_sql.clear()
        for migration in plan:
            for operation in migration.operations:
                if _is_deed(operation):
                    operation.database_forwards(migration.app_label, editor, state, state)
            executor.recorder.record_applied(migration.app_label, migration.name)
    return True


def _tables(apps: Apps, connection: BaseDatabaseWrapper) -> list[type]:
    return [model for model in apps.get_models() if model._meta.can_migrate(connection.alias)]


def _can_be_built(plan: list[Migration]) -> bool:
    """Return whether each step is of a kind whose place here is known. One that is not is left to Django."""
    steps = chain.from_iterable(migration.operations for migration in plan)
    return all(isinstance(step, (*_FORM, RunPython, RunSQL)) for step in steps)


def _is_deed(operation: Operation) -> bool:
    return not isinstance(operation, _FORM) and not operation.elidable
