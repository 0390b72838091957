"""The loop: each sweep in turn, each on its own, so that one in trouble stops none of the others."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import FrameType

import structlog
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from stairgate.assurance import watching
from stairgate.assurance.reminding import keeping, mailing
from stairgate.channels import health
from stairgate.channels.access_list import services as access_lists
from stairgate.channels.baseline import reading as settings_of_pages
from stairgate.channels.dialog import services as dialog
from stairgate.doorbell import Bell
from stairgate.ledger.services import checkpoint
from stairgate.monitoring import actions, collect, older, subscribing, unanswered
from stairgate.monitoring.alike import keys as alike
from stairgate.monitoring.checking import rota
from stairgate.monitoring.families import services as families
from stairgate.organisations.models import Organisation
from stairgate.people.importing import services as lists
from stairgate.publishing import delivery, lapsing, reading_back, recurring, second_looks, taking_down
from stairgate.worker.listening import listening

log = structlog.get_logger(__name__)

_TICK = 0.5
_LONGEST_PAUSE = 60.0
_HOUR = 3600.0


@dataclass(slots=True)
class Job:
    """One sweep: how often it looks, and how long it rests after trouble."""

    name: str
    sweep: Callable[[datetime, str], int]
    every: float
    due: float = 0.0
    failures: int = 0


def seal(now: datetime, worker: str) -> int:
    """Sign a checkpoint of every setting's ledger; return how many."""
    organisations = list(Organisation.objects.values_list("pk", flat=True))
    for pk in organisations:
        checkpoint(organisation_id=pk, at=now)
    return len(organisations)


def jobs() -> list[Job]:
    """Return everything the worker does, most urgent first."""
    return [
        Job(Bell.DELIVERIES, delivery.sweep, 1.0),
        Job(Bell.ACTIONS, actions.sweep, 1.0),
        Job(Bell.TAKE_DOWNS, taking_down.sweep, 1.0),
        Job(Bell.COMMENTS, collect.sweep, 1.0),
        Job("older comments", older.sweep, 10.0),
        Job("recurring", recurring.sweep, 30.0),
        Job("unanswered", unanswered.sweep, 5.0),
        Job("what is alike", alike.sweep, 30.0),
        Job("asked families", families.sweep, 30.0),
        Job(Bell.READ_BACKS, reading_back.sweep, 5.0),
        Job("health", health.sweep, 30.0),
        Job("access lists", access_lists.sweep, 600.0),
        Job("settings", settings_of_pages.sweep, 60.0),
        Job("lapses", lapsing.sweep, 30.0),
        Job("second looks", second_looks.sweep, 30.0),
        Job("rotas", rota.sweep, 60.0),
        Job("clauses", watching.sweep, 20.0),
        Job("doorbells", subscribing.sweep, 20.0),
        Job("reminders", keeping.sweep, 20.0),
        Job("e-mails", mailing.sweep, 10.0),
        Job("uploaded lists", lists.sweep, 300.0),
        Job("dialogs", dialog.sweep, 60.0),
        Job("seals", seal, _HOUR),
    ]


class Worker:
    """Runs until SIGTERM or SIGINT, and finishes the sweep in hand first."""

    def __init__(self, work: list[Job] | None = None) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}"
        # A plain flag: a signal can come at any instruction, and a handler that takes a lock could wait
        # for ever for the very code it interrupted.
        self._stopping = False
        self._jobs = jobs() if work is None else work
        self._beat = settings.HOME.heartbeat

    def run(self) -> None:
        """Take turns until told to stop. A short rest between turns bounds how late that is heard."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        with listening(self.answer):
            while not self._stopping:
                self.turn()
                if not self._stopping:
                    time.sleep(_TICK)

    def _told_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def answer(self, bell: str) -> None:
        """Do the sweep that a bell asks for, at once. Rows and leases keep it apart from the loop's own."""
        for job in self._jobs:
            if job.name == bell and not self._stopping:
                self._sweep(job)

    def turn(self) -> None:
        """Do every job that is due once, and show that we live."""
        self._show_life()
        for job in self._jobs:
            if not self._stopping and time.monotonic() >= job.due:
                self._do(job)

    def _show_life(self) -> None:
        """Touch the heartbeat. When that fails the work goes on, and `stairgate check` says what it sees."""
        try:
            self._beat.touch(mode=0o600)
        except OSError:
            log.exception("heartbeat_failed")

    def _do(self, job: Job) -> None:
        job.failures = 0 if self._sweep(job) else job.failures + 1
        job.due = time.monotonic() + min(
            job.every * 2 ** min(job.failures, 8), max(job.every, _LONGEST_PAUSE)
        )

    def _sweep(self, job: Job) -> bool:
        """Return whether a sweep went well; what did not is in the log."""
        try:
            close_old_connections()
            job.sweep(timezone.now(), self.name)
        except Exception:
            log.exception("sweep_failed", job=job.name, failures=job.failures)
            return False
        return True
