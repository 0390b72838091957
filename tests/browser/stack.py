"""The whole product, running as a newcomer runs it: ``stairgate start`` in a process of its own."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

READY_SECONDS = 90.0
STOP_SECONDS = 40.0
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Stack:
    """A running Stairgate."""

    url: str
    #: the practice network's page as the public sees it; "" without the demo
    public_url: str
    #: the data folder (STAIRGATE_HOME)
    home: Path
    #: how to run another command on the same installation
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]
    output: Path

    def said(self) -> str:
        """Return everything the processes printed so far."""
        return self.output.read_text("utf-8", "replace")


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
    return port


@contextlib.contextmanager
def running(folder: Path, environment: Mapping[str, str], *, demo: bool = True) -> Iterator[Stack]:
    """Start Stairgate on free ports in ``folder`` and yield it when its sign-in page answers.

    Raises AssertionError, with what was printed, when it does not come up or does not stop on one Ctrl-C.
    """
    folder.mkdir(parents=True, exist_ok=True)
    home, output, url = folder / "home", folder / "output.txt", f"http://localhost:{free_port()}"
    env = {**environment, "STAIRGATE_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "stairgate", "start", "--port", url.rsplit(":", 1)[1]]
    with output.open("wb") as sink:
        process = subprocess.Popen(
            [*command, *(["--demo"] if demo else [])], env=env, stdout=sink, stderr=subprocess.STDOUT
        )
    stack = Stack(url, "", home, env, process, output)
    try:
        _wait_for(stack)
        yield Stack(url, _public_url(stack), home, env, process, output)
    finally:
        _stop(stack)


def _wait_for(stack: Stack) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert stack.process.poll() is None, f"Stairgate ended as it started:\n{stack.said()}"
        with contextlib.suppress(OSError), _OPENER.open(f"{stack.url}/", timeout=10) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"No page after {READY_SECONDS:.0f} seconds:\n{stack.said()}")


def _public_url(stack: Stack) -> str:
    for line in stack.said().splitlines():
        if line.endswith("/willow-lane"):
            return line.split()[-1]
    return ""


def _stop(stack: Stack) -> None:
    if stack.process.poll() is None:
        stack.process.send_signal(signal.SIGINT)
    try:
        stack.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        stack.process.kill()
        stack.process.wait()
        raise AssertionError(f"Stairgate did not stop on one Ctrl-C:\n{stack.said()}") from None
