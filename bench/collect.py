"""Comments collected, screened and queued a second, and what memory they cost. Run: python bench/collect.py

A page with so many comments (100,000 unless told otherwise: 100 under each post) is connected, and everything on it is
gone through, as after a long time away: asked for over HTTP from the practice network, kept with a version each, screened,
written into the ledger, and put into the inbox. Memory is that of the collecting process, at each tenth; it has to stay
where it was, however much there is. The practice network and PostgreSQL share this computer with it.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

DATABASES, UNDER_A_POST, TENTHS = ("sqlite", "postgres"), 100, 10
TEXTS = ROOT / "bench" / "screening_set" / "train"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--comments", type=int, default=100_000)
    parser.add_argument("--db", choices=DATABASES, action="append", help="only this one")
    parser.add_argument("--one", metavar="DB", help="a single line, as JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(collect(options.one, options.comments)))
        return
    print(f"{options.comments:,} comments of a page, {UNDER_A_POST} under each post\n")
    print(
        f"{'database':10}{'seconds':>9}{'a second':>10}{'in the inbox':>14}{'to be hidden':>14}{'MB at each tenth':>40}"
    )
    for db in options.db or DATABASES:
        line = _alone("--comments", str(options.comments), "--one", db)
        memory = " ".join(f"{mb:.0f}" for mb in line["memory"])
        rate = line["items"] / line["seconds"]
        row = f"{db:10}{line['seconds']:9.0f}{rate:10.0f}{line['items']:14,}{line['harm']:14,}"
        print(f"{row}  {memory:>38}", flush=True)


def _alone(*options: str) -> Any:
    """Measure in a process of its own: Django can be set up for one database only."""
    command = [sys.executable, __file__, *options]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return json.loads(done.stdout.splitlines()[-1])


def collect(db: str, comments: int) -> dict[str, Any]:
    """Return how long it took to go through everything, and the memory at each tenth."""
    from tests.crash.run import practice_network, set_up

    with (
        tempfile.TemporaryDirectory(prefix="stairgate-bench-") as folder,
        practice_network(Path(folder) / "practice") as practice,
    ):
        set_up(Path(folder) / "home", practice, db)
        fill(Path(folder) / "practice" / "practice.sqlite3", comments)
        from django.utils import timezone

        from stairgate.monitoring import older
        from stairgate.monitoring.models import Action, Item, Walk

        memory = Memory(comments)
        memory.watch(older)
        began = time.perf_counter()
        older.sweep(timezone.now(), "bench")
        while Walk.objects.get().through_at is None:
            Walk.objects.update(due_at=timezone.now())
            older.sweep(timezone.now(), "bench")
        seconds = time.perf_counter() - began
        items, harm = Item.objects.count(), Action.objects.count()
        if items != comments:
            raise SystemExit(f"{items} of {comments} were collected: {Walk.objects.get().problem}")
        return {"seconds": seconds, "items": items, "harm": harm, "memory": memory.tenths}


class Memory:
    """How much this process holds, each time another tenth of the comments is kept."""

    def __init__(self, comments: int) -> None:
        self.tenths: list[float] = []
        self._each = max(comments // TENTHS, 1)
        self._kept = 0

    def watch(self, older: Any) -> None:
        step: Callable[..., int] = older.keeping.keep

        def kept(reading: Any, found: Any, now: Any) -> int:
            lost = step(reading, found, now)
            self._kept += len(found)
            if self._kept >= self._each * (len(self.tenths) + 1):
                self.tenths.append(psutil.Process().memory_info().rss / 1e6)
            return lost

        older.keeping.keep = kept


def fill(page: Path, comments: int) -> None:
    """Write posts and comments straight into the practice network's file: over HTTP it would take the night."""
    posts, now, texts = -(-comments // UNDER_A_POST), time.time(), _texts()
    with sqlite3.connect(page, timeout=60) as file:
        (page_id,) = file.execute("SELECT value FROM meta WHERE key = 'page_id'").fetchone()
        file.executemany(
            "INSERT INTO posts (n, visitor, message, link, from_id, from_name, created, scheduled, published)"
            " VALUES (?, 0, ?, '', ?, 'Willow Lane Nursery', ?, 0, 1)",
            [(n + 1, f"Soup day {n}", page_id, now - posts + n) for n in range(posts)],
        )
        file.executemany(
            "INSERT INTO comments (post, parent, message, from_id, from_name, created, own)"
            " VALUES (?, NULL, ?, ?, ?, ?, 0)",
            (
                (n // UNDER_A_POST + 1, next(texts), f"2{n % 5000:015}", f"Parent {n % 5000}", now)
                for n in range(comments)
            ),
        )


def _texts() -> Iterator[str]:
    """Yield the messages of the training set over and over, each time as another comment."""
    rows = [json.loads(line)["text"] for file in sorted(TEXTS.glob("*.jsonl")) for line in file.open()]
    turn = 0
    while True:
        turn += 1
        for text in rows:
            yield f"{text} ({turn})"


if __name__ == "__main__":
    main()
