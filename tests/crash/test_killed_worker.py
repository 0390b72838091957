"""The worker is killed at random points, again and again: nothing is lost, nothing is on the page twice.

Two hundred times, or as often as you like: ``python -m tests.crash.run --kills 200``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

KILLS = 60


@pytest.mark.clause("C78")
def test_sixty_kills_lose_nothing_and_repeat_nothing() -> None:
    command = [sys.executable, "-m", "tests.crash.run", "--kills", str(KILLS)]
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=900, env=dict(os.environ))
    assert run.stdout, run.stderr[-3000:]
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["wrong"] == [], result
    assert result["twice"] == [], result
    assert result["kills"] == KILLS
    assert result["ledger_problems"] == []
    assert result["once_on_page"] + result["held_as_not_there"] == result["posts"]
    assert result["once_after_sending_again"] == result["posts"]
    # Kills that never reached the client, or never passed it, would prove less than this test claims: at least a
    # tenth died in the gate itself, and as many in the delivery, in the ledger and in the HTTP client.
    died = Counter[str]()
    for place, times in result["killed_in"].items():
        died[place.partition(".")[0]] += times
    assert died["publishing/gate"] + died["publishing/gate_facts"] >= KILLS / 10, died
    assert died["publishing/delivery"] >= KILLS / 10, died
    assert sum(times for place, times in died.items() if place.startswith("ledger/")) >= KILLS / 10, died
    assert sum(times for place, times in died.items() if "http" in place) >= KILLS / 10, died
    # Before the gate has committed, and while what became of it is written down.
    functions = {place.partition(".")[2] for place in result["killed_in"]}
    assert functions & {"facts_of", "_open", "digest_of"}, functions
    assert functions & {"settle", "_lock_attempt", "move", "done"}, functions
