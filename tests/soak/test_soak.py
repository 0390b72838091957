"""The soak, shortened: some seconds of everything at once, with a network that misbehaves and a worker that is killed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import plain_environment
from tests.soak.secrets import leaks, secrets_of, written


@pytest.mark.clause("C40")
def test_no_comment_is_lost_no_post_doubled_and_no_secret_told() -> None:
    command = [sys.executable, "-m", "tests.soak.run", "--minutes", "0.2", "--deeds", "50", "--seed", "7"]
    run = subprocess.run(
        command,
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=600,
        env=plain_environment(),
    )
    assert run.stdout, run.stderr[-3000:]
    result = json.loads(run.stdout.splitlines()[-1])
    assert result["wrong"] == [], result
    # a soak in which nothing happened would prove nothing
    assert result["comments"] > 5 and result["posts"].get("done"), result
    assert result["webhooks_heard"] and result["turned_away"] and len(result["faults"]) > 3, result


def test_a_secret_is_found_in_whatever_form_it_was_written(tmp_path: Path) -> None:
    home, logs = tmp_path / "home", tmp_path / "logs"
    (home / "keys").mkdir(parents=True)
    logs.mkdir()
    (home / "keys" / "fields.key").write_text("c3RhaXJnYXRlLXN0YWlyZ2F0ZS1zdGFpcmdhdGUtISE=")
    given = {
        name: f"{name}-0123456789abcdef"
        for name in ("page_token", "user_token", "app_secret", "verify_token")
    }
    secrets = secrets_of(given, home / "keys")
    assert len(secrets) == 10 and leaks(secrets, written(logs, home)) == []
    for name, value in secrets.items():
        (logs / "worker.log").write_bytes(b"asked with " + value + b" and more")
        assert leaks(secrets, written(logs, home)) == [f"{name} in worker.log"], name
