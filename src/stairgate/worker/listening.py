"""Answering the doorbell on PostgreSQL, beside the loop: a bell never waits for a sweep that takes its time.

A worker takes a bell only while it is answering no other, so the next one goes to whichever worker is free. A bell
that died with its worker is cleared away, not rung again: the loops sweep what it was for.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import structlog
from django.db import connection

from stairgate.doorbell import QUEUE, TASK

if TYPE_CHECKING:
    from procrastinate import App

log = structlog.get_logger(__name__)

#: the loop sweeps far more often than this, so asking the queue itself is hardly ever needed
_ASK_SECONDS = 60.0
_CLEAR_SECONDS = 600.0
_PAUSE_SECONDS = 5.0


@contextmanager
def listening(answer: Callable[[str], None]) -> Iterator[None]:
    """Have every bell answered, in another thread, while the block lasts; the one in hand is answered whole."""
    if connection.vendor != "postgresql":
        yield
        return
    listener = _Listener(answer)
    listener.start()
    try:
        yield
    finally:
        listener.stop()


class _Listener:
    def __init__(self, answer: Callable[[str], None]) -> None:
        self._answer = answer
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="doorbell", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()

    async def _run(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.ensure_future(self._stay())
        self._ready.set()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _stay(self) -> None:
        """Listen until cancelled, whatever happens to the database meanwhile."""
        while not _cancelled():
            try:
                await self._listen()
            except Exception:
                if not _cancelled():
                    log.exception("doorbell_broken")
            await _rest(_PAUSE_SECONDS)

    async def _listen(self) -> None:
        app = _queue()
        app.task(name=TASK, queue=QUEUE)(self._heard)
        async with app.open_async():
            clearing = asyncio.create_task(_keep_clear(app))
            try:
                await app.run_worker_async(
                    queues=[QUEUE],
                    install_signal_handlers=False,
                    delete_jobs="always",
                    fetch_job_polling_interval=_ASK_SECONDS,
                    abort_job_polling_interval=_ASK_SECONDS,
                )
            finally:
                clearing.cancel()

    def _heard(self, bell: str) -> None:
        self._answer(bell)


def _queue() -> App:
    """Return the queue as a worker speaks to it: over few connections of its own, to the same database."""
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import DjangoApp
    from procrastinate.contrib.django.utils import connector_params

    return DjangoApp(connector=PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=2))


async def _keep_clear(app: App) -> None:
    """Throw away, now and then, the bells of workers that were killed."""
    from procrastinate.exceptions import ConnectorException
    from procrastinate.jobs import Status

    while not _cancelled():
        with suppress(ConnectorException):  # another worker clears too, or the database is away
            for job in await app.job_manager.get_stalled_jobs(queue=QUEUE):
                await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
        await _rest(_CLEAR_SECONDS)


async def _rest(seconds: float) -> None:
    """Wait, unless this task was told to end meanwhile."""
    if not _cancelled():
        await asyncio.sleep(seconds)


def _cancelled() -> bool:
    """Return whether this task was told to end.

    Who waits for the database just then may hear of it as trouble of the database: only this still says so.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
