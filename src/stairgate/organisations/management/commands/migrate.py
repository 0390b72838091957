"""Django's ``migrate``, which makes an empty database at once instead of step by step."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from stairgate.organisations.empty import build

#: options with which less than everything, or nothing at all, is asked for
_LESS = ("app_label", "plan", "check_unapplied", "fake", "fake_initial", "prune")


class Command(migrate.Command):
    """``migrate``: an empty database first gets every table in its last form."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Build what is empty, then go on as Django does: with what is left to do, and with its signals."""
        if not any(options.get(name) for name in _LESS):
            build(connections[options["database"]])
        super().handle(*args, **options)
