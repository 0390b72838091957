"""Kill the worker with SIGKILL at random instructions, many times, and count what reached the page.

Run by hand with ``python -m tests.crash.run --kills 200``; the suite runs it too. Each round a post is
approved by a second person, a child process sweeps it through the gate, and kills itself with SIGKILL at a
line drawn by chance. The rooms take turns (`ROOMS`), so that as many die in the gate as in the HTTP client, which
runs through far more lines. Then the living recover, look on the page, and send again what two looks proved is not there.

With ``--deliveries`` it is the matrix (`tests.crash.matrix`): several workers die at each boundary of a
delivery while the network misbehaves. ``--db=postgres`` runs either on a real PostgreSQL.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import hmac
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

#: where to die, in turn: a part of the path of a source file
ROOMS = (
    "publishing/gate",
    "publishing/delivery",
    "stairgate/ledger",
    "networks/facebook",
    "httpx2",
    "httpcore",
)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--deliveries", type=int, default=0, help="run the matrix with so many posts")
    parser.add_argument("--workers", type=int, default=4, help="how many processes work in the matrix")
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    options = parser.parse_args(argv)
    if options.deliveries:
        return _matrix(options.deliveries, options.workers, options.db)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**9)
    with (
        tempfile.TemporaryDirectory(prefix="stairgate-crash-") as folder,
        practice_network(Path(folder) / "practice") as practice,
    ):
        cast = set_up(Path(folder) / "home", practice, options.db)
        result = _run(cast, practice, options.kills, random.Random(seed))
    result["seed"] = seed
    print(json.dumps(result))
    return 0 if not result["wrong"] else 1


def _matrix(deliveries: int, workers: int, db: str) -> int:
    from tests.crash import matrix

    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    with (
        tempfile.TemporaryDirectory(prefix="stairgate-crash-") as folder,
        practice_network(Path(folder) / "practice") as practice,
    ):
        home = Path(folder) / "home"
        cast = set_up(home, practice, db)
        result = matrix.run(cast, practice, home, deliveries, workers, tell)
        result["ledger_problems"] = _ledger_problems(cast)
    tell(f"on {db} with {workers} workers\n{matrix.table(result)}")
    result["rows"] = [asdict(row) for row in result["rows"]]
    print(json.dumps(result))
    return 0 if not result["wrong"] and not result["ledger_problems"] else 1


class Practice:
    """The practice network in its own process, and what is on its page."""

    def __init__(self, url: str, home: Path) -> None:
        self.url = url
        self.credentials: dict[str, str] = json.loads((home / "credentials.json").read_text())

    def on_page(self) -> Counter[str]:
        """Return how many times each text is on the page."""
        counted: Counter[str] = Counter()
        address = f"{self.url}/v26.0/{self.credentials['page_id']}/published_posts?limit=100&fields=message"
        while address:
            answer = self._get(address)
            counted.update(post.get("message", "") for post in answer["data"])
            address = answer.get("paging", {}).get("next", "") if answer["data"] else ""
        return counted

    def fault(self, kind: str, match: str, times: int, seconds: float) -> None:
        """Let the next ``times`` requests that match go wrong."""
        body = json.dumps({"kind": kind, "match": match, "times": times, "seconds": seconds}).encode()
        request = urllib.request.Request(
            f"{self.url}/practice/faults", data=body, headers={"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=60).close()

    def faults_met(self) -> dict[str, set[str]]:
        """Return, by fault, the texts it hit on their way to the page."""
        met: dict[str, set[str]] = defaultdict(set)
        with urllib.request.urlopen(f"{self.url}/practice/log", timeout=60) as answer:
            for row in json.load(answer):
                if row["method"] == "POST" and row["path"].endswith("/feed"):
                    met[row["outcome"].partition(" ")[0]].add(row["params"]["message"])
        return met

    def _get(self, address: str) -> Any:
        token = self.credentials["page_token"]
        proof = hmac.new(self.credentials["app_secret"].encode(), token.encode(), hashlib.sha256).hexdigest()
        joined = address + ("&" if "?" in address else "?") + f"appsecret_proof={proof}"
        request = urllib.request.Request(joined, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


@contextlib.contextmanager
def practice_network(home: Path) -> Iterator[Practice]:
    """Run a practice network in a process of its own."""
    home.mkdir(parents=True)
    command = [sys.executable, "-m", "stairgate.practice", "--home", str(home), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = next(line for line in process.stdout if "http://" in line)
        yield Practice("http://" + line.split("http://", 1)[1].split()[0].rstrip("/"), home)
    finally:
        process.terminate()
        process.wait(120)


def _run(cast: Any, practice: Practice, kills: int, chance: random.Random) -> dict[str, Any]:
    from django.db import connections

    lines = _measure(cast, connections)
    where: Counter[str] = Counter()
    killed = 0
    texts = ["Puddle day, number 0"]
    while killed < kills:
        text = f"Puddle day, number {len(texts)}"
        texts.append(text)
        approve(cast, text)
        connections.close_all()
        room = ROOMS[len(texts) % len(ROOMS)]
        place = _sweep_and_die(room, chance.randrange(1, lines[room] + 1))
        if place:
            killed += 1
            where[place] += 1
    after = _let_the_living_finish()
    held = _held()
    first_look = practice.on_page()
    wrong = _wrong(texts, first_look, held)
    send_again(cast)
    _let_the_living_finish()
    last_look = practice.on_page()
    wrong += [f"after sending again: {text} × {last_look[text]}" for text in texts if last_look[text] != 1]
    return {
        "posts": len(texts),
        "kills": killed,
        "killed_in": dict(where.most_common()),
        "once_on_page": sum(1 for text in texts if first_look[text] == 1),
        "held_as_not_there": len(held),
        "twice": [text for text in texts if first_look[text] > 1],
        "once_after_sending_again": sum(1 for text in texts if last_look[text] == 1),
        "fates": after,
        "ledger_problems": _ledger_problems(cast),
        "wrong": wrong,
    }


def set_up(home: Path, practice: Practice, db: str) -> Any:
    """Make Willow Lane in a fresh database, its page on the practice network; return the cast."""
    os.environ.setdefault("STAIRGATE_LEASE_SECONDS", "6")
    os.environ.setdefault("STAIRGATE_SETTLE_SECONDS", "1")
    prepare_django(home, db)
    from django.utils import timezone

    from stairgate.channels.services import Credentials
    from stairgate.networks.base import Secret
    from stairgate.publishing import delivery
    from tests.cast import willow_lane

    delivery._FIRST_PAUSE = timedelta(seconds=1)
    given = practice.credentials
    return willow_lane(
        timezone.now(),
        credentials=Credentials(
            base_url=practice.url,
            account_id=given["page_id"],
            token=Secret(given["page_token"]),
            app_id=given["app_id"],
            app_secret=Secret(given["app_secret"]),
            verify_token=Secret(given["verify_token"]),
        ),
    )


def prepare_django(home: Path, db: str) -> None:
    """Set Django up on a fresh database of this kind."""
    os.environ["STAIRGATE_TEST_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "stairgate.config.testing"
    if db == "postgres":
        _use_postgres()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _use_postgres() -> None:
    import stairgate.config.testing  # noqa: F401 - makes the throw-away home first
    from tests.databases import use_postgres

    use_postgres()


def approve(cast: Any, text: str) -> None:
    from django.utils import timezone

    from stairgate.publishing.content import Content
    from stairgate.publishing.services import approve, save_draft, submit
    from tests.cast import PURPOSE

    content = Content(text=text, channel_ids=(cast.channel.id,), purpose=PURPOSE)
    now = timezone.now()
    revision = save_draft(
        actor=cast.tom, organisation=cast.organisation, post=None, content=content, seen=None, at=now
    )
    submit(actor=cast.tom, post=revision.post, at=now)
    approve(actor=cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=timezone.now())


def _measure(cast: Any, connections: Any) -> Counter[str]:
    """Return how many lines of each room one undisturbed sweep runs through."""
    approve(cast, "Puddle day, number 0")
    seen: Counter[str] = Counter()

    def count(frame: FrameType) -> None:
        seen[_room_of(frame)] += 1

    _traced(count, _sweep)
    connections.close_all()
    return seen


def _room_of(frame: FrameType) -> str:
    """Return the room that runs now; "" for everywhere else."""
    return next((room for room in ROOMS if room in frame.f_code.co_filename), "")


def _sweep() -> None:
    from django.utils import timezone

    from stairgate.publishing import delivery

    delivery.sweep(timezone.now(), f"worker-{os.getpid()}")


def _traced(each_line: Callable[[FrameType], None], work: Callable[[], None]) -> None:
    def local(frame: FrameType, event: str, _: object) -> Any:
        if event == "line":
            each_line(frame)
        return local

    def trace(frame: FrameType, event: str, _: object) -> Any:
        return local if _room_of(frame) else None

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)


def _sweep_and_die(room: str, at_line: int) -> str:
    """Fork a worker that SIGKILLs itself at that line of a room; return where it died, "" when it outlived it."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        left = [at_line]

        def kill(frame: FrameType) -> None:
            left[0] -= _room_of(frame) == room
            if left[0] == 0:
                name = Path(frame.f_code.co_filename)
                os.write(write, f"{name.parent.name}/{name.stem}.{frame.f_code.co_name}".encode())
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            _traced(kill, _sweep)
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        place = pipe.read()
    _, status = os.waitpid(child, 0)
    return place if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else ""


