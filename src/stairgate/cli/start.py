"""``stairgate start``: the web pages, the worker and, in the demo, the practice network, together.

This process stays small and knows no Django. It prepares, starts the others, starts again what dies, and on
one Ctrl-C stops everything.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import IO, Any

from stairgate.config.home import Home, HomeTrouble, locate, prepare

PORT = 8765
PRACTICE_PORT = 8766
_STOP_SECONDS = 15.0
_READY_SECONDS = 60.0
_PAUSES = (0.5, 1, 2, 5, 10, 30)
_LIVED_LONG = 60.0
_WEB = "stairgate.config.wsgi:application"


def add_parser(subparsers: Any) -> None:
    """Add ``start`` to the program's commands."""
    parser = subparsers.add_parser("start", help="start Stairgate; Ctrl-C stops it")
    parser.add_argument("--demo", action="store_true", help="with a pretend nursery and a practice network")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=PORT, help="port to listen on (default: %(default)s)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Start everything and stay until told to stop. Raises `HomeTrouble` for what a person must mend."""
    home = locate()
    os.umask(0o077)
    _check_port(args.host, args.port)
    fresh = prepare(home, os.environ.get("STAIRGATE_DATABASE_URL", ""))
    with locked(home):
        _check_kind(home, demo=args.demo, fresh=fresh)
        environment = _environment(home, args)
        house = House(environment)
        house.catch_signals()
        try:
            return _serve(house, home, args)
        finally:
            house.stop()


def _serve(house: House, home: Home, args: argparse.Namespace) -> int:
    say(f"Stairgate keeps its data in {home.path}")
    if args.demo:
        _start_practice(house, home)
    done = house.once([sys.executable, "-m", "stairgate.cli.prepare", *(["--demo"] if args.demo else [])])
    if house.stopping:
        return 0
    if done != 0:
        return done
    house.start("pages", _web_command(args))
    house.start("worker", [sys.executable, "-m", "stairgate.worker"])
    if not _wait_for_pages(house, args):
        return 0 if house.stopping else 3
    say(f"Open {house.environment['STAIRGATE_URL']} in your browser. Ctrl-C stops Stairgate.")
    house.watch()
    say("Stopping…")
    return 0


def say(words: str) -> None:
    print(words, flush=True)


def _web_command(args: argparse.Namespace) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", _WEB, "--interface", "wsgi", "--host", args.host),
        *("--port", str(args.port), "--workers", "1", "--blocking-threads", "4", "--no-ws"),
        *("--log-level", "warning", "--workers-kill-timeout", "5"),
    ]


def _check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((host, port))
        except (OSError, OverflowError) as error:
            raise HomeTrouble(
                f"Port {port} on {host} cannot be used ({getattr(error, 'strerror', None) or error}). Something "
                f"else may be using it, or another Stairgate. Stop that, or choose another: "
                f"stairgate start --port {PORT + 10}. Nothing was changed."
            ) from None


