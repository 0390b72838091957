"""What each page costs a manager at 1,000 posts and 2,000 comments. Run: python bench/pages.py [--db=postgres]"""

from __future__ import annotations

import argparse
import gzip
import os
import statistics
import sys
import time
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["DJANGO_SETTINGS_MODULE"] = "stairgate.config.testing"

POSTS, COMMENTS, STORY, TIMES = 1000, 2000, 40, 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    if parser.parse_args().db == "postgres":
        from tests.databases import use_postgres

        import stairgate.config.testing  # noqa: F401 - makes the throw-away home first

        use_postgres()
    django.setup()
    measure()


def measure() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone
    from tests.cast import willow_lane
    from tests.crowd import crowd
    from tests.web.pages import pages, second_steps, see, signed_in

    began = time.perf_counter()
    call_command("migrate", interactive=False, verbosity=0)
    cast = willow_lane(timezone.now())
    second_steps(cast.priya)
    made = crowd(cast, timezone.now(), posts=POSTS, comments=COMMENTS, story=STORY)
    print(
        f"{POSTS:,} posts and {COMMENTS:,} comments on {connection.vendor}, made in "
        f"{time.perf_counter() - began:.0f} s. Each page is asked for {TIMES} times.\n"
    )
    print(f"{'page':42}{'queries':>8}{'KB':>8}{'gzip':>8}{'ms':>8}")
    client = signed_in(cast.priya)
    worst = [0, 0.0, 0.0, 0.0]
    for page in pages(made):
        seen = [see(page, client) for _ in range(TIMES)]
        last = seen[-1]
        if last.status != 200:
            sys.exit(f"{page}: answered {last.status}")
        ms = statistics.median(one.seconds for one in seen) * 1000
        costs = [len(last.queries), len(last.body) / 1000, len(gzip.compress(last.body)) / 1000, ms]
        worst = [max(pair) for pair in zip(worst, costs, strict=True)]
        _line(str(page), costs)
    print()
    _line("worst", worst)


def _line(name: str, costs: list[float]) -> None:
    queries, *others = costs
    print(f"{name:42}{queries:8}" + "".join(f"{cost:8.1f}" for cost in others))


if __name__ == "__main__":
    main()