def _let_the_living_finish() -> dict[str, int]:
    """Sweep without dying until nothing is on its way; return the fates."""
    from stairgate.publishing.models import Delivery
    from stairgate.publishing.states import DeliveryState

    moving = [DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.UNKNOWN]
    give_up = time.monotonic() + 120
    while Delivery.objects.filter(state__in=moving).exists() and time.monotonic() < give_up:
        _sweep()
        time.sleep(0.2)
    return dict(Counter(Delivery.objects.values_list("state", flat=True)))


def _held() -> set[str]:
    from stairgate.publishing.models import Delivery
    from stairgate.publishing.states import DeliveryState

    rows = Delivery.objects.filter(state=DeliveryState.NOT_THERE).select_related("revision")
    return {row.revision.text for row in rows}


def _wrong(texts: list[str], page: Counter[str], held: set[str]) -> list[str]:
    """Every post is on the page exactly once, or held because looking proved it is not there."""
    return [text for text in texts if page[text] != (0 if text in held else 1)]


def send_again(cast: Any) -> None:
    from django.utils import timezone

    from stairgate.publishing.models import Delivery
    from stairgate.publishing.services import send_again
    from stairgate.publishing.states import DeliveryState

    for row in Delivery.objects.filter(state=DeliveryState.NOT_THERE).select_related("post"):
        send_again(actor=cast.priya, delivery=row, at=timezone.now())


def _ledger_problems(cast: Any) -> list[str]:
    from stairgate.ledger.services import verify_log

    return list(verify_log(cast.organisation.id))


if __name__ == "__main__":
    sys.exit(main())
