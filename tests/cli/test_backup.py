"""``stairgate backup`` and ``restore``: everything, from one moment, while it runs; back whole or not at all."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import WORDS
from tests.cli.installation import COMMAND, Installation, free_port, mode, refused, wait_for
from tests.databases import URL, own_database, plain_owner

pytestmark = pytest.mark.xdist_group("installation")

#: one entry of the ledger after another, until killed
SCRIBBLE = """
from itertools import count
from django.db import transaction
from stairgate.ledger.services import record
from stairgate.organisations.models import Organisation
place = Organisation.objects.get()
for number in count():
    with transaction.atomic():
        record(organisation_id=place.pk, kind="test.scribbled", actor="worker", subject=str(number), payload={}, at=now)
    print(number, flush=True)
"""


@contextmanager
def empty(folder: Path) -> Iterator[Installation]:
    """Yield where a backup can be put back: no folder yet, and an empty database."""
    with own_database() as environment:
        yield Installation(folder, environment)


@pytest.fixture
def backup(ours: Installation, tmp_path: Path) -> Path:
    said = ours.run("backup", str(tmp_path / "backup.tar.gz"))
    assert (said.code, said.err) == (0, ""), said
    assert "Wrote " in said.out and "keys" in said.out
    return tmp_path / "backup.tar.gz"


def test_a_backup_gives_the_same_installation_back(ours: Installation, backup: Path, tmp_path: Path) -> None:
    assert mode(backup) == "0o600"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar.gz", "ours"]
    before = ours.rows()
    with empty(tmp_path / "new") as new:
        said = new.run("restore", str(backup))
        assert (said.code, said.err) == (0, ""), said
        assert new.rows() == before
        kept = {
            name: at for name, at in ours.files().items() if name.startswith(("keys", "pictures", "setup"))
        }
        assert kept.items() <= new.files().items()
        assert {at for path, (at, _) in new.files().items() if (new.home / path).is_file()} == {"0o600"}
        assert (new.home / "pictures/carrot.jpg").read_text("utf-8") == WORDS
        assert mode(new.home) == "0o700"
        with new.started() as running:
            status, page = running.get("/")
            assert status == 200 and "Sign in" in page
            assert new.run("check").out.endswith("All is well.\n")
            new.python(
                "from stairgate.cli.demo import User; User.objects.create_user('new@willowlane.example')"
            )


def test_the_owner_of_a_postgres_needs_no_other_right(
    ours: Installation, backup: Path, tmp_path: Path
) -> None:
    if not ours.on_postgres:
        pytest.skip("SQLite knows no roles")
    with empty(tmp_path / "new") as new, plain_owner(new.environment) as environment:
        mine = replace(new, environment=environment)
        said = mine.run("restore", str(backup))
        assert said.code == 0, said
        (mine.home / "worker-heartbeat").touch(0o600)
        assert mine.run("check").code == 0
        assert mine.run("backup", str(tmp_path / "again.tar.gz")).code == 0
        assert mine.rows() == ours.rows()


def test_a_backup_while_everything_is_written(ours: Installation, tmp_path: Path) -> None:
    """The web pages and the worker run, and the ledger grows all the while."""
    with ours.started() as running, ours.beside(SCRIBBLE) as written:
        before = written()
        said = ours.run("backup", str(tmp_path / "live.tar.gz"))
        assert (said.code, said.err) == (0, ""), said
        assert running.process.poll() is None
        after = written()
    assert after > before, "the ledger stood still meanwhile: this showed nothing"
    with empty(tmp_path / "new") as new:
        assert new.run("restore", str(tmp_path / "live.tar.gz")).code == 0
        (new.home / "worker-heartbeat").touch()
        said = new.run("check")
        assert said.code == 0, said
        got = sum("test.scribbled" in row for row in new.rows()["ledger_entry"])
        assert before <= got <= after + 1


def test_it_never_overwrites(ours: Installation, tmp_path: Path) -> None:
    target = tmp_path / "precious.tar.gz"
    target.write_text("precious", "ascii")
    refused(ours.run("backup", str(target)), "is there already")
    assert target.read_text("ascii") == "precious"
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    refused(ours.run("backup", str(tmp_path / "link")), "is there already")
    assert not (tmp_path / "nowhere").exists()


#: run a backup in which something happens once the file is written, and before it is read back
MEANWHILE = """
import sys
from pathlib import Path
from stairgate.cli import archive, main
write, target = archive.write, Path({target!r})
def then(file, *more, **options):
    contents = write(file, *more, **options)
    {happens}
    return contents
