"""Deliveries a minute, and what the pages of posts cost. Run: python bench/publishing.py [--posts 120] [--many 50000]

Deliveries: every post is approved by a second person; then so many workers, each a process of its own, carry all of
them through the gate and over HTTP to the practice network. Timed is from the first worker's start to the last post's
"on the page". On a computer with two cores, the network and the database share them with the workers.

Pages: calendar, list, composer and what is to do, as a manager asks for them at 1,000 posts and at many more. Beside
them stands what a peer's pages cost at 1,000 posts on this kind of machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

DATABASES, WORKERS = ("sqlite", "postgres"), (1, 2, 4)
FEW, TIMES = 1000, 20
#: queries, p50 and p95 in ms of a peer at 1,000 posts
PEER = {"calendar": (161, 633, 1176), "list": (155, 735, 1635), "composer": (28, 70, 200)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--posts", type=int, default=120, help="how many are delivered; 0 leaves that out")
    parser.add_argument(
        "--many", type=int, default=50_000, help="how many stand on the pages; 0 leaves them out"
    )
    parser.add_argument("--one", nargs=2, metavar=("DB", "WORKERS"), help="a single line, as JSON")
    parser.add_argument("--pages", metavar="DB", help="the pages on one database, as JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(deliver(options.one[0], int(options.one[1]), options.posts)))
    elif options.pages:
        print(json.dumps(look(options.pages, options.many)))
    else:
        if options.posts:
            _show_deliveries(options.posts)
        if options.many:
            _show_pages(options.many)


def _show_deliveries(posts: int) -> None:
    print(f"{posts} posts through the gate to the practice network\n")
    print(f"{'database':12}{'workers':>8}{'seconds':>10}{'a minute':>10}{'once':>8}")
    for db in DATABASES:
        for workers in WORKERS:
            line = _alone("--posts", str(posts), "--one", db, str(workers))
            rate = line["posts"] / line["seconds"] * 60
            print(f"{db:12}{workers:8}{line['seconds']:10.1f}{rate:10.0f}{line['once']:8}", flush=True)


def _show_pages(many: int) -> None:
    print(f"\nThe pages of posts, each asked for {TIMES} times; beside them a peer’s at {FEW:,} posts\n")
    header = f"{'database':10}{'page':26}{'posts':>8}{'queries':>9}{'KB':>7}{'p50 ms':>8}{'p95 ms':>8}"
    print(header + f"{'peer: queries':>16}{'p50':>6}{'p95':>6}")
    for db in DATABASES:
        for name, posts, *costs in _alone("--many", str(many), "--pages", db):
            queries, weight, middle, slow = costs
            row = f"{db:10}{name:26}{posts:8,}{queries:9}{weight:7.1f}{middle:8.0f}{slow:8.0f}"
            peer = PEER.get(name.partition(" ")[0])
            print(row + (f"{peer[0]:16}{peer[1]:6}{peer[2]:6}" if peer else ""), flush=True)


def _alone(*options: str) -> dict[str, float] | list[tuple[str, int, int, float, float, float]]:
    """Measure in a process of its own: Django can be set up for one database only."""
    command = [sys.executable, __file__, *options]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return json.loads(done.stdout.splitlines()[-1])


def deliver(db: str, workers: int, posts: int) -> dict[str, float]:
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


def look(db: str, many: int) -> list[tuple[str, int, int, float, float, float]]:
    """Return what each page costs with a few posts and with many: queries, KB, and how long it takes."""
    from tests.crash.run import prepare_django

    with tempfile.TemporaryDirectory(prefix="stairgate-bench-") as folder:
        prepare_django(Path(folder) / "home", db)
        from django.utils import timezone
        from tests.cast import willow_lane
        from tests.crowd import crowd
        from tests.web.pages import second_steps, signed_in

        from stairgate.assurance import watching

        cast = willow_lane(timezone.now())
        second_steps(cast.priya)
        client, lines, there = signed_in(cast.priya), [], 0
        made = None
        for posts in (FEW, many):
            more = crowd(cast, timezone.now(), posts=posts - there, comments=60, story=10)
            made, there = made or more, posts
            watching.sweep(timezone.now(), "worker")  # as the worker does each minute
            lines += [(name, posts, *_cost(page, client)) for name, page in _pages(made)]
        return sorted(lines, key=lambda line: line[0])


def _pages(made):  # type: ignore[no-untyped-def]
    from django.urls import reverse
    from tests.web.pages import Page

    from stairgate.publishing.states import PostState

    calendar, posts = reverse("publishing:calendar"), reverse("publishing:list")
    draft = made.post(PostState.DRAFT)
    addresses = {
        **{f"calendar {show}": f"{calendar}?show={show}" for show in ("month", "week", "list", "day")},
        "list": posts,
        "list published": f"{posts}?state=published",
        "composer new": reverse("publishing:new"),
        "composer draft": reverse("publishing:edit", args=[draft.pk]),
        "to do: approvals": reverse("publishing:approvals"),
        "to do: today": reverse("today"),
    }
    return [(name, Page(name, address)) for name, address in addresses.items()]


def _cost(page, client) -> tuple[int, float, float, float]:  # type: ignore[no-untyped-def]
    from tests.web.pages import see

    seen = [see(page, client) for _ in range(TIMES)]
    if any(one.status != 200 for one in seen):
        sys.exit(f"{page}: answered {seen[-1].status}")
    spent = statistics.quantiles([one.seconds * 1000 for one in seen], n=20, method="inclusive")
    return len(seen[-1].queries), len(seen[-1].body) / 1000, spent[9], spent[18]


if __name__ == "__main__":
    main()
