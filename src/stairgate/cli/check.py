"""``stairgate check``: is this installation healthy? One line for each thing, and what to do."""

from __future__ import annotations

import argparse
import json
import shutil
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from stairgate.cli import check_there, with_django
from stairgate.config.home import KEY_NAMES, Home, HomeTrouble, locate

_LEAST_BYTES = 500 * 1024 * 1024
_QUIET_FOR = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    ok: bool
    says: str


def add_parser(subparsers: Any) -> None:
    """Add ``check`` to the program's commands."""
    parser = subparsers.add_parser(
        "check",
        help="say whether this installation is healthy",
        description="Looks at the data folder, the keys, the space, the worker, the database, the whole ledger and "
        "each account. Ends with 0 when all is well, 1 when something needs a person.",
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Look at everything; return 0 when all is well, else 1. Raises `HomeTrouble` when nothing is there."""
    home = locate()
    check_there(home)
    found = list(_look(home))
    if args.json:
        print(json.dumps([asdict(finding) for finding in found], ensure_ascii=False, indent=1))
    else:
        for finding in found:
            print(f"{'ok     ' if finding.ok else 'PROBLEM'}  {finding.what}: {finding.says}")
        print(_sum_up(found))
    return 0 if all(finding.ok for finding in found) else 1


def _sum_up(found: list[Finding]) -> str:
    wrong = sum(not finding.ok for finding in found)
    return f"{wrong} of {len(found)} need a person." if wrong else "All is well."


def _look(home: Home) -> Iterator[Finding]:
    yield _folder(home)
    keys = _keys(home)
    yield keys
    yield _space(home)
    yield _worker(home)
    if keys.ok:
        yield from _inside()


def _inside() -> Iterator[Finding]:
    """Yield what Django must be loaded for; after a database that cannot be used, nothing more."""
    try:
        with_django()
        for look in (_database, _ledger, _accounts):
            found = list(look())
            yield from found
            if look == _database and not all(finding.ok for finding in found):
                return
    except HomeTrouble as trouble:
        yield Finding("installation", False, str(trouble))
    except Exception as error:  # whatever it is, a check says so and ends with 1
        words = " ".join(str(error).split())
        yield Finding("database", False, f"cannot be read ({words}). Start it, or put back your last backup.")


def _folder(home: Home) -> Finding:
    loose = [path for path in (home.path, home.keys, home.media) if path.exists() and _others_can(path)]
    if loose:
        says = f"others on this computer can open {loose[0]}. Run: chmod 700 {_all(loose)}"
        return Finding("data folder", False, says)
    return Finding("data folder", True, f"{home.path}, only you can open it")


def _keys(home: Home) -> Finding:
    try:
        for name in (*KEY_NAMES, *home.vault_key_names):
            home.key(name)
    except HomeTrouble as trouble:
        return Finding("keys", False, str(trouble))
    names = (*KEY_NAMES, *home.vault_key_names)
    loose = [path for name in names if _others_can(path := home.keys / f"{name}.key")]
    if loose:
        return Finding("keys", False, f"others can read {loose[0].name}. Run: chmod 600 {_all(loose)}")
    return Finding("keys", True, "all there, only you can read them")


def _others_can(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _all(paths: list[Path]) -> str:
    return " ".join(map(str, paths))


def _space(home: Home) -> Finding:
    free = shutil.disk_usage(home.path).free
    says = f"{free // 1024**2} MB free"
    if free < _LEAST_BYTES:
        return Finding(
            "space", False, f"only {says}. Make room on this disk: when it is full nothing can be kept."
        )
    return Finding("space", True, says)


def _worker(home: Home) -> Finding:
    beat = home.heartbeat
    if not beat.exists():
        return Finding("worker", False, "it has never run. Start Stairgate.")
    quiet = datetime.now(UTC) - datetime.fromtimestamp(beat.stat().st_mtime, UTC)
    says = f"last seen {int(quiet.total_seconds())} seconds ago"
    if quiet > _QUIET_FOR:
        return Finding("worker", False, f"{says}: nothing is sent or collected. Start Stairgate again.")
    return Finding("worker", True, says)


def _database() -> Iterator[Finding]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            answer = cursor.execute("PRAGMA quick_check").fetchone()[0]
        says = (
            "whole"
            if answer == "ok"
            else f"damaged ({answer}). Stop Stairgate and put back your last backup."
        )
        yield Finding("database file", answer == "ok", says)
    executor = MigrationExecutor(connection)
    loader = executor.loader
    newer = loader.applied_migrations.keys() - loader.disk_migrations.keys()
    plan = executor.migration_plan(loader.graph.leaf_nodes())
    says = f"{connection.vendor}, up to date"
    if newer:
        says = "made by a newer Stairgate. Install that version."
    elif plan:
        says = f"{len(plan)} steps behind. Start Stairgate to bring it up to date."
    yield Finding("database", not (newer or plan), says)


def _ledger() -> Iterator[Finding]:
    from stairgate.ledger.services import verify_log
    from stairgate.organisations.models import Organisation

    for organisation in Organisation.objects.all():
        problems = verify_log(organisation.id)
        says = "complete, signed, and unchanged"
        if problems:
            more = f" And {len(problems) - 1} more." if len(problems) > 1 else ""
            says = f"{problems[0]}{more} Keep this as it is, and put back your last good backup elsewhere."
        yield Finding(f"record of {organisation.name}", not problems, says)


def _accounts() -> Iterator[Finding]:
    from django.utils import timezone

    from stairgate.channels.selectors import accounts_now
    from stairgate.organisations.models import Organisation

    for organisation in Organisation.objects.all():
        for account in accounts_now(organisation, timezone.now()):
            says = " ".join(restriction.says for restriction in account.restrictions) or "open"
            yield Finding(f"{organisation.name}, {account.channel.name}", account.is_open, says)
