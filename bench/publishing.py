"""How many deliveries a minute, by database and number of workers. Run: python bench/publishing.py [--posts 120]

Every post is approved by a second person; then so many workers, each a process of its own, carry all of them
through the gate and over HTTP to the practice network. Timed is from the first worker's start to the last
post's "on the page". On a computer with two cores, the network and the database share them with the workers.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

DATABASES, WORKERS = ("sqlite", "postgres"), (1, 2, 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=120)
    parser.add_argument(
        "--one", nargs=2, metavar=("DB", "WORKERS"), help="a single line of the table, as JSON"
    )
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one[0], int(options.one[1]), options.posts)))
        return
    print(f"{options.posts} posts through the gate to the practice network\n")
    print(f"{'database':12}{'workers':>8}{'seconds':>10}{'a minute':>10}{'once':>8}")
    for db in DATABASES:
        for workers in WORKERS:
            # Django can be set up for one database in a process, so each line has its own.
            command = [sys.executable, __file__, "--posts", str(options.posts), "--one", db, str(workers)]
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
            line = json.loads(done.stdout.splitlines()[-1])
            rate = line["posts"] / line["seconds"] * 60
            print(f"{db:12}{workers:8}{line['seconds']:10.1f}{rate:10.0f}{line['once']:8}", flush=True)


def measure(db: str, workers: int, posts: int) -> dict[str, float]:
    """Return how many posts were carried in how many seconds, and how many are on the page once."""
    from tests.crash.run import approve, practice_network, set_up

    with (
        tempfile.TemporaryDirectory(prefix="stairgate-bench-") as folder,
        practice_network(Path(folder) / "practice") as practice,
    ):
        home = Path(folder) / "home"
        cast = set_up(home, practice, db)
        from tests.crash.matrix import Fleet

        texts = [f"Puddle day, number {number}" for number in range(posts)]
        for text in texts:
            approve(cast, text)
        graves = home / "graves"
        graves.mkdir()
        began = time.perf_counter()
        Fleet(workers, graves).work_until_still()
        seconds = time.perf_counter() - began
        page = practice.on_page()
        return {"posts": posts, "seconds": seconds, "once": sum(page[text] == 1 for text in texts)}


if __name__ == "__main__":
    main()
