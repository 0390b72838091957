"""Four workers on a real PostgreSQL die at every boundary of a delivery while the network misbehaves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.matrix import BOUNDARIES, FAULTS
from tests.databases import plain_environment

DELIVERIES = 24


@pytest.mark.clause("C78")
def test_four_workers_killed_at_every_boundary_lose_nothing_and_repeat_nothing() -> None:
    command = [sys.executable, "-m", "tests.crash.run", "--db", "postgres", "--workers", "4"]
    run = subprocess.run(
        [*command, "--deliveries", str(DELIVERIES)],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=900,
        env=plain_environment(),
    )
    assert run.stdout, run.stderr[-3000:]
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["wrong"] == [], run.stderr
    assert result["ledger_problems"] == []
    assert result["once_after_sending_again"] == result["posts"] == DELIVERIES
    rows = {row["name"]: row for row in result["rows"]}
    assert not any(row["lost"] or row["twice"] for row in rows.values())
    # A boundary where nobody died, or a fault nobody met, would prove less than this test claims.
    assert all(rows[name]["kills"] for name, dies in BOUNDARIES.items() if dies), run.stderr
    assert all(result["faults"][fault] for fault in FAULTS), run.stderr
