"""The processes that ``stairgate start`` keeps running, one role each: ``python -m stairgate.cli.child ROLE``.

Standard input is a line held by the parent: when the parent is gone, however it went, the line breaks and the
child stops. So a killed parent leaves nothing running that a second start would stumble over.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

BLOCKING_THREADS = 4
_STANDARD_INPUT = 0


def main(argv: list[str] | None = None) -> int:
    """Play one role until told to stop; return the exit code."""
    parser = argparse.ArgumentParser(prog="stairgate.cli.child")
    parser.add_argument("role", choices=sorted(_ROLES))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--demo", default="")
    args = parser.parse_args(argv)
    stop_with_parent()
    return _ROLES[args.role](args)


def stop_with_parent() -> None:
    """Send this process SIGTERM once the parent's line breaks."""
    threading.Thread(target=_listen, daemon=True).start()


def _listen() -> None:
    while os.read(_STANDARD_INPUT, 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _web(args: argparse.Namespace) -> int:
    """Serve the pages with granian: one process, a few threads."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    server = Granian(
        "stairgate.config.wsgi:application",
        address=args.host,
        port=args.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=1,
        runtime_threads=1,
        blocking_threads=BLOCKING_THREADS,
        log_level=LogLevels.error,
        workers_kill_timeout=4,
    )
    server.serve(target_loader=application, wrap_loader=False)
    return 0


def application() -> Any:
    """Return the web application. Called inside granian's own process, which has to hear the line break too."""
    stop_with_parent()
    from stairgate.config.wsgi import application as loaded

    return loaded


def _worker(args: argparse.Namespace) -> int:
    from stairgate.worker.__main__ import main as work

    return work()


def _practice(args: argparse.Namespace) -> int:
    from stairgate.practice.server import serve

    serve(args.home, args.port)
    return 0


def _prepare(args: argparse.Namespace) -> int:
    from stairgate.cli.prepare import run

    return run(practice_url=args.demo)


_ROLES: dict[str, Callable[[argparse.Namespace], int]] = {
    "web": _web,
    "worker": _worker,
    "practice": _practice,
    "prepare": _prepare,
}

if __name__ == "__main__":
    sys.exit(main())
