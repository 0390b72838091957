"""A whole Stairgate in processes of its own, on whichever database the suite uses."""

from __future__ import annotations

import contextlib
import hashlib
import os
import resource
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from tests.databases import URL, own_database, plain_environment

COMMAND = [str(Path(sys.executable).parent / "stairgate")]
_READY_SECONDS = 180
_STOP_SECONDS = 120
#: a setting through the real services, without an account
NURSERY = "from stairgate.cli.demo import nursery; nursery(now)"
#: what the worker does each hour
SEAL = "from stairgate.worker.loop import seal; seal(now, 'test')"


@dataclass(frozen=True, slots=True)
class Said:
    """What one run of the program said, and how it ended."""

    code: int
    out: str
    err: str


@dataclass(slots=True)
class Running:
    """A Stairgate that runs, and all its processes."""

    process: subprocess.Popen[bytes]
    port: int
    output: Path
    family: list[psutil.Process] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def told(self) -> str:
        return self.output.read_text("utf-8")

    def wait_for(self, words: str) -> None:
        """Wait until it has said these words."""
        end = time.monotonic() + _READY_SECONDS
        while words not in self.told():
            assert self.process.poll() is None and time.monotonic() < end, self.told()
            time.sleep(0.05)

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and the text of a page, after redirects."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return answer.status, answer.read().decode()

    def stop(self, *, group: bool = False) -> int:
        """Stop as Ctrl-C does (the whole group), or as a service manager does; return the exit code."""
        if group:
            os.killpg(self.process.pid, signal.SIGINT)
        else:
            self.process.terminate()
        return self.process.wait(_STOP_SECONDS)

    def left(self, seconds: float = 0.0) -> list[psutil.Process]:
        """Return the processes that are still there after some seconds."""
        return list(psutil.wait_procs(self.family, timeout=seconds)[1])


def run(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    given: bytes = b"",
    limit: int | None = None,
) -> Said:
    """Run the program to its end, wherever it is."""

    def confine() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [*COMMAND, *arguments],
        env=environment,
        input=given,
        capture_output=True,
        timeout=300,
        preexec_fn=confine,
    )
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


def refused(said: Said, *words: str) -> None:
    """It ended with 2 and one sentence, which holds these words."""
    assert (said.code, said.out) == (2, ""), said
    assert said.err.startswith("stairgate: ") and said.err.endswith(".\n") and said.err.count("\n") == 1, said
    for word in words:
        assert word in said.err


@dataclass(frozen=True, slots=True)
class Installation:
    """A data folder with its database."""

    home: Path
    environment: dict[str, str] = field(default_factory=plain_environment)

    @property
    def everything(self) -> dict[str, str]:
        return {**self.environment, "STAIRGATE_HOME": str(self.home)}

    @property
    def on_postgres(self) -> bool:
        return URL in self.environment

    def run(self, *arguments: str, given: bytes = b"", limit: int | None = None) -> Said:
        """Run the program to its end; no file of it may grow beyond the limit, as on a disk that is full."""
        return run(*arguments, environment=self.everything, given=given, limit=limit)

    @contextlib.contextmanager
    def copied(self, folder: Path) -> Iterator[Installation]:
        """Yield a copy, with its database, to do anything to. Nothing may run on the original."""
        like = urlsplit(self.environment[URL]).path.strip("/") if self.on_postgres else "template1"
        with own_database(like) as environment:
            shutil.copytree(self.home, folder)
            (folder / "worker-heartbeat").touch(mode=0o600)  # as if it ran just now
            yield Installation(folder, environment)

    def python(self, program: str) -> str:
        """Run a program inside the installation, with ``now`` at hand; return what it printed."""
        said = self.python_said(program)
        assert said.code == 0, said
        return said.out

    def python_said(self, program: str) -> Said:
        """Run a program inside the installation; return what it said and how it ended."""
        command, environment = self._program(program)
        done = subprocess.run(command, env=environment, capture_output=True, timeout=300)
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())

    def _program(self, program: str) -> tuple[list[str], dict[str, str]]:
        start = "import django; django.setup(); from django.utils import timezone; now = timezone.now(); "
        environment = {**self.everything, "DJANGO_SETTINGS_MODULE": "stairgate.config.settings"}
        return [sys.executable, "-c", start + program], environment

    @contextlib.contextmanager
    def beside(self, program: str) -> Iterator[Callable[[], int]]:
        """Run a program inside the installation meanwhile; yield what counts the lines it has printed."""
        command, environment = self._program(program)
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(command, env=environment, stdout=output)

            def lines() -> int:
                return os.pread(output.fileno(), 10**8, 0).count(b"\n")

            try:
                wait_for(lambda: lines() > 0, process)
                yield lines
            finally:
                process.kill()
                process.wait()

    @contextlib.contextmanager
    def started(self, *options: str) -> Iterator[Running]:
        """Start it and wait until it says that it is ready. Killed at the end when the test did not stop it."""
        port = free_port()
        output = self.home.parent / f"output-{port}.txt"
        command = [*COMMAND, "start", "--port", str(port), *options]
        with output.open("wb") as sink:
            process = subprocess.Popen(
                command, env=self.everything, stdout=sink, stderr=sink, start_new_session=True
            )
        running = Running(process, port, output)
        try:
            running.wait_for("Open http")
            running.family = family(process.pid)
            yield running
        finally:
            for one in [*running.family, *family(process.pid)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
            process.wait(_STOP_SECONDS)

    def execute(self, statement: str, values: Sequence[object] = ()) -> None:
        """Change the database behind Stairgate's back."""
        with contextlib.closing(self._connect()) as connection:
            connection.cursor().execute(
                statement if self.on_postgres else statement.replace("%s", "?"), values
            )
            connection.commit()

    def rows(self) -> dict[str, list[str]]:
        """Return every row of every table, as text in a fixed order."""
        names = (
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            if self.on_postgres
            else "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        with contextlib.closing(self._connect()) as connection:
            cursor = connection.cursor()
            tables = sorted(name for (name,) in cursor.execute(names).fetchall())
            return {
                name: sorted(map(repr, cursor.execute(f'SELECT * FROM "{name}"').fetchall()))
                for name in tables
            }

    def _connect(self) -> Any:
        if not self.on_postgres:
            return sqlite3.connect(self.home / "stairgate.sqlite3", timeout=60)
        import psycopg

        return psycopg.connect(self.environment[URL])

    def files(self) -> dict[str, tuple[str, str]]:
        """Return every file and folder with its mode and its digest.

        Left out: what WAL adds while it is read, and the number of the last process in the lock.
        """
        found = {}
        for path in sorted(self.home.rglob("*")):
            if path.name.endswith(("-wal", "-shm")) or path.name == "lock":
                continue
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[path.relative_to(self.home).as_posix()] = (mode(path), digest)
        return found


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait for something that a process is about to do."""
    end = time.monotonic() + _STOP_SECONDS
    while not condition():
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.002)


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def family(pid: int) -> list[psutil.Process]:
    """Return a process with everything it has started, and what they have."""
    try:
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])
