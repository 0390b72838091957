"""Whoever changes a published post is killed at every boundary: no change is lost, and no post is there twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.matrix import BOUNDARIES
from tests.databases import plain_environment


@pytest.mark.clause("C78")
def test_killed_at_every_boundary_of_a_change_nothing_is_lost_and_nothing_made_twice() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.crash.changes"],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=600,
        env=plain_environment(),
    )
    assert run.stdout, run.stderr[-3000:]
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["either"] and result["at_last"], (result, run.stderr[-3000:])
    assert result["posts_at_first"] == len(BOUNDARIES)
    assert (result["findings"], result["ledger_problems"]) == (0, [])
    # A boundary where nobody died would prove less than this test claims.
    assert all(result["kills"][name] == len(dies) for name, dies in BOUNDARIES.items() if dies)
