"""The worker's loop: look for due rows, do what is due, look again (law 2 of the house).

The doorbell is a short poll of indexed rows, which costs a few milliseconds a second and cannot be missed,
lost or rung twice. Each job is alone: one that breaks waits longer and longer, and stops none of the others.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import close_old_connections
from django.utils import timezone

from stairgate.worker.heartbeat import beat

log = structlog.get_logger(__name__)

#: returns how much was done, so that a job with a queue is called again at once
Deed = Callable[[datetime, str], int]

_LONGEST_PAUSE = 60.0
_BEAT_EVERY = 5.0
_FRESH_CONNECTION_EVERY = 60.0


@dataclass(slots=True)
class Job:
    """One sweep, how often it looks, and how it has been getting on."""

    name: str
    every: float
    deed: Deed
    due: float = 0.0
    failures: int = 0

    def pause(self) -> float:
        """Return the seconds until it is looked at again."""
        if not self.failures:
            return self.every
        return min(max(self.every, 1.0) * 2.0 ** min(self.failures, 10), _LONGEST_PAUSE)


class Loop:
    """Runs jobs until it is told to stop; it always finishes the sweep in hand."""

    def __init__(self, jobs: Sequence[Job], *, worker: str = "") -> None:
        self.jobs = list(jobs)
        self.worker = worker or f"worker-{os.getpid()}"
        self._stop = threading.Event()
        self._beat_due = 0.0
        self._connection_due = time.monotonic() + _FRESH_CONNECTION_EVERY

    def stop(self) -> None:
        """Ask the loop to end. Safe to call from a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Work until `stop`."""
        while not self._stop.is_set():
            self.turn()
            nearest = min(job.due for job in self.jobs)
            self._stop.wait(max(nearest - time.monotonic(), 0.0))

    def turn(self) -> int:
        """Do each job that is due, once; return how many were."""
        done = 0
        for job in self.jobs:
            if self._stop.is_set():
                break
            if job.due <= time.monotonic():
                self._beat()
                self._do(job)
                done += 1
        self._renew_connection()
        return done

    def _do(self, job: Job) -> None:
        try:
            found = job.deed(timezone.now(), self.worker)
        except Exception:
            job.failures += 1
            log.exception("sweep_failed", job=job.name, failures=job.failures, again_in=job.pause())
            close_old_connections()
            job.due = time.monotonic() + job.pause()
            return
        if job.failures:
            log.warning("sweep_works_again", job=job.name, after=job.failures)
        job.failures = 0
        # What was found may have left more behind it: look again soon, but never spin.
        job.due = time.monotonic() + (min(job.every, 0.1) if found else job.every)

    def _beat(self) -> None:
        if time.monotonic() < self._beat_due:
            return
        self._beat_due = time.monotonic() + _BEAT_EVERY
        try:
            beat(timezone.now())
        except OSError:
            log.exception("heartbeat_not_written")

    def _renew_connection(self) -> None:
        """Give the database connection back now and then: an old one may have gone bad unnoticed."""
        if time.monotonic() >= self._connection_due:
            self._connection_due = time.monotonic() + _FRESH_CONNECTION_EVERY
            close_old_connections()
