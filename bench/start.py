"""From a new clone to the sign-in page, step by step, in a throw-away folder. Run: python bench/start.py

What is committed is cloned, and installed as the README says. Run it twice to see it with a warm package cache.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
PORT = 8976
TARGET_SECONDS = 90


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="stairgate-start-") as folder, contextlib.ExitStack() as stack:
        clone, environment = Path(folder) / "stairgate", _environment(Path(folder))
        own = clone / ".venv/bin"
        run = partial(subprocess.run, check=True, env=environment, stdout=subprocess.DEVNULL)
        steps: dict[str, Callable[[], object]] = {
            "git clone": lambda: run(["git", "clone", "--quiet", str(CHECKOUT), str(clone)]),
            "python3 -m venv": lambda: run([sys.executable, "-m", "venv", str(clone / ".venv")]),
            "pip install .": lambda: run([str(own / "pip"), "install", "-qq", "."], cwd=clone),
            "start --demo to sign-in page": lambda: stack.enter_context(demo(own, environment)),
        }
        total = sum(timed(name, deed) for name, deed in steps.items())
        print(f"{f'all together (target < {TARGET_SECONDS} s)':34}{total:7.1f} s")


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment in which nothing of whoever runs this is found by what is installed."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "STAIRGATE_"))}
    return {**clean, "STAIRGATE_HOME": str(folder / "home")}


def timed(name: str, deed: Callable[[], object]) -> float:
    """Do a step, print how many seconds it took, and return them."""
    began = time.monotonic()
    deed()
    seconds = time.monotonic() - began
    print(f"{name:34}{seconds:7.1f} s", flush=True)
    return seconds


@contextlib.contextmanager
def demo(own: Path, environment: dict[str, str]) -> Iterator[None]:
    """Start the demo and wait until its sign-in page is there; stop it at the end."""
    command = [str(own / "stairgate"), "start", "--demo", "--port", str(PORT)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        assert process.stdout is not None
        address = next(line.split()[1] for line in process.stdout if line.startswith("Open "))
        with urllib.request.urlopen(f"{address}/sign-in/") as answer:  # noqa: S310 - an address of our own
            assert answer.status == 200 and b"Willow Lane" in answer.read()
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(40)


if __name__ == "__main__":
    main()
