"""Fields that forms of every room share."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms


class _Day(forms.DateInput):
    input_type = "date"


class DayField(forms.DateField):
    """A day as a browser's own date field takes it."""

    widget = _Day

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value
