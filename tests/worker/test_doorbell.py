"""The doorbell: on PostgreSQL a deed wakes one worker at once, and nothing hangs on it (law 2 of the house).

The workers here are the product's own, in processes of their own, but each of their sweeps rests for an hour.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.db import connection, transaction
from django.utils import timezone

from stairgate.doorbell import Bell, ring
from stairgate.publishing import delivery
from stairgate.publishing.models import Attempt, Delivery, Post
from stairgate.publishing.states import DeliveryState
from stairgate.worker import listening, loop
from tests.databases import plain_environment
from tests.practice.fixtures import Practice
from tests.publishing.conftest import Desk
from tests.worker.crew import ROOT, Crew, listening_now, rows, until

WORDS = "Puddle day! Everyone came back muddy and happy."

pytestmark = pytest.mark.django_db(transaction=True)


def in_a_thread_of_its_own(work: Coroutine[object, object, None]) -> None:
    """Run it to its end, as the listener is run: where browser tests ran before, this thread has a loop already."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, work).result()


def jobs() -> list[tuple[object, ...]]:
    return rows("SELECT queueing_lock, status, args FROM procrastinate_jobs ORDER BY id")


def state(post: Post) -> str:
    return str(Delivery.objects.get(post=post).state)


def test_a_bell_wakes_one_of_two_workers_at_once(desk: Desk, crew: Crew, practice: Practice) -> None:
    crew.hire()
    crew.hire()
    posts = [desk.approved(text=f"{WORDS} {number}.") for number in range(4)]
    until(lambda: all(state(post) == DeliveryState.DONE for post in posts))
    assert [practice.public_page().count(f"{WORDS} {number}.") for number in range(4)] == [1] * 4
    assert Attempt.objects.count() == 4
    assert all(crew.who(attempt) for attempt in Attempt.objects.all())
    until(lambda: jobs() == [])


def test_a_worker_that_is_busy_leaves_the_bell_to_another(desk: Desk, crew: Crew, practice: Practice) -> None:
    """The network keeps the first one waiting; the gate opens for the second before that one is answered."""
    crew.hire()
    crew.hire()
    practice.fault("hang", "POST /feed", seconds=10)
    slow = desk.approved(text="Soup day.")
    until(lambda: state(slow) == DeliveryState.SENDING)
    quick = desk.approved(text=WORDS)
    until(lambda: state(quick) == DeliveryState.DONE and state(slow) != DeliveryState.SENDING)
    first, second = Attempt.objects.order_by("opened_at")
    assert first.delivery.post_id == slow.pk and first.worker != second.worker
    assert first.finished_at is not None and second.opened_at < first.finished_at


def test_a_woken_worker_that_is_killed_loses_nothing(desk: Desk, crew: Crew, practice: Practice) -> None:
    crew.hire(STAIRGATE_LEASE_SECONDS="3")
    practice.fault("hang", "POST /feed", seconds=5)
    post = desk.approved(text=WORDS)
    until(lambda: WORDS in practice.public_page())
    crew.who(Attempt.objects.get()).kill()
    assert state(post) == DeliveryState.SENDING
    later = timezone.now() + timedelta(seconds=5)
    delivery.recover(later, [])
    assert state(post) == DeliveryState.UNKNOWN
    delivery.sweep(later + timedelta(minutes=2), "another")
    assert state(post) == DeliveryState.DONE
    assert practice.public_page().count(WORDS) == 1 and Attempt.objects.count() == 1


def test_a_worker_hears_again_after_the_database_broke_off(desk: Desk, crew: Crew) -> None:
    crew.hire()
    rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    until(lambda: listening_now() > 0)
    post = desk.approved(text=WORDS)
    until(lambda: state(post) == DeliveryState.DONE)


def test_told_to_stop_it_answers_whole_the_bell_it_holds(desk: Desk, crew: Crew, practice: Practice) -> None:
    process = crew.hire()
    practice.fault("hang", "POST /feed", seconds=2)
    post = desk.approved(text=WORDS)
    until(lambda: state(post) == DeliveryState.SENDING)
    process.send_signal(signal.SIGTERM)
    assert process.wait(120) == 0
    assert state(post) == DeliveryState.DONE
    assert jobs() == [] and rows("SELECT 1 FROM procrastinate_workers") == []


