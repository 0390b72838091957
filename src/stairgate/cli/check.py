"""``stairgate check``: is this installation healthy? One line for each thing, and what to do."""

from __future__ import annotations

import argparse
import json
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from stairgate.cli import with_django
from stairgate.config.home import KEY_NAMES, Home, locate

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
    parser = subparsers.add_parser("check", help="say whether this installation is healthy")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Look at everything; return 0 when all is well, 1 when something needs a person."""
    home = locate()
    with_django()
    found = list(_look(home))
    if args.json:
        print(json.dumps([asdict(finding) for finding in found], ensure_ascii=False, indent=1))
    else:
        for finding in found:
            print(f"{'ok     ' if finding.ok else 'PROBLEM'}  {finding.what}: {finding.says}")
    return 0 if all(finding.ok for finding in found) else 1


def _look(home: Home) -> Iterator[Finding]:
    looks: tuple[Callable[[Home], Iterator[Finding]], ...] = (
        _folder,
        _keys,
        _space,
        _database,
        _ledger,
        _worker,
        _accounts,
    )
    for look in looks:
        try:
            yield from look(home)
        except Exception as error:
            yield Finding(look.__name__.strip("_"), False, f"could not be looked at ({error})")


def _folder(home: Home) -> Iterator[Finding]:
    mode = stat.S_IMODE(home.path.stat().st_mode)
    says = f"{home.path}, only you can open it"
    if mode & 0o077:
        says = f"others on this computer can open {home.path}. Run: chmod 700 {home.path}"
    yield Finding("data folder", not mode & 0o077, says)


def _keys(home: Home) -> Iterator[Finding]:
    loose = [name for name in KEY_NAMES if (home.keys / f"{name}.key").stat().st_mode & 0o077]
    for name in KEY_NAMES:
        home.key(name)
    says = "all there, only you can read them"
    yield Finding("keys", not loose, f"others can read {loose}. Run: chmod 600" if loose else says)


def _space(home: Home) -> Iterator[Finding]:
    free = shutil.disk_usage(home.path).free
    yield Finding("space", free > _LEAST_BYTES, f"{free // 1024**2} MB free")


def _database(home: Home) -> Iterator[Finding]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    says = f"{len(plan)} steps behind. Start Stairgate to bring it up to date" if plan else connection.vendor
    yield Finding("database", not plan, says)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            answer = cursor.execute("PRAGMA quick_check").fetchone()[0]
        yield Finding("database file", answer == "ok", answer)


def _ledger(home: Home) -> Iterator[Finding]:
    from stairgate.ledger.services import verify_log
    from stairgate.organisations.models import Organisation

    for organisation in Organisation.objects.all():
        problems = verify_log(organisation.id)
        says = problems[0] if problems else "complete, signed, and unchanged"
        yield Finding(f"record of {organisation.name}", not problems, says)


def _worker(home: Home) -> Iterator[Finding]:
    beat = home.path / "worker-heartbeat"
    if not beat.exists():
        yield Finding("worker", False, "has never run. Start Stairgate")
        return
    seen = datetime.fromtimestamp(beat.stat().st_mtime, UTC)
    quiet = datetime.now(UTC) - seen
    says = f"last seen {int(quiet.total_seconds())} seconds ago"
    yield Finding("worker", quiet < _QUIET_FOR, says if quiet < _QUIET_FOR else f"{says}. Start Stairgate")


def _accounts(home: Home) -> Iterator[Finding]:
    from django.utils import timezone

    from stairgate.channels.selectors import accounts_now
    from stairgate.organisations.models import Organisation

    for organisation in Organisation.objects.all():
        for account in accounts_now(organisation, timezone.now()):
            says = " ".join(restriction.says for restriction in account.restrictions) or "open"
            yield Finding(f"{organisation.name}, {account.channel.name}", account.is_open, says)
