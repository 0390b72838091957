"""``stairgate worker``: one more worker for an installation on PostgreSQL, and a sentence where it can be of no use."""

from __future__ import annotations

import base64
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.installation import COMMAND, SEAL, Installation, refused, wait_for

pytestmark = pytest.mark.xdist_group("installation")


@pytest.fixture
def elsewhere(ours: Installation, tmp_path: Path) -> Installation:
    """Another machine: the same database, and a copy of the keys."""
    if not ours.on_postgres:
        pytest.skip("on SQLite there is one worker")
    shutil.copytree(ours.home / "keys", tmp_path / "elsewhere" / "keys")
    return Installation(tmp_path / "elsewhere", ours.environment)


def test_on_sqlite_it_says_that_one_is_enough(ours: Installation) -> None:
    if ours.on_postgres:
        pytest.skip("about SQLite")
    refused(ours.run("worker"), "STAIRGATE_DATABASE_URL", "stairgate start")


def test_on_another_machine_it_works_until_it_is_told_to_stop(elsewhere: Installation) -> None:
    process = subprocess.Popen([*COMMAND, "worker"], env=elsewhere.everything, stdout=subprocess.PIPE)
    try:
        wait_for((elsewhere.home / "worker-heartbeat").exists, process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0
    finally:
        process.kill()
        process.wait()


def test_with_other_keys_it_does_not_begin(elsewhere: Installation) -> None:
    """It would sign the record under a name that nobody knows, and could open no account."""
    elsewhere.python(SEAL)
    (elsewhere.home / "keys/ledger.key").write_text(base64.b64encode(bytes(32)).decode(), "ascii")
    refused(elsewhere.run("worker"), "keys", "Copy the folder")


def test_with_a_database_of_another_version_it_does_not_begin(elsewhere: Installation) -> None:
    elsewhere.execute("DELETE FROM django_migrations WHERE app = 'publishing' AND starts_with(name, '0005')")
    refused(elsewhere.run("worker"), "another version")


def test_the_bells_are_in_no_backup(elsewhere: Installation) -> None:
    """They hold nothing that is true, and a bell from long ago would be for nothing."""
    kept = elsewhere.python("from stairgate.cli.postgresql import _names; print(*_names())").split()
    tables = elsewhere.python(
        "from django.db import connection; print(*connection.introspection.table_names())"
    )
    bells = {name for name in tables.split() if name.startswith("procrastinate_")}
    assert "procrastinate_jobs" in bells and not bells & set(kept)
    assert set(tables.split()) - bells == set(kept)


def test_where_no_keys_are_it_says_so(elsewhere: Installation) -> None:
    shutil.rmtree(elsewhere.home / "keys")
    refused(elsewhere.run("worker"), "There is no Stairgate")