def test_a_bell_that_cannot_be_rung_harms_no_deed(desk: Desk) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE procrastinate_jobs RENAME TO away")
        try:
            post = desk.approved(text=WORDS)
        finally:
            cursor.execute("ALTER TABLE away RENAME TO procrastinate_jobs")
    assert state(post) == DeliveryState.WAITING and jobs() == []
    loop.Worker().turn()  # the next sweep
    assert state(post) == DeliveryState.DONE


def test_a_bell_holds_nothing_but_the_name_of_a_sweep_and_rings_once(desk: Desk) -> None:
    for _ in range(3):
        desk.approved(text=WORDS)
    assert jobs() == [("deliveries", "todo", '{"bell": "deliveries"}')]


def test_what_was_never_committed_rings_nothing(quiet: None) -> None:
    with contextlib.suppress(RuntimeError), transaction.atomic():
        ring(Bell.DELIVERIES)
        raise RuntimeError("the deed failed")
    assert jobs() == []


def test_a_bell_for_nothing_or_of_another_version_does_no_harm(quiet: None) -> None:
    worker = loop.Worker()
    for bell in [*Bell, "something newer"]:
        worker.answer(bell)


def test_every_bell_is_a_sweep() -> None:
    assert set(Bell) <= {job.name for job in loop.jobs()}


def test_the_bells_of_the_dead_are_cleared_away(quiet: None) -> None:
    ring(Bell.DELIVERIES)
    rows(
        "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) "
        "VALUES (now() - interval '1 hour') RETURNING id) "
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead) RETURNING id"
    )
    ring(Bell.ACTIONS)

    async def clear() -> None:
        queue = listening._queue()
        async with queue.open_async():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(listening._keep_clear(queue), 1)

    in_a_thread_of_its_own(clear())
    assert [job[:2] for job in jobs()] == [("actions", "todo")]


class Interrupted:
    """A database that takes being told to end for trouble of its own, as the real one does while it answers."""

    def __init__(self) -> None:
        self.asked = 0

    async def get_stalled_jobs(self, queue: str) -> list[object]:
        return await self.interrupted()

    async def interrupted(self) -> list[object]:
        from procrastinate.exceptions import ConnectorException

        self.asked += 1
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            raise ConnectorException from None
        return []


@pytest.mark.parametrize("part", ["listens", "clears"])
def test_told_to_end_while_the_database_answers_it_ends(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Interrupted()
    listener = listening._Listener(lambda bell: None)
    monkeypatch.setattr(listener, "_listen", database.interrupted)

    async def told() -> None:
        work = listener._stay() if part == "listens" else listening._keep_clear(Mock(job_manager=database))
        task = asyncio.create_task(work)
        while not database.asked:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task], timeout=60)
        assert task.done() and database.asked == 1

    in_a_thread_of_its_own(told())


def test_a_listener_that_ended_by_itself_rests_before_it_listens_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listened: list[int] = []
    listener = listening._Listener(lambda bell: None)

    async def ends() -> None:
        listened.append(1)

    async def told() -> None:
        monkeypatch.setattr(listener, "_listen", ends)
        task = asyncio.create_task(listener._stay())
        await asyncio.sleep(0.2)
        task.cancel()
        await asyncio.wait([task], timeout=60)
        assert task.done() and listened == [1]

    in_a_thread_of_its_own(told())


def test_on_sqlite_nothing_of_it_is_even_loaded(tmp_path: Path) -> None:
    program = (
        "import django, sys; django.setup(); import stairgate.worker.loop, stairgate.config.urls; "
        "print([name for name in sys.modules if name.startswith(('procrastinate', 'psycopg'))])"
    )
    environment = plain_environment() | {
        "DJANGO_SETTINGS_MODULE": "stairgate.config.testing",
        "STAIRGATE_TEST_HOME": str(tmp_path / "home"),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout == "[]\n", done
