"""Talks to the tools under test, each in a process of its own, and takes turns among them."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.screening.messages import Message
from bench.screening.peers import AUTOMATON, PEERS, Peer, python_of, version

import stairgate

BATCH = 64
HERE = Path(__file__).resolve().parent
OURS = Peer("stairgate", "stairgate", "stairgate", "")


class Tool:
    """A running tool: answers batches, and keeps count of its messages, bytes, processor time and memory."""

    def __init__(self, peer: Peer, folder: Path, told: dict[str, Any] | None = None) -> None:
        self.peer, self.name = peer, peer.name
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        where = None
        if peer.node:
            where = folder / "node"
            shutil.copy(HERE / "worker.mjs", where / "worker.mjs")
            command = [shutil.which("node") or "node", "worker.mjs", peer.maker]
        else:
            python = sys.executable if peer is OURS else str(python_of(folder))
            environment.pop("PYTHONPATH", None)
            if peer is OURS:
                environment["PYTHONPATH"] = str(Path(stairgate.__file__).resolve().parents[1])
            command = [python, str(HERE / "worker.py"), peer.maker]
        self.complaints = tempfile.TemporaryFile("w+")  # noqa: SIM115 - open as long as the tool runs
        self.process = subprocess.Popen(  # noqa: S603
            command, cwd=where, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.complaints, text=True,
        )  # fmt: skip
        ready = self._ask(told or {})
        self.load, self.peak = float(ready["load"]), float(ready["peak"])
        self.forget()

    def forget(self) -> None:
        """Begin counting anew."""
        self.cpu, self.count, self.size = 0.0, 0, 0

    def _ask(self, what: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.complaints.seek(0)
            said = self.complaints.read().strip().splitlines() or [
                f"it stopped with {self.process.returncode}"
            ]
            raise RuntimeError(said[-1])
        return dict(json.loads(line))

    def answer(self, messages: Sequence[Message], times: int = 1) -> list[Any]:
        """Return the tool's answers to one batch, counting the quickest of ``times`` tries."""
        given = [{"text": m.text, "direction": m.direction, "context": dict(m.context)} for m in messages]
        told = self._ask({"messages": given, "times": times})
        self.cpu += told["cpu"]
        self.peak = max(self.peak, told["peak"])
        self.count += len(messages)
        self.size += sum(len(message.text.encode()) for message in messages)
        return list(told["answers"])

    @property
    def rate(self) -> float:
        """Messages in each second of processor time."""
        return self.count / self.cpu if self.cpu else 0.0

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(timeout=30)


def start(folder: Path, told: dict[str, Any] | None = None) -> list[Tool]:
    """Start ours and every peer that is there; say which are not measured. ``told`` starts the automaton too."""
    tools = [Tool(OURS, folder)]
    for peer in (*PEERS, *([AUTOMATON] if told else [])):
        found = version(folder, peer)
        if not found:
            print(f"{peer.name}: NOT MEASURED, not installed (python bench/screening --install)")
            continue
        try:
            tools.append(Tool(peer, folder, told))
            print(f"{peer.name} {found}")
        except (RuntimeError, OSError) as error:
            print(f"{peer.name} {found}: NOT MEASURED, {error}")
    print()
    return tools


def ask_in_turn(
    tools: Sequence[Tool], messages: Sequence[Message], budget: float = 0
) -> dict[str, list[Any]]:
    """Give every tool each batch before any gets the next; return all answers by tool.

    With a ``budget``, a tool that has used so many seconds of processor time is asked no more.
    """
    answers: dict[str, list[Any]] = {tool.name: [] for tool in tools}
    for first in range(0, len(messages), BATCH):
        batch = messages[first : first + BATCH]
        for tool in random.sample(tools, len(tools)):
            if not budget or tool.cpu < budget:
                answers[tool.name] += tool.answer(batch)
    return answers