@contextlib.contextmanager
def locked(home: Home) -> Iterator[None]:
    """Hold the data folder for this process alone."""
    path = home.path / "lock"
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise HomeTrouble(
                f"Stairgate is already running on {home.path} (process {file.read().strip() or 'unknown'}). "
                "Stop that one first. Nothing was changed."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _check_kind(home: Home, *, demo: bool, fresh: bool) -> None:
    """A demo stays a demo and a real setting never becomes one."""
    marker = home.path / "demo"
    if fresh:
        if demo:
            marker.touch(mode=0o600)
        return
    if demo and not marker.exists():
        raise HomeTrouble(
            f"{home.path} holds a real setting, so the demo will not start in it. "
            "Set STAIRGATE_HOME to another folder for the demo. Nothing was changed."
        )
    if marker.exists() and not demo:
        raise HomeTrouble(
            f"{home.path} holds the demo. Start it with --demo, or set STAIRGATE_HOME to another folder "
            "for your own setting. Nothing was changed."
        )


def _environment(home: Home, args: argparse.Namespace) -> dict[str, str]:
    mine = {
        "STAIRGATE_HOME": str(home.path),
        "STAIRGATE_DEMO": "1" if args.demo else "0",
        "STAIRGATE_URL": os.environ.get("STAIRGATE_URL") or f"http://localhost:{args.port}",
        "DJANGO_SETTINGS_MODULE": "stairgate.config.settings",
        "PYTHONUNBUFFERED": "1",
        # one arena for each process keeps idle memory small
        "MALLOC_ARENA_MAX": "2",
    }
    return {**os.environ, **mine}


@dataclass
class Child:
    """One process of ours that must be alive."""

    name: str
    command: list[str]
    process: subprocess.Popen[str]
    started: float
    deaths: int = 0
    again_at: float = 0.0


@dataclass
class House:
    """Everything that runs under one roof."""

    environment: dict[str, str]
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def catch_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop_soon)

    def _stop_soon(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def once(self, command: list[str]) -> int:
        """Run a command to its end; return its exit code. Stops it when we are told to stop."""
        process = self._spawn(command)
        while process.poll() is None:
            if self.stopping:
                process.terminate()
            time.sleep(0.05)
        return process.returncode

    def start(self, name: str, command: list[str], *, stdout: int | None = None) -> Child:
        child = Child(name, command, self._spawn(command, stdout=stdout), time.monotonic())
        self.children.append(child)
        return child

    def _spawn(self, command: list[str], *, stdout: int | None = None) -> subprocess.Popen[str]:
        # A session of its own: Ctrl-C reaches us alone, and we stop them in order.
        return subprocess.Popen(  # noqa: S603 - commands of our own
            command,
            env=self.environment,
            stdout=stdout,
            text=True,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    def watch(self) -> None:
        """Stay until told to stop; start again whoever dies, after a pause that grows."""
        while not self.stopping:
            for child in self.children:
                self._look_after(child)
            time.sleep(0.2)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process.poll() is None:
            if child.deaths and now - child.started > _LIVED_LONG:
                child.deaths = 0
            return
        if not child.again_at:
            pause = _PAUSES[min(child.deaths, len(_PAUSES) - 1)]
            say(
                f"The {child.name} stopped unexpectedly (code {child.process.returncode}). Starting it again."
            )
            child.deaths += 1
            child.again_at = now + pause
        elif now >= child.again_at:
            child.process, child.started, child.again_at = self._spawn(child.command), now, 0.0

    def stop(self) -> None:
        """Stop everybody: the pages first, the practice network last."""
        order = sorted(self.children, key=lambda child: child.name == "practice network")
        for child in order:
            if child.process.poll() is None:
                child.process.terminate()
            _end(child.process)


def _end(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _die_with_parent() -> None:
    """Ask Linux to end a child when this process is killed, so that nothing is left behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _start_practice(house: House, home: Home) -> None:
    """Start the practice network on the port it had before when that is free, else on another."""
    home.practice.mkdir(mode=0o700, exist_ok=True)
    port = _practice_port(home)
    command = [sys.executable, "-m", "stairgate.practice", "--home", str(home.practice), "--port", str(port)]
    child = house.start("practice network", command, stdout=subprocess.PIPE)
    line = _first_line(child.process.stdout)
    if "http://" not in line:
        raise HomeTrouble("The practice network did not start. Nothing was lost; try again.")
    address = "http://" + line.split("http://", 1)[1].strip()
    (home.practice / "port").write_text(address.rsplit(":", 1)[1], "ascii")
    house.environment["STAIRGATE_PRACTICE_URL"] = address
    say(f"The practice network’s public page is {address}/willow-lane")


def _first_line(stream: IO[str] | None) -> str:
    return stream.readline() if stream else ""


def _practice_port(home: Home) -> int:
    """Return the port to ask for: the one it had before, else the usual one."""
    try:
        return int((home.practice / "port").read_text("ascii"))
    except (OSError, ValueError):
        return PRACTICE_PORT


def _wait_for_pages(house: House, args: argparse.Namespace) -> bool:
    """Wait until the pages answer; False when they never do, or when we are told to stop."""
    host = "127.0.0.1" if args.host in {"0.0.0.0", "::"} else args.host  # noqa: S104 - compared, not bound
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and not house.stopping:
        if any(child.process.poll() is not None for child in house.children):
            print("stairgate: a part of Stairgate ended as it started. Its words are above.", file=sys.stderr)
            return False
        request = urllib.request.Request(f"http://{host}:{args.port}/alive/", headers={"Host": "localhost"})
        try:
            with opener.open(request, timeout=2):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.1)
    return False
