"""What the services made once, kept with all its rows, to be put there again as if it were made just now.

Building the cast takes some three hundred queries, and a thousand tests want it. So each process builds it once
through the services; after that its rows are written straight from memory: the same ids, every time moved by as
much as "now" has moved, and the entries of the ledger hashed and appended anew, one by one, under its guards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.db import connection
from django.db.models import AutoField, DateTimeField, Field, Model

from stairgate.ledger.models import Entry, Log
from stairgate.ledger.proof import leaf_hash

Made = TypeVar("Made")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept(Generic[Made]):
    """What a deed returned, every row it wrote, and when that was."""

    at: datetime
    made: Made
    rows: list[tuple[type[Model], list[Row]]]

    def again(self, at: datetime) -> Made:
        """Write all of it anew, as of another moment; return what the deed would return."""
        shift = at - self.at
        numbers: dict[tuple[type[Model], Any], Any] = {}
        for model, rows in self.rows:
            new = [model(**_moved_row(model, row, shift, numbers)) for row in rows]
            if model is Entry:
                _append(new)  # type: ignore[arg-type]
                continue
            if model is Log:
                for log in new:
                    log.size, log.peaks = 0, b""  # type: ignore[attr-defined]
            model._base_manager.bulk_create(new)
            numbers |= {
                (model, row[model._meta.pk.attname]): made.pk for row, made in zip(rows, new, strict=True)
            }
        made = deepcopy(self.made)
        for instance in _instances(made, set()):
            for field in instance._meta.concrete_fields:
                value = instance.__dict__.get(field.attname)
                if isinstance(field, DateTimeField) and value is not None:
                    setattr(instance, field.attname, value + shift)
        return made


def keep(deed: Callable[[], Made], at: datetime) -> tuple[Made, Kept[Made]]:
    """Do a deed; return what it made, and that as it is kept. Rows that it found and changed are not kept."""
    before = {model: {row.pk for row in _all(model)} for model in apps.get_models()}
    made = deed()
    found = [(model, [row for row in _all(model) if row.pk not in pks]) for model, pks in before.items()]
    rows = [(model, [_values(row) for row in new]) for model, new in found if new]
    rows.sort(key=lambda pair: _references(pair[0]))
    return made, Kept(at, deepcopy(made), rows)


def _all(model: type[Model]) -> list[Model]:
    return list(model._base_manager.order_by("pk"))


def _values(row: Model) -> Row:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _references(model: type[Model]) -> int:
    """Return how many steps a model is from one that refers to nothing."""
    others = [field.related_model for field in model._meta.concrete_fields if field.is_relation]
    return 1 + max((_references(other) for other in others if other is not model), default=0)  # type: ignore[arg-type]


def _moved_row(
    model: type[Model], row: Row, shift: timedelta, numbers: dict[tuple[type[Model], Any], Any]
) -> Row:
    moved = {}
    for field in model._meta.concrete_fields:
        value = row[field.attname]
        if value is not None and not isinstance(field, AutoField):
            moved[field.attname] = _moved(field, value, shift, numbers)
    return moved


def _moved(
    field: Field[Any, Any], value: Any, shift: timedelta, numbers: dict[tuple[type[Model], Any], Any]
) -> Any:
    if isinstance(field, DateTimeField):
        return value + shift
    if field.is_relation:
        return numbers.get((field.related_model, value), value)  # type: ignore[arg-type]
    return value


def _append(entries: list[Entry]) -> None:
    """Add entries to the ends of their logs, each with its hash as of its time. Its guards watch each of them."""
    logs = {log.pk: log for log in Log.objects.filter(pk__in={entry.log_id for entry in entries})}
    columns = ", ".join(f'"{field.column}"' for field in Entry._meta.concrete_fields)
    places = ", ".join("%s" for _ in Entry._meta.concrete_fields)
    insert = f'INSERT INTO "{Entry._meta.db_table}" ({columns}) VALUES ({places})'
    grow = f'UPDATE "{Log._meta.db_table}" SET "size" = %s, "peaks" = %s WHERE "id" = %s'
    steps: list[tuple[str, list[Any]]] = []
    for entry in sorted(entries, key=lambda entry: entry.index):
        log = logs[entry.log_id]
        entry.leaf_hash = leaf_hash(entry.header(log.origin))
        log.frontier = log.frontier.append(entry.leaf_hash)
        steps.append((insert, list(_stored(entry, Entry._meta.concrete_fields))))
        fields = [Log._meta.get_field(name) for name in ("size", "peaks", "id")]
        steps.append((grow, list(_stored(log, fields))))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # in one journey
            cursor.execute(
                "; ".join(sql for sql, _ in steps), [value for _, values in steps for value in values]
            )
        else:
            for sql, values in steps:
                cursor.execute(sql, values)


def _stored(row: Model, fields: Any) -> Iterator[Any]:
    for field in fields:
        yield field.get_db_prep_save(getattr(row, field.attname), connection)


def _instances(value: Any, seen: set[int]) -> Iterator[Model]:
    """Yield every row that hangs on a value, each once."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Model):
        yield value
        for other in value._state.fields_cache.values():
            yield from _instances(other, seen)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _instances(getattr(value, name), seen)
