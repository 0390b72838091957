"""Keeps the processes of an installation running together. Knows no Django, to stay small in memory."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from stairgate.cli.words import say

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: seconds a child is given to finish the deed in hand; a killed one loses nothing, it only has to be looked up
PATIENCE = 8.0
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_STEADY_AFTER = 60.0


class Stopped(Exception):
    """Somebody asked to stop."""


@dataclass(slots=True)
class Child:
    """One process that is to run for as long as we do."""

    name: str  # as in "the web server"
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_ends: int = 0
    again_at: float = field(default=float("inf"))

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts children, starts them again when they die, and stops them all at one signal."""

    def __init__(self, *, keep_open: Sequence[int] = ()) -> None:
        self.children: list[Child] = []
        self._keep_open = tuple(keep_open)
        self._signals = 0
        self._woken, self._waker = os.pipe()
        for end in (self._woken, self._waker):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        for number in _STOP_SIGNALS:
            signal.signal(number, self._on_signal)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1

    @property
    def stopping(self) -> bool:
        return self._signals > 0

    def sleep(self, seconds: float) -> None:
        """Wait that long, or until a signal or the end of a child. Raises `Stopped`."""
        self._doze(seconds)
        if self.stopping:
            raise Stopped

    def _doze(self, seconds: float) -> None:
        ready, _, _ = select.select([self._woken], [], [], max(seconds, 0))
        if ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._woken, 4096)

    def add(self, child: Child, *, output: int | None = None) -> Child:
        """Start a child and keep it running; return it."""
        self.children.append(child)
        self._start(child, output)
        return child

    def _start(self, child: Child, output: int | None = None) -> None:
        if child.process is not None:
            _sweep_group(child.process)
        child.process = self._spawn(child.command, child.environment, output)
        child.started = time.monotonic()
        child.again_at = float("inf")

    def _spawn(
        self, command: Sequence[str], environment: Mapping[str, str], output: int | None
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own modules, no words from outside
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            env=dict(environment),
            pass_fds=self._keep_open,
            start_new_session=True,
            bufsize=0,
        )

    def once(self, command: Sequence[str], environment: Mapping[str, str]) -> int:
        """Run a step to its end; return its exit code. Raises `Stopped`, after ending the step."""
        process = self._spawn(command, environment, None)
        try:
            while process.poll() is None:
                self.sleep(1.0)
        except Stopped:
            process.terminate()
            process.wait()
            raise
        return process.returncode

    def first_line(self, child: Child, seconds: float) -> str:
        """Return the first line a child prints, "" when it ends or the time passes first. Raises `Stopped`."""
        if child.process is None or child.process.stdout is None:
            return ""
        give_up = time.monotonic() + seconds
        heard = b""
        while time.monotonic() < give_up and not heard.endswith(b"\n"):
            ready, _, _ = select.select([child.process.stdout, self._woken], [], [], 1.0)
            if child.process.stdout in ready:
                byte = child.process.stdout.read(1)
                if not byte:
                    return ""
                heard += byte
            elif ready:
                self.sleep(0)
        return heard.decode("utf-8", "replace").strip() if heard.endswith(b"\n") else ""

    def drop(self, child: Child) -> None:
        """Stop one child and no longer keep it running."""
        self.children.remove(child)
        self._end([child])

    def watch(self) -> None:
        """Keep every child running until somebody asks to stop. Raises `Stopped`."""
        while True:
            now = time.monotonic()
            for child in self.children:
                self._look_after(child, now)
            due = min(child.again_at for child in self.children)
            self.sleep(min(5.0, due - now))

    def _look_after(self, child: Child, now: float) -> None:
        if child.alive:
            return
        if child.again_at == float("inf"):
            lasted = now - child.started
            child.quick_ends = 0 if lasted > _STEADY_AFTER else child.quick_ends + 1
            pause = min(_FIRST_PAUSE * 2.0 ** max(child.quick_ends - 1, 0), _LONGEST_PAUSE)
            child.again_at = now + pause
            say(f"{_ended(child)} Starting it again in {pause:.0f} s. Nothing is lost.")
        elif now >= child.again_at:
            self._start(child, subprocess.DEVNULL if child.process and child.process.stdout else None)

    def stop(self) -> None:
        """Stop everything, the last started first to hear of it; what will not end in time is killed."""
        for signal_number in _STOP_SIGNALS:
            signal.signal(signal_number, self._on_signal)
        heard = self._signals
        servers = [child for child in self.children if child.name == "the practice network"]
        self._end([child for child in self.children if child not in servers], heard)
        self._end(servers, heard)

    def _end(self, children: Sequence[Child], heard: int | None = None) -> None:
        for child in children:
            if child.alive and child.process is not None:
                child.process.terminate()
        give_up = time.monotonic() + PATIENCE
        while any(child.alive for child in children) and time.monotonic() < give_up:
            if heard is not None and self._signals > heard:
                break  # asked a second time: no more patience
            self._doze(0.2)
        for child in children:
            if child.process is not None:
                _sweep_group(child.process)


def _ended(child: Child) -> str:
    code = child.process.returncode if child.process is not None else None
    how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
    return f"{child.name[0].upper()}{child.name[1:]} stopped by itself ({how})."


def _sweep_group(process: subprocess.Popen[bytes]) -> None:
    """End whatever is left of a child and of what it started, and collect it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


def python(module: str, *arguments: str) -> list[str]:
    """Return the command that runs one of our modules."""
    return [sys.executable, "-m", module, *arguments]
