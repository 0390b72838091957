"""``stairgate start``: makes its folder, answers, stops on one Ctrl-C, goes on where it was, and refuses plainly."""

from __future__ import annotations

import contextlib
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import FirstStart
from tests.cli.installation import Installation, Said, free_port
from tests.databases import URL, own_database, plain_environment

pytestmark = pytest.mark.xdist_group("installation")


def test_a_first_start_makes_a_folder_only_its_owner_can_open(first_start: FirstStart) -> None:
    modes = dict(first_start.modes)
    folders = {modes.pop(name) for name in ("home", "keys", "pictures")}
    assert folders == {"0o700"}
    assert {f"keys/{name}.key" for name in ("session", "fields", "ledger", "names")} <= modes.keys()
    assert set(modes.values()) == {"0o600"}, modes


def test_it_answers_and_the_first_page_is_the_welcome(first_start: FirstStart) -> None:
    assert first_start.alive == (200, "alive\n")
    status, page = first_start.front_door
    assert status == 200 and "Where is this gate?" in page
    assert "Set-up code: " in first_start.told


def test_one_ctrl_c_stops_everything(first_start: FirstStart) -> None:
    assert first_start.processes >= 4  # ourselves, the pages and their server, the worker
    assert first_start.code == 0, first_start.told
    assert first_start.left == []
    assert "Traceback" not in first_start.told and "unexpectedly" not in first_start.told


@contextlib.contextmanager
def untouched(installation: Installation) -> Iterator[None]:
    """Nothing in the folder or in the database changes meanwhile."""
    files, rows = installation.files(), installation.rows()
    yield
    assert installation.files() == files
    assert installation.rows() == rows


def refused(said: Said, *words: str) -> None:
    assert said.code not in {0, 130}, said
    assert "Traceback" not in said.err
    last = said.err.strip().splitlines()[-1]
    assert last.startswith("stairgate: ") and last.endswith(".")
    for word in words:
        assert word in last


def test_a_taken_port(installation: Installation) -> None:
    with socket.socket() as taken, untouched(installation):
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused(installation.run("start", "--port", port), port, "--port")