archive.write = then
sys.exit(main(["backup", str(target)]))
"""


@pytest.mark.parametrize(
    ("happens", "says", "kept"),
    [
        ("file.seek(-5000, 2); file.write(b'torn')", "is not a whole backup", {}),
        ("file.truncate(file.tell() - 5000)", "is not a whole backup", {}),
        ("target.write_text('precious')", "is there already", {"b.tar.gz": "precious"}),
    ],
)
def test_a_file_that_is_not_what_was_written_never_counts(
    ours: Installation, tmp_path: Path, happens: str, says: str, kept: dict[str, str]
) -> None:
    (tmp_path / "out").mkdir()
    said = ours.python_said(MEANWHILE.format(target=str(tmp_path / "out/b.tar.gz"), happens=happens))
    refused(said, says)
    assert {path.name: path.read_text("ascii") for path in (tmp_path / "out").iterdir()} == kept


def test_a_target_that_cannot_be_written(ours: Installation, tmp_path: Path) -> None:
    for target in (
        tmp_path / "no/such/folder.tar.gz",
        ours.home / "setup-code/b.tar.gz",
        Path("/proc/b.tar.gz"),
    ):
        refused(ours.run("backup", str(target)), str(target), "another folder")


def test_a_full_disk_leaves_nothing(ours: Installation, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (ours.home / "pictures/big").write_bytes(os.urandom(4 * 1024**2))
    before = ours.files().keys()
    for limit in (200_000, 3_000_000):  # the copy of the database does not fit; the file itself does not
        refused(ours.run("backup", str(tmp_path / "out/b.tar.gz"), limit=limit), "Make room")
        assert list((tmp_path / "out").iterdir()) == []
        assert ours.files().keys() == before


def _hears_ctrl_c() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_backup_that_is_stopped_leaves_nothing(ours: Installation, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (ours.home / "pictures/big").write_bytes(os.urandom(400 * 1024**2))
    before = ours.files().keys()
    command = [*COMMAND, "backup", str(tmp_path / "out/b.tar.gz")]
    for number in (signal.SIGTERM, signal.SIGINT):
        with subprocess.Popen(
            command, env=ours.everything, stderr=subprocess.PIPE, preexec_fn=_hears_ctrl_c
        ) as process:
            wait_for(lambda: any(path.stat().st_size for path in (tmp_path / "out").iterdir()), process)
            process.send_signal(number)
            assert process.wait(120) == 128 + number
            assert process.stderr and process.stderr.read() == b""
        assert list((tmp_path / "out").iterdir()) == []
        assert ours.files().keys() == before


def test_what_is_damaged_at_home_is_said(ours: Installation, tmp_path: Path) -> None:
    on_entry = " ON ledger_entry" if ours.on_postgres else ""
    ours.execute(f"DROP TRIGGER ledger_entry_only_erase{on_entry}")
    ours.execute('UPDATE ledger_entry SET actor = %s WHERE "index" = 2', ["nobody"])
    said = ours.run("backup", str(tmp_path / "b.tar.gz"))
    assert said.code == 1 and (tmp_path / "b.tar.gz").exists()
    assert "stairgate: The database guard ledger_entry_only_erase is missing" in said.err
    assert len(said.err.splitlines()) > 1 and "Traceback" not in said.err


def test_a_database_with_a_torn_page_is_said(ours: Installation, tmp_path: Path) -> None:
    if ours.on_postgres:
        pytest.skip("PostgreSQL looks after its own pages")
    with closing(sqlite3.connect(ours.home / "stairgate.sqlite3")) as connection:
        root = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'people_training'"
        ).fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with (ours.home / "stairgate.sqlite3").open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"torn" * 64)
    said = ours.run("backup", str(tmp_path / "b.tar.gz"))
    assert said.code == 1 and "cannot be put back" in said.err and "earlier" in said.err
    with empty(tmp_path / "new") as new:
        refused(new.run("restore", str(tmp_path / "b.tar.gz")), "damaged", "earlier")
        assert not new.home.exists()


def test_a_restore_never_overwrites(ours: Installation, backup: Path) -> None:
    files, rows = ours.files(), ours.rows()
    refused(ours.run("restore", str(backup)), "is not empty", "--force")
    assert (ours.files(), ours.rows()) == (files, rows)


def test_a_database_that_is_not_empty_is_never_filled(
    ours: Installation, backup: Path, tmp_path: Path
) -> None:
    if not ours.on_postgres:
        pytest.skip("on SQLite the database is in the folder")
    rows = ours.rows()
    elsewhere = replace(ours, home=tmp_path / "new")
    refused(elsewhere.run("restore", str(backup)), "not empty", "STAIRGATE_DATABASE_URL")
    assert ours.rows() == rows and not elsewhere.home.exists()


def test_force_moves_what_was_there_aside(ours: Installation, backup: Path, tmp_path: Path) -> None:
    with empty(tmp_path / "new") as new:
        new.home.mkdir()
        (new.home / "keys").mkdir()
        (new.home / "keys/names.key").write_text("another", "ascii")
        said = new.run("restore", "--force", str(backup))
        assert said.code == 0, said
        (aside,) = new.home.glob("before-restore-*")
        assert str(aside) in said.out
        assert (aside / "keys/names.key").read_text("ascii") == "another"
        assert new.rows() == ours.rows()
        (new.home / "worker-heartbeat").touch()
        assert new.run("check").code == 0


def test_a_running_stairgate_is_never_restored_over(ours: Installation, backup: Path) -> None:
    with ours.started() as running:
        refused(ours.run("restore", "--force", str(backup)), "already running")
        assert running.get("/alive/")[0] == 200


def test_each_kind_of_database_into_its_own(ours: Installation, backup: Path, tmp_path: Path) -> None:
    other = dict(ours.environment)
    if other.pop(URL, None) is None:
        other[URL] = f"postgresql://stairgate@127.0.0.1:{free_port()}/stairgate"
    new = Installation(tmp_path / "new", other)
    refused(new.run("restore", str(backup)), "STAIRGATE_DATABASE_URL", "Nothing was changed")
    assert not new.home.exists()


def test_a_disk_without_room_for_it(ours: Installation, tmp_path: Path) -> None:
    (ours.home / "pictures/big").write_bytes(bytes(4 * 1024**2))
    assert ours.run("backup", str(tmp_path / "b.tar.gz")).code == 0
    with empty(tmp_path / "new") as new:
        refused(new.run("restore", str(tmp_path / "b.tar.gz"), limit=3_000_000), "could not be put back")
        assert not new.home.exists()


def test_a_restore_that_is_killed_never_starts_half(ours: Installation, tmp_path: Path) -> None:
    for number in range(40):
        (ours.home / f"pictures/{number}").write_bytes(os.urandom(1024**2))
    backup = tmp_path / "b.tar.gz"
    assert ours.run("backup", str(backup)).code == 0
    caught = 0
    for pause in (0.0, 0.2):
        with empty(tmp_path / f"new-{pause}") as new:
            with subprocess.Popen([*COMMAND, "restore", str(backup)], env=new.everything) as process:
                wait_for((new.home / "restoring").exists, process)
                time.sleep(pause)
                process.kill()
            if not (new.home / "restoring").exists():
                continue  # it was quicker
            caught += 1
            refused(new.run("start", "--port", str(free_port())), "has not finished", "restore --force")
            refused(new.run("check"), "has not finished")
            if new.on_postgres and "django_migrations" in new.rows():
                continue  # another empty database is asked for, as below
            assert new.run("restore", "--force", str(backup)).code == 0
            assert new.rows() == ours.rows()
    assert caught, "every restore was quicker than its killer: this showed nothing"
