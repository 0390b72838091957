"""Workers in processes of their own, for the tests: ``python -m tests.worker.programs NAME FOLDER``."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

import django

_LONGEST_SECONDS = 60


def long_sweep(folder: Path) -> None:
    """A worker with a sweep that takes its time, and one after it."""
    from stairgate.worker.loop import Job, Worker

    def slow(now: datetime, worker: str) -> int:
        (folder / "begun").touch()
        time.sleep(1)
        (folder / "finished").touch()
        return 1

    def after(now: datetime, worker: str) -> int:
        (folder / "after").touch()
        return 1

    Worker([Job("slow", slow, 0.0), Job("after", after, 0.0)]).run()


def hourly(folder: Path) -> None:
    """The product's worker, but that each of its sweeps rests an hour: what is done sooner, a bell was for."""
    from dataclasses import replace

    from stairgate.worker import loop

    def rests(now: datetime, worker: str) -> int:
        (folder / f"ready-{os.getpid()}").touch()
        return 1

    loop.Worker([replace(job, every=3600.0) for job in [*loop.jobs(), loop.Job("rests", rests, 0.0)]]).run()


def racer(folder: Path) -> None:
    """Carry whatever is due, from the very moment that all may begin."""
    from django.utils import timezone

    from stairgate.publishing import delivery
    from stairgate.publishing.models import Delivery
    from stairgate.publishing.states import DeliveryState

    due = list(Delivery.objects.filter(state=DeliveryState.WAITING).order_by("due_at"))
    (folder / f"ready-{os.getpid()}").touch()
    while not (folder / "go").exists():
        pass
    for row in due:
        delivery.send(row.pk, worker=f"racer-{os.getpid()}", now=timezone.now())


def signals_everywhere(folder: Path) -> None:
    """Tell a worker to stop at each line of its loop in turn, a new process each; print those it missed."""
    at, missed = 1, []
    while (ending := _told_at(at)) != "never told":
        if ending != "stopped":
            missed.append(f"{at}: {ending}")
        at += 1
    print(at - 1, "lines;", "missed:", *missed)


def _told_at(line: int) -> str:
    """Return how a worker ended that was told to stop at this line between two sweeps."""
    child = os.fork()
    if child == 0:
        signal.alarm(_LONGEST_SECONDS)  # a worker that hangs is killed by it
        os._exit(_work_until_line(line))
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return f"killed by {signal.Signals(os.WTERMSIG(status)).name}"
    return {0: "stopped", 1: "never told"}.get(os.WEXITSTATUS(status), "broke")


def _work_until_line(line: int) -> int:
    from stairgate.worker import loop

    turns, left = [0], [line]

    def quick(now: datetime, worker: str) -> int:
        turns[0] += 1
        if turns[0] > 1:  # every line from one sweep to the next has been seen
            sys.settrace(None)
            raise SystemExit(1)
        return 0

    def each_line() -> None:
        if turns[0]:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGTERM)

    loop._TICK = 0.001
    worker = loop.Worker([loop.Job("quick", quick, 0.0)])
    sys.settrace(_tracer(each_line))
    try:
        worker.run()
    except SystemExit:
        return 1
    except BaseException:
        return 2
    finally:
        sys.settrace(None)
    return 0


def _tracer(each_line: Callable[[], None]) -> Callable[[FrameType, str, object], Any]:
    def trace(frame: FrameType, event: str, _: object) -> Any:
        if event == "line":
            each_line()
        return trace

    return trace


if __name__ == "__main__":
    django.setup()
    {program.__name__: program for program in (long_sweep, hourly, racer, signals_everywhere)}[sys.argv[1]](
        Path(sys.argv[2])
    )
