"""``stairgate check``: a healthy installation is said to be, and each fault is seen, with what to do about it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from stairgate.cli import check
from stairgate.config.home import Home
from tests.cli.installation import SEAL, Installation, Said, free_port, refused, run
from tests.databases import URL

pytestmark = pytest.mark.xdist_group("installation")


def problems(said: Said) -> list[str]:
    """What a check found: it ended with 1, and says how many things need a person."""
    found = [line.removeprefix("PROBLEM  ") for line in said.out.splitlines() if line.startswith("PROBLEM")]
    assert (said.code, said.err) == (1, ""), said
    assert f"{len(found)} of " in said.out.splitlines()[-1]
    return found


def test_a_healthy_installation(ours: Installation) -> None:
    said = ours.run("check")
    assert (said.code, said.err) == (0, ""), said
    assert "PROBLEM" not in said.out and said.out.endswith("All is well.\n")
    for what in ("data folder", "keys", "space", "worker", "database", "record of Willow Lane Nursery"):
        assert f"ok       {what}: " in said.out


def test_json_for_a_monitor(ours: Installation) -> None:
    (ours.home / "keys/names.key").unlink()
    said = ours.run("check", "--json")
    assert said.code == 1
    found = {finding["what"]: finding for finding in json.loads(said.out)}
    assert found["keys"]["ok"] is False and "“names”" in found["keys"]["says"]
    assert found["data folder"]["ok"] is True


def test_where_nothing_is(tmp_path: Path) -> None:
    refused(Installation(tmp_path / "home").run("check"), "no Stairgate", "STAIRGATE_HOME")
    assert not (tmp_path / "home").exists()


def old_heartbeat(ours: Installation) -> None:
    long_ago = time.time() - 180
    os.utime(ours.home / "worker-heartbeat", (long_ago, long_ago))


def damaged_key(ours: Installation) -> None:
    (ours.home / "keys/fields.key").write_text("short\n", "ascii")


def another_key(ours: Installation) -> None:
    ours.python(SEAL)
    (ours.home / "keys/ledger.key").write_bytes(base64.b64encode(b"k" * 32))


def drop_guard(ours: Installation, name: str = "ledger_entry_only_erase") -> None:
    ours.execute(f"DROP TRIGGER {name}" + (" ON ledger_entry" if ours.on_postgres else ""))


def changed_entry(ours: Installation) -> None:
    drop_guard(ours)
    ours.execute(
        "UPDATE ledger_entry SET actor = %s WHERE index = 2".replace(" index", ' "index"'), ["nobody"]
    )


def removed_entries(ours: Installation) -> None:
    drop_guard(ours, "ledger_entry_no_delete")
    ours.execute('DELETE FROM ledger_entry WHERE "index" > 3')


def behind(ours: Installation) -> None:
    ours.execute("DELETE FROM django_migrations WHERE app = %s", ["sessions"])


def newer(ours: Installation) -> None:
    row = ("publishing", "0099_from_tomorrow", "2026-11-24 00:00:00+00:00")
    ours.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", row)


FAULTS: list[tuple[Callable[[Installation], object], str, str]] = [
    (old_heartbeat, "worker: last seen 18", "Start Stairgate"),
    (lambda ours: (ours.home / "worker-heartbeat").unlink(), "worker: it has never run", "Start Stairgate"),
    (lambda ours: (ours.home / "keys/ledger.key").unlink(), "keys: The key “ledger” is missing", "backup"),
    (lambda ours: shutil.rmtree(ours.home / "keys"), "keys: The key “session” is missing", "backup"),
    (damaged_key, "keys: The key file", "backup"),
    (lambda ours: (ours.home / "keys/names.key").chmod(0o640), "keys: others", "chmod 600 /"),
    (lambda ours: ours.home.chmod(0o755), "data folder: others", "chmod 700 /"),
    (lambda ours: (ours.home / "pictures").chmod(0o750), "data folder: others", "/pictures"),
    (lambda ours: (ours.home / "keys").chmod(0o701), "data folder: others", "/keys"),
    (another_key, "record of Willow Lane Nursery: ", "signature"),
    (drop_guard, "record of Willow Lane Nursery: ", "ledger_entry_only_erase is missing"),
    (changed_entry, "record of Willow Lane Nursery: ", "And "),
    (removed_entries, "record of Willow Lane Nursery: ", "And "),
    (behind, "database: 1 steps behind", "Start Stairgate"),
    (newer, "database: made by a newer Stairgate", "Install"),
]


@pytest.mark.parametrize(("harm", "what", "then"), FAULTS)
def test_a_fault_is_seen(
    ours: Installation, harm: Callable[[Installation], object], what: str, then: str
) -> None:
    harm(ours)
    (found,) = problems(ours.run("check"))
    assert found.startswith(what) and then in found


def test_a_database_that_does_not_answer(ours: Installation) -> None:
    if not ours.on_postgres:
        pytest.skip("SQLite is a file")
    address = f"postgresql://stairgate:secret@127.0.0.1:{free_port()}/stairgate"
    said = replace(ours, environment={**ours.environment, URL: address}).run("check")
    (found,) = problems(said)
    assert found.startswith("database: cannot be read") and "Start it" in found and "secret" not in said.out


def test_a_lost_database_is_named_and_not_made_anew(ours: Installation) -> None:
    if ours.on_postgres:
        pytest.skip("the database is no file of ours")
    ours_before = (ours.home / "stairgate.sqlite3").rename(ours.home.parent / "aside")
    (found,) = problems(ours.run("check"))
    assert "stairgate.sqlite3 is missing" in found and "backup" in found
    refused(ours.run("backup", str(ours.home.parent / "b.tar.gz")), "stairgate.sqlite3 is missing")
    assert ours_before.exists() and not (ours.home / "stairgate.sqlite3").exists()


@pytest.mark.parametrize("at", [0, 8192])
def test_a_damaged_database_file(ours: Installation, at: int) -> None:
    if ours.on_postgres:
        pytest.skip("the database is no file of ours")
    with (ours.home / "stairgate.sqlite3").open("r+b") as file:
        file.seek(at)
        file.write(b"torn" * 20_000)
    found = problems(ours.run("check"))
    assert found[0].startswith("database") and "backup" in found[0]


def test_an_account_that_is_shut(ours: Installation) -> None:
    ours.python(
        "from stairgate.cli.demo import Nursery; from tests.accounts import connected_account; "
        "from stairgate.organisations.models import Organisation, User; "
        "from stairgate.channels.services import Credentials, Secret; "
        "people = {user.first_name: user for user in User.objects.all()}; "
        "key = Credentials(base_url='https://page.example', account_id='1', token=Secret('t')); "
        "connected_account(Nursery(Organisation.objects.get(), None, people), key, now, name='Our page')"
    )
    (found,) = problems(ours.run("check"))
    assert found.startswith("Willow Lane Nursery, Our page: ")


def test_a_disk_that_is_nearly_full(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=100 * 1024**2))
    found = check._space(Home(tmp_path))
    assert not found.ok and "only 100 MB free" in found.says and "Make room" in found.says


def test_a_restore_that_was_cut_short(ours: Installation) -> None:
    (ours.home / "restoring").mkdir()
    for command in (["check"], ["backup", str(ours.home.parent / "b.tar.gz")]):
        refused(ours.run(*command), "has not finished", "restore --force")


@pytest.mark.parametrize("name", ["STAIRGATE_LEASE_SECONDS", "STAIRGATE_POLL_SECONDS"])
def test_a_setting_that_makes_no_sense(ours: Installation, name: str) -> None:
    (found,) = problems(run("check", environment={**ours.everything, name: "soon"}))
    assert "settings" in found and "'soon'" in found
