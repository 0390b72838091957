"""``stairgate clauses``: every clause with its state, its controls and its tests."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stairgate.clauses.table import Row, State

_WIDTH = 100


def add_parser(subparsers: Any) -> None:
    """Add ``clauses`` to the program's commands."""
    parser = subparsers.add_parser("clauses", help="print every clause and what enforces it")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the table; return 0. Needs no installation: it speaks of the program, not of a setting."""
    with tempfile.TemporaryDirectory() as folder:
        _load(Path(folder))
        from stairgate.clauses.table import rows

        table = rows()
    print(json.dumps(as_values(table), ensure_ascii=False, indent=1) if args.json else as_text(table))
    return 0


def _load(folder: Path) -> None:
    """Load Django on a throw-away folder, so that the table can be printed anywhere."""
    from stairgate.config.home import Home, prepare

    os.environ["STAIRGATE_HOME"] = str(folder)
    os.environ.pop("STAIRGATE_DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "stairgate.config.settings"
    prepare(Home(folder))
    import django

    django.setup()


def as_values(table: Sequence[Row]) -> list[dict[str, object]]:
    """Return the table as plain values."""
    return [
        {
            "clause": row.clause.id,
            "section": row.clause.section,
            "title": row.clause.title,
            "state": row.state.value,
            "controls": [
                {"says": claim.says, "where": claim.where, "covers": claim.coverage.value}
                for claim in row.controls
            ],
            "tests": list(row.tests),
        }
        for row in table
    ]


def as_text(table: Sequence[Row]) -> str:
    """Return the table for a terminal."""
    lines = []
    for row in table:
        lines.append(f"{row.clause.id:5} {row.state.value:9} {row.clause.title[:_WIDTH]}")
        if row.state != State.NOT_YET:
            lines += [f"      control: {claim.says} ({claim.where})" for claim in row.controls]
            lines.append(f"      tests:   {len(row.tests)}, such as {row.tests[0]}")
    counts = Counter(row.state for row in table)
    total = ", ".join(f"{counts[state]} {state.value}" for state in State)
    return "\n".join([*lines, "", f"{len(table)} clauses: {total}"])
