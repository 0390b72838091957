"""Noticing second looks that nobody took in time. A row says when each is due; whoever is killed here loses nothing."""

from __future__ import annotations

from datetime import datetime

import structlog

from stairgate.publishing.models import SecondLook
from stairgate.publishing.services.second_look import note_missed

log = structlog.get_logger(__name__)


def sweep(now: datetime, worker: str) -> int:
    """Write down every second look that is late; return how many. One in trouble stops none of the others.

    Raises `ExceptionGroup` with all of the trouble at the end.
    """
    late = SecondLook.objects.filter(done_at__isnull=True, missed_at__isnull=True, due_at__lte=now)
    trouble: list[Exception] = []
    done = 0
    for pk in late.values_list("pk", flat=True):
        try:
            done += note_missed(look_id=pk, now=now)
        except Exception as error:
            log.exception("second_look_trouble", look=str(pk))
            trouble.append(error)
    if trouble:
        raise ExceptionGroup("second looks in trouble", trouble)
    return done
