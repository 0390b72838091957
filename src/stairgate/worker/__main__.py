"""``python -m stairgate.worker``: do what is due until told to stop."""

from __future__ import annotations

import os
import signal
import sys


def main() -> int:
    """Run the worker on the data folder until SIGTERM or SIGINT; return 0."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stairgate.config.settings")
    import django

    django.setup()
    from stairgate.worker.heartbeat import rest
    from stairgate.worker.jobs import jobs
    from stairgate.worker.logs import to_standard_error
    from stairgate.worker.loop import Loop

    to_standard_error()
    loop = Loop(jobs())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.stop())
    loop.run()
    rest()
    return 0


if __name__ == "__main__":
    sys.exit(main())
