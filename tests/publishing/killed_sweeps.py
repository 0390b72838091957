"""Workers that make recurring drafts at once and are killed at random, on a database of its own; prints what became
of it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time as clock
from datetime import timedelta

RECURRENCES = 20
DAYS = 120
WORKERS = 3


def work() -> None:
    """Sweep day after day, as a worker that wakes up late again and again. It never stops by itself."""
    from django.utils import timezone

    from stairgate.publishing import recurring

    now = timezone.now()
    print("begun", flush=True)
    while True:
        for day in range(DAYS):
            recurring.sweep(now + timedelta(days=day), "worker")


def main(kills: int) -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    organisation = _begin()
    draw = random.Random(kills)
    workers = [_start() for _ in range(WORKERS)]
    made = []
    for _ in range(kills):
        assert workers[0].stdout is not None and workers[0].stdout.readline() == "begun\n"
        clock.sleep(draw.uniform(0.1, 0.5))
        workers[0].send_signal(signal.SIGKILL)
        workers[0].wait()
        made.append(_made())
        workers = [*workers[1:], _start()]
    for worker in workers:
        worker.kill()
        worker.wait()
    from django.utils import timezone

    from stairgate.publishing import recurring

    for day in range(DAYS):
        recurring.sweep(timezone.now() + timedelta(days=day), "last")
    _tell(organisation, made)


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", __spec__.name, "work"], stdout=subprocess.PIPE, text=True)


def _made() -> int:
    from stairgate.publishing.models import Occurrence

    return Occurrence.objects.count()


def _begin() -> object:
    from datetime import time

    from django.utils import timezone

    from stairgate.publishing.recurrence import Every, Plan, Rule
    from stairgate.publishing.services import begin_recurrence, keep_message
    from tests.cast import willow_lane

    now = timezone.now()
    cast = willow_lane(now)
    day = cast.organisation.day(now)
    for number in range(RECURRENCES):
        message = keep_message(
            actor=cast.kofi,
            organisation=cast.organisation,
            message=None,
            title=f"Menu {number}",
            text="The menu is on the board.",
            at=now,
        )
        plan = Plan(Rule(Every.WEEK, day + timedelta(days=number % 7)), time(9), 3, (cast.channel.pk,), "")
        begin_recurrence(actor=cast.kofi, message=message, plan=plan, at=now)
    return cast.organisation.pk


def _tell(organisation: object, made: list[int]) -> None:
    from django.db import connection

    from stairgate.ledger.models import Entry
    from stairgate.ledger.services import verify_log
    from stairgate.publishing.models import Occurrence, Post, Recurrence

    print(
        json.dumps(
            {
                "vendor": connection.vendor,
                "made_at_each_kill": made,
                "posts": Post.objects.count(),
                "occurrences": Occurrence.objects.count(),
                "days": len(set(Occurrence.objects.values_list("recurrence", "on"))),
                "told": Entry.objects.filter(kind="publishing.recurred").count(),
                "ahead": sum(row.next_on is not None for row in Recurrence.objects.all()),
                "gaps": _gaps(),
                "problems": [str(problem) for problem in verify_log(organisation)],  # type: ignore[arg-type]
            }
        )
    )


def _gaps() -> int:
    from itertools import pairwise

    from stairgate.publishing.models import Recurrence

    return sum(
        two - one != timedelta(days=7)
        for row in Recurrence.objects.all()
        for one, two in pairwise(row.occurrences.values_list("on", flat=True))
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stairgate.config.testing")
    import django

    django.setup()
    if sys.argv[1:] == ["work"]:
        work()
    else:
        main(int(sys.argv[1]))
