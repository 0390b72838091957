"""The worker as it is, in a hurry: what waits for minutes in life waits for a second or two here."""

from __future__ import annotations

import os
from datetime import timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "stairgate.config.settings"

import django

django.setup()

from stairgate.channels import health  # noqa: E402 - after Django is set up
from stairgate.monitoring import actions, collect, older  # noqa: E402
from stairgate.publishing import delivery  # noqa: E402
from stairgate.worker.loop import Worker, jobs  # noqa: E402


def hurry() -> Worker:
    """Return a worker whose pauses are short."""
    short, long = timedelta(seconds=0.5), timedelta(seconds=4)
    for room in (actions, delivery):
        setattr(room, "_FIRST_PAUSE", short)  # noqa: B010 - a name of the module, as mypy would have it
        setattr(room, "_LONGEST_PAUSE", long)  # noqa: B010
    setattr(actions, "_LEASE", timedelta(seconds=6))  # noqa: B010
    setattr(collect, "_LEASE", timedelta(seconds=6))  # noqa: B010
    setattr(collect, "LONGEST_PAUSE", long)  # noqa: B010
    setattr(health, "_AFTER_TROUBLE", short)  # noqa: B010
    setattr(older, "_FIRST_PAUSE", short)  # noqa: B010
    setattr(older, "_LEASE", timedelta(seconds=6))  # noqa: B010
    setattr(older, "LONGEST_PAUSE", long)  # noqa: B010
    older.EVERY = timedelta(seconds=5)
    work = jobs()
    for job in work:
        job.every = min(job.every, 2.0)
    return Worker(work)


if __name__ == "__main__":
    hurry().run()