def test_a_taken_port_makes_nothing(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = Installation(tmp_path / "home").run("start", "--port", str(taken.getsockname()[1]))
    refused(said)
    assert not (tmp_path / "home").exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", "ascii")
    said = Installation(tmp_path / "file/home").run("start", "--port", str(free_port()))
    refused(said, "file/home", "STAIRGATE_HOME")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_database_from_a_newer_version(installation: Installation) -> None:
    row = ("publishing", "0099_from_tomorrow", "2026-11-24 00:00:00+00:00")
    installation.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", row)
    try:
        with untouched(installation):
            refused(installation.run("start", "--port", str(free_port())), "newer", "0099_from_tomorrow")
    finally:
        installation.execute("DELETE FROM django_migrations WHERE name = %s", row[1:2])


@pytest.mark.parametrize("name", ["session", "fields", "ledger", "names"])
def test_a_lost_key_is_named_and_never_made_again(installation: Installation, name: str) -> None:
    key = installation.home / "keys" / f"{name}.key"
    aside = installation.home.parent / "aside"
    key.rename(aside)
    try:
        with untouched(installation):
            refused(installation.run("start", "--port", str(free_port())), f"“{name}”", "backup")
    finally:
        aside.rename(key)


def test_a_lost_folder_of_keys_is_never_made_again(installation: Installation) -> None:
    keys, aside = installation.home / "keys", installation.home.parent / "aside"
    keys.rename(aside)
    try:
        with untouched(installation):
            refused(installation.run("start", "--port", str(free_port())), "is missing", "backup")
    finally:
        aside.rename(keys)


def test_a_damaged_key(installation: Installation) -> None:
    key = installation.home / "keys/ledger.key"
    kept = key.read_bytes()
    key.write_bytes(kept[:20] + b"\n")
    try:
        with untouched(installation):
            refused(installation.run("start", "--port", str(free_port())), "ledger.key", "backup")
    finally:
        key.write_bytes(kept)


def test_a_lost_data_folder_is_not_made_anew_beside_its_postgres(
    installation: Installation, tmp_path: Path
) -> None:
    if not installation.on_postgres:
        pytest.skip("on SQLite the data is in the folder, and goes with it")
    elsewhere = replace(installation, home=tmp_path / "home")
    with untouched(installation):
        refused(elsewhere.run("start", "--port", str(free_port())), "is missing", "backup")
    assert not elsewhere.home.exists()


def test_a_postgres_that_does_not_answer(tmp_path: Path) -> None:
    address = f"postgresql://stairgate:secret@127.0.0.1:{free_port()}/stairgate"
    said = Installation(tmp_path / "home", {**plain_environment(), URL: address}).run(
        "start", "--port", str(free_port())
    )
    refused(said, "STAIRGATE_DATABASE_URL")
    assert "secret" not in said.err
    assert not (tmp_path / "home").exists()


def test_a_damaged_database_file(installation: Installation, tmp_path: Path) -> None:
    broken = Installation(tmp_path / "home")
    shutil.copytree(installation.home, broken.home)
    (broken.home / "stairgate.sqlite3").write_bytes(b"SQLite format 3\x00" + b"torn" * 4000)
    before = broken.files()
    refused(broken.run("start", "--port", str(free_port())), "database")
    assert broken.files() == before


def test_a_lost_database_is_never_made_anew(installation: Installation, tmp_path: Path) -> None:
    """The keys are there and Stairgate has run: an empty database would hide that everything is gone."""
    with own_database() as environment:
        lost = Installation(tmp_path / "home", environment)
        shutil.copytree(installation.home, lost.home, ignore=shutil.ignore_patterns("*.sqlite3*"))
        before = lost.files()
        refused(lost.run("start", "--port", str(free_port())), "missing or empty", "backup")
        assert lost.files() == before


def test_a_real_setting_never_becomes_a_demo(installation: Installation) -> None:
    with untouched(installation):
        refused(installation.run("start", "--demo", "--port", str(free_port())), "real setting")


def test_a_first_start_that_was_cut_short_goes_on(tmp_path: Path) -> None:
    """Some keys and an empty database file are no data: nothing was lost, so nothing is refused."""
    from stairgate.config.home import Home, prepare

    home = Home(tmp_path / "home")
    prepare(home)
    kept = home.key("fields")
    (home.keys / "names.key").unlink()
    sqlite3.connect(home.database).close()
    assert prepare(home) is True
    assert home.key("fields") == kept and len(home.key("names")) == 32


def test_a_second_start_goes_on_where_it_was(installation: Installation) -> None:
    before, keys = (
        installation.rows(),
        {name: at for name, at in installation.files().items() if "key" in name},
    )
    assert before["organisations_organisation"]
    with installation.started() as running:
        status, page = running.get("/")
        assert status == 200 and "Where is this gate?" not in page and "Sign in" in page
        assert "Set-up code" not in running.told() and "Preparing" not in running.told()
        healthy = installation.run("check")
        assert healthy.code == 0, healthy
        assert "PROBLEM" not in healthy.out and "record of Willow Lane Nursery" in healthy.out
        second = installation.run("start", "--port", str(free_port()))
        refused(second, "already running", str(running.process.pid))
        assert running.process.poll() is None
        assert running.stop() == 0, running.told()
        assert running.left() == []
    after = installation.rows()
    for table in ("organisations_organisation", "organisations_membership", "people_person"):
        assert after[table] == before[table]
    # the worker looked at the clauses in between, and wrote down what it saw
    assert set(before["ledger_entry"]) <= set(after["ledger_entry"])
    assert {name: at for name, at in installation.files().items() if "key" in name} == keys


def test_what_dies_is_started_again_and_a_killed_parent_leaves_nothing(installation: Installation) -> None:
    with installation.started() as running:
        worker = next(one for one in running.family if "stairgate.worker" in one.cmdline())
        worker.kill()
        running.wait_for("The worker stopped unexpectedly")
        running.process.kill()
        assert running.left(20) == []
