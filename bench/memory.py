"""Idle memory of a running demo: PSS of every process, in MB. Starts one in a throw-away folder (Linux)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

PORT = 8975
IDLE_SECONDS = 15


def pss(pid: int) -> float:
    """Return a process's proportional share of memory, in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        command = [sys.executable, "-m", "stairgate", "start", "--demo", "--port", str(PORT)]
        environment = {**os.environ, "STAIRGATE_HOME": f"{folder}/home"}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
        assert process.stdout is not None
        next(line for line in process.stdout if line.startswith("Open "))
        print(f"{'from start to sign-in page':34} {time.monotonic() - began:7.1f} s")
        time.sleep(IDLE_SECONDS)
        everyone = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        shares = [(" ".join(p.cmdline()[1:4]), pss(p.pid)) for p in everyone]
        for name, share in shares:
            print(f"{name[:34]:34} {share:7.1f} MB")
        print(f"{'all together':34} {sum(share for _, share in shares):7.1f} MB")
        process.send_signal(signal.SIGINT)
        process.wait(40)


if __name__ == "__main__":
    main()
