"""Random deeds, very many. Run: python -m tests.publishing.many_deeds [--runs 10000] [--practice 1000]

The machine of `random_deeds`, in several processes, each with luck of its own. A run is one setting that begins
afresh and in which somebody did at least one deed; ``--runs`` of them have made-up pages, ``--practice`` the
practice network over HTTP. Prints what was done and what reached the pages; ends with 1 when a run found
something, or when fewer ran than were asked for.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.publishing.tally import Tally

ROOT = Path(__file__).resolve().parents[2]
MACHINE = "tests/publishing/test_random_deeds.py"
MADE_UP = "test_random_deeds_never_get_anything_past_the_gate"
PRACTICE = "test_random_deeds_leave_only_what_was_approved_on_the_practice_page"
#: runs for one process: what Hypothesis remembers of them grows
_AT_ONCE = 200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--practice", type=int, default=1_000)
    parser.add_argument("--steps", type=int, default=30, help="how many rules of the machine a run follows")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    options = parser.parse_args()
    os.environ["STAIRGATE_RANDOM_DEEDS_STEPS"] = str(options.steps)
    return max(
        many(test, runs, options.workers, options.db)
        for test, runs in ((MADE_UP, options.runs), (PRACTICE, options.practice))
    )


def many(test: str, runs: int, workers: int, db: str) -> int:
    """Make so many runs of a test and print what they came to; return 0 when nothing was found."""
    began, whole, failed = time.monotonic(), Tally(), 0
    parts = [min(_AT_ONCE, runs - first) for first in range(0, runs, _AT_ONCE)]
    with ThreadPoolExecutor(workers) as pool:  # each thread only waits for its process
        for tally, words in pool.map(lambda part: _part(test, part, db), parts):
            if tally is None:
                failed += 1
                print(words, flush=True)
            else:
                whole.add(tally)
                print(f"{whole.runs} runs of {runs} …", file=sys.stderr, flush=True)
    minutes = (time.monotonic() - began) / 60
    print(f"\n{test}\n{whole.table()}\n{minutes:.0f} minutes on {db}, {workers} at a time; {failed} failed")
    return int(failed > 0 or whole.runs < runs)


def _part(test: str, runs: int, db: str) -> tuple[Tally | None, str]:
    """Make some runs in a process of their own; return what they came to, or None and what was found."""
    with tempfile.TemporaryDirectory(prefix="stairgate-deeds-") as folder:
        kept = Path(folder) / "tally.json"
        asked = {"STAIRGATE_RANDOM_DEEDS": str(runs), "STAIRGATE_RANDOM_DEEDS_TALLY": str(kept)}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(
            [*command, f"--db={db}", f"{MACHINE}::{test}"],
            cwd=ROOT,
            env={**os.environ, **asked},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            return None, done.stdout + done.stderr
        return Tally.from_json(kept.read_text("utf-8")), ""


if __name__ == "__main__":
    sys.exit(main())
