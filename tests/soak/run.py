"""Let everything run for minutes while the network misbehaves at random, then count what was lost or doubled.

``python -m tests.soak.run --minutes 10 --db postgres``. The pages, the worker and the practice network are processes of
their own. The public writes, edits and deletes; the team posts; every fault of the practice network strikes at random;
the worker is killed by SIGKILL now and then; strangers knock at the door for webhooks. In the end all faults run out,
and then: every comment that is on the page is in the inbox with the words it has there, once; every post is on the page
as often as we say, never twice; the ledger verifies; and no secret is in any log or any file but its own.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.crash.run import practice_network, send_again, set_up
from tests.soak.page import Page
from tests.soak.secrets import leaks, secrets_of, written
from tests.soak.world import World

_PATIENCE = 240.0


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--deeds", type=int, default=0, help="so many at least, however long they take")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    options = parser.parse_args(argv)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**9)
    with tempfile.TemporaryDirectory(prefix="stairgate-soak-") as folder:
        result = _soak(Path(folder), options, random.Random(seed))
    print(json.dumps({"seed": seed, "db": options.db, **result}))
    return 1 if result["wrong"] else 0


def _soak(folder: Path, options: argparse.Namespace, chance: random.Random) -> dict[str, Any]:
    logs, home, port = folder / "logs", folder / "home", _free_port()
    logs.mkdir()
    os.environ |= {"STAIRGATE_URL": f"http://127.0.0.1:{port}", "STAIRGATE_POLL_SECONDS": "2"}
    with practice_network(folder / "practice") as running:
        page = Page(running.url, folder / "practice")
        cast = set_up(home, page, options.db)
        with contextlib.ExitStack() as house:
            house.enter_context(_pages(logs / "pages.log", port))
            worker = house.enter_context(_worker(logs / "worker.log"))
            hook = f"http://127.0.0.1:{port}/hooks/facebook/{cast.channel.pk}/"
            world = World(page, cast, hook, chance)
            kills = _live(world, worker, options)
            page.behave()
            _settle(world)
        wrong = [*_lost(world), *_doubled(world), *_ledger(cast)]
        secrets = secrets_of(page.credentials, home / "keys")
        wrong += leaks(secrets, written(logs, home))
        logged = sum(file.stat().st_size for file in logs.iterdir())
    return {**_told(world), "kills": kills, "secrets": len(secrets), "bytes_of_logs": logged, "wrong": wrong}


def _live(world: World, worker: Worker, options: argparse.Namespace) -> int:
    """Let things happen; return how often the worker was killed."""
    world.begin()
    end, kills = time.monotonic() + options.minutes * 60, 0
    while time.monotonic() < end or world.done < options.deeds:
        world.step()
        if world.chance.random() < 0.02:
            worker.kill()
            kills += 1
        time.sleep(world.chance.uniform(0.02, 0.12))
    return kills


def _settle(world: World) -> None:
    """Wait until the faults have run out, nothing is on its way, and what is on the page is known."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and (_moving() or _lost(world)):
        send_again(world.cast)
        time.sleep(1)


def _moving() -> bool:
    from stairgate.publishing.models import Delivery
    from stairgate.publishing.states import DeliveryState

    moving = [DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.UNKNOWN, DeliveryState.NOT_THERE]
    return Delivery.objects.filter(state__in=moving).exists()


def _lost(world: World) -> list[str]:
    """Return each comment on the page that the inbox does not have with its last words, and each gone one it keeps up."""
    from stairgate.monitoring.models import Item

    known = {row.external_id: row for row in Item.objects.filter(channel=world.cast.channel)}
    wrong = [
        f"lost: {made} {words!r}"
        for made, words in world.comments.items()
        if made not in known or known[made].text != words or known[made].gone_at
    ]
    return wrong + [f"still there: {made}" for made in world.deleted & set(known) if not known[made].gone_at]


def _doubled(world: World) -> list[str]:
    """Return each post that is on the page another number of times than we say."""
    from stairgate.publishing.models import Delivery
    from stairgate.publishing.states import DeliveryState

    on_page = world.practice.on_page()
    rows = Delivery.objects.select_related("revision")
    done = Counter(row.revision.text for row in rows if row.state == DeliveryState.DONE)
    wrong = [
        f"{on_page[text]} × {text}" for text in world.posts if on_page[text] != done[text] or done[text] > 1
    ]
    return wrong + [f"nobody approved {text!r}" for text in on_page if text not in world.posts]


def _ledger(cast: Any) -> list[str]:
    from stairgate.ledger.selectors import history
    from stairgate.ledger.services import verify_log
    from stairgate.monitoring.models import Item

    wrong = [f"ledger: {problem}" for problem in verify_log(cast.organisation.pk)]
    collected = Counter(
        entry.subject for entry in history(cast.organisation.pk) if entry.kind == "monitoring.collected"
    )
    twice = [subject for subject, times in collected.items() if times > 1]
    if len(collected) != Item.objects.count() or twice:
        wrong.append(
            f"{Item.objects.count()} items, {len(collected)} in the ledger, {len(twice)} of them twice"
        )
    return wrong


def _told(world: World) -> dict[str, Any]:
    from stairgate.monitoring.models import Item, Receipt, Sweep
    from stairgate.publishing.models import Delivery

    row = Sweep.objects.get(channel=world.cast.channel)
    return {
        "deeds": world.done,
        "comments": len(world.comments),
        "deleted": len(world.deleted),
        "items": Item.objects.count(),
        "posts": dict(Counter(Delivery.objects.values_list("state", flat=True))),
        "webhooks_heard": Receipt.objects.count(),
        "turned_away": row.bad_signatures,
        "slowest_answer": round(world.slowest, 2),
        "faults": world.faults,
    }


class Worker:
    """The worker, which is killed without warning and started again."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen([sys.executable, "-m", "tests.soak.worker"], stdout=log, stderr=log)

    def kill(self) -> None:
        self.check()
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = self._start()

    def check(self) -> None:
        """Raise RuntimeError when it ended by itself: then nothing that follows would prove anything."""
        if self._process.poll() is not None:
            raise RuntimeError(f"the worker ended by itself: {self._log.read_text()[-2000:]}")

    def stop(self) -> None:
        self.check()
        self._process.terminate()
        self._process.wait(120)


@contextlib.contextmanager
def _worker(log: Path) -> Iterator[Worker]:
    worker = Worker(log)
    try:
        yield worker
    finally:
        worker.stop()


@contextlib.contextmanager
def _pages(log: Path, port: int) -> Iterator[None]:
    """Serve the pages as `stairgate start` does, and wait until they answer."""
    command = [
        *(sys.executable, "-m", "granian", "stairgate.config.wsgi:application", "--interface", "wsgi"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws"),
    ]
    with log.open("wb") as file:
        # real settings: those for tests would take the folder for a new one
        there = {**os.environ, "DJANGO_SETTINGS_MODULE": "stairgate.config.settings"}
        process = subprocess.Popen(command, stdout=file, stderr=file, env=there)
    try:
        _wait_for(f"http://127.0.0.1:{port}/alive/")
        yield
    finally:
        process.terminate()
        process.wait(120)


def _wait_for(address: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as line:
        return int(line.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
