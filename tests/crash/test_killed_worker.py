"""The worker is killed 200 times at random points: nothing is lost, nothing is on the page twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = 200


@pytest.mark.clause("C78")
def test_two_hundred_kills_lose_nothing_and_repeat_nothing() -> None:
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
    # Kills that never reached the client, or never passed it, would prove less than this test claims.
    places = " ".join(result["killed_in"])
    assert "publishing/" in places and "ledger/" in places and "http" in places, places
