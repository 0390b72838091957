"""Fields that forms of every room share, and what comes in from a page without a form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms


class _Day(forms.DateInput):
    input_type = "date"


class DayField(forms.DateField):
    """A day as a browser's own date field takes it."""

    widget = _Day

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


def ids_among(typed: Iterable[str]) -> list[UUID]:
    """Return the ids among what came from a page, each once and in order; what is no id is nobody."""
    found: dict[UUID, None] = {}
    for one in typed:
        try:
            found[UUID(one)] = None
        except ValueError:
            continue
    return list(found)
