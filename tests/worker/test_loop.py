"""The worker: one sweep in trouble stops no other, and being told to stop is always heard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from stairgate.organisations.models import Organisation
from stairgate.worker import loop
from stairgate.worker.loop import Job, Worker

ROOT = Path(__file__).resolve().parents[2]

# A turn closes a connection that has grown old, and with it a transaction that a test had put around it.
pytestmark = pytest.mark.django_db(transaction=True)


class Sweep:
    """A sweep that counts, and breaks as long as it is told to."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken, self.times = broken, 0

    def __call__(self, now: datetime, worker: str) -> int:
        assert now.tzinfo is not None and worker.endswith(f"-{os.getpid()}")
        self.times += 1
        if self.broken:
            raise RuntimeError("this sweep is in trouble")
        return 1


@pytest.fixture
def heartbeat() -> Path:
    path = settings.HOME.path / "worker-heartbeat"
    path.unlink(missing_ok=True)
    return Path(path)


def test_a_sweep_that_raises_stops_no_other(heartbeat: Path) -> None:
    good, bad, last = Sweep(), Sweep(broken=True), Sweep()
    worker = Worker([Job("good", good, 0.0), Job("bad", bad, 0.0), Job("last", last, 0.0)])
    for _ in range(3):
        worker.turn()
    assert (good.times, bad.times, last.times) == (3, 3, 3)
    assert heartbeat.stat().st_mode & 0o777 == 0o600


def test_trouble_makes_a_sweep_rest_longer_and_success_ends_that(heartbeat: Path) -> None:
    sweep = Sweep(broken=True)
    job = Job("bad", sweep, 1.0)
    worker, rests = Worker([job]), []
    for _ in range(9):
        job.due = 0.0
        worker.turn()
        rests.append(round(job.due - time.monotonic()))
    assert rests == [2, 4, 8, 16, 32, 60, 60, 60, 60]
    worker.turn()
    assert sweep.times == 9, "it does not look while it rests"
    sweep.broken, job.due = False, 0.0
    worker.turn()
    assert job.failures == 0 and round(job.due - time.monotonic()) == 1


def test_a_sweep_that_breaks_its_transaction_leaves_the_next_a_good_one(heartbeat: Path) -> None:
    def breaks(now: datetime, worker: str) -> int:
        with transaction.atomic():
            Organisation.objects.create(name="Half done")
            connection.cursor().execute("SELECT nothing FROM nowhere")
        return 1

    seen: list[int] = []

    def looks(now: datetime, worker: str) -> int:
        seen.append(Organisation.objects.count())
        Organisation.objects.create(name="Whole")
        return 1

    worker = Worker([Job("breaks", breaks, 0.0), Job("looks", looks, 0.0)])
    worker.turn()
    worker.turn()
    assert seen == [0, 1]


def test_a_heartbeat_that_cannot_be_shown_stops_no_work(heartbeat: Path) -> None:
    sweep = Sweep()
    worker = Worker([Job("good", sweep, 0.0)])
    worker._beat = heartbeat / "below a file"
    heartbeat.touch()
    worker.turn()
    assert sweep.times == 1


def test_every_sweep_of_the_product_runs_on_an_empty_setting(heartbeat: Path) -> None:
    worker = Worker()
    worker.turn()
    assert [job.name for job in worker._jobs if job.failures] == []
    names = [job.name for job in loop.jobs()]
    assert names[:2] == ["deliveries", "actions"] and len(set(names)) == len(names)


def program(name: str, folder: Path) -> subprocess.Popen[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("STAIRGATE_")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "stairgate.config.testing",
        "STAIRGATE_TEST_HOME": str(folder / "home"),
    }
    command = [sys.executable, "-m", "tests.worker.programs", name, str(folder)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_finishes_what_it_holds_and_begins_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    with program("long_sweep", tmp_path) as process:
        end = time.monotonic() + 120
        while not (tmp_path / "begun").exists():
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.01)
        process.send_signal(number)
        process.send_signal(number)  # an impatient second Ctrl-C changes nothing
        assert process.wait(120) == 0
    assert (tmp_path / "finished").exists()
    assert not (tmp_path / "after").exists()


def test_being_told_to_stop_is_heard_at_every_line(tmp_path: Path) -> None:
    process = program("signals_everywhere", tmp_path)
    said = process.communicate(timeout=300)[0]
    assert process.returncode == 0
    lines, missed = said.split(" lines; missed:")
    assert int(lines) > 20, said
    assert missed.strip() == "", said
