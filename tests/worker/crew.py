"""Workers in processes of their own on the database of the tests, each as if on a machine of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

from stairgate.publishing.models import Attempt
from tests.databases import URL, plain_environment

ROOT = Path(__file__).resolve().parents[2]


def until(condition: Callable[[], object], seconds: float = 120) -> None:
    """Wait for what another process does; far less than the hour that its sweeps rest."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def rows(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


@dataclass
class Crew:
    """Workers of the product."""

    folder: Path
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def hire(self, **settings_: str) -> subprocess.Popen[str]:
        """Start one; wait until it has swept once, rests for an hour, and listens."""
        before = listening_now()
        process = self.start("hourly", **settings_)
        until(lambda: process.poll() is not None or (self.is_ready(process) and listening_now() > before))
        assert process.poll() is None
        return process

    def start(self, program: str, **settings_: str) -> subprocess.Popen[str]:
        """Start a program of `tests.worker.programs`."""
        parts = urlsplit(os.environ[URL])
        home = self.folder / f"home-{len(self.processes)}"  # each on a machine of its own
        shutil.copytree(settings.HOME.keys, home / "keys")
        environment = {
            **plain_environment(),
            **settings_,
            URL: urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}")),
            "DJANGO_SETTINGS_MODULE": "stairgate.config.testing",
            "STAIRGATE_TEST_HOME": str(home),
        }
        command = [sys.executable, "-m", "tests.worker.programs", program, str(self.folder)]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True)
        self.processes.append(process)
        return process

    def is_ready(self, process: subprocess.Popen[str]) -> bool:
        return (self.folder / f"ready-{process.pid}").exists()

    def who(self, attempt: Attempt) -> subprocess.Popen[str]:
        return next(one for one in self.processes if attempt.worker.endswith(f"-{one.pid}"))


def listening_now() -> int:
    return len(
        rows("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
    )
