"""The ear hears every process that the suite starts, and what is not declared fails the suite."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ear.sitecustomize import FOLDER
from tests.ear.whole_suite import hold_to_the_contract
from tests.networks.facebook_stand_in import always, standing_in

ASK = """
import sys
from stairgate.networks.base import Account, Secret
from stairgate.networks.facebook.graph import Graph
account = Account(sys.argv[1], "7", Secret("EAAP-a-secret"), app_id="8", app_secret=Secret("another-secret"))
picture = ("soup.jpg", b"pixels" * 1000, "image/jpeg")
Graph().ask(account, "GET", "7", {"fields": sys.argv[2]})
Graph().ask(account, "POST", "7/photos", {"published": "false", "alt_text_custom": "Ayo"}, files={"source": picture})
Graph().ask(account, "POST", "7/feed", {"message": "Ayo is ill"})
Graph().ask(account, "POST", "7/feed", {"message": "Soup"})
"""


def ask(folder: Path, fields: str) -> str:
    """Let a process of its own ask, as an installation of the suite does; return what was written down."""
    with standing_in(always({})) as server:
        subprocess.run(
            [sys.executable, "-c", ASK, server.account.base_url, fields],
            env={**os.environ, FOLDER: str(folder)},
            check=True,
            timeout=300,
        )
    return "".join(file.read_text() for file in folder.glob("*.jsonl"))


def test_a_process_of_its_own_is_heard_and_no_secret_and_no_word_is_kept(tmp_path: Path) -> None:
    said = ask(tmp_path, "id,name")
    rows = [json.loads(line) for line in said.splitlines()]
    assert [(row["method"], row["path"].partition("/7")[2], row["files"]) for row in rows] == [
        ("GET", "", []),
        ("POST", "/photos", ["source"]),
        ("POST", "/feed", []),
    ]
    for secret in ("EAAP", "another-secret", "Ayo", "pixels"):
        assert secret not in said
    heard = hold_to_the_contract(tmp_path)
    assert (heard.processes, heard.kinds, heard.broken) == (1, 3, [])


def test_what_nobody_declares_is_told(tmp_path: Path) -> None:
    ask(tmp_path, "id,mood")
    heard = hold_to_the_contract(tmp_path)
    assert len(heard.broken) == 1 and "no field 'mood'" in str(heard)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"path": "/v19.0/7"}, "version"),
        ({"params": [["fields", "id"], ["fields", "name"]]}, "twice"),
        ({"path": "/v26.0/7/reactions"}, "no row"),
        ({"files": ["source"]}, "files"),
    ],
)
def test_each_line_is_held_to_the_contract(tmp_path: Path, changed: dict[str, object], why: str) -> None:
    line = {
        "method": "GET",
        "path": "/v26.0/7",
        "params": [["fields", "id"]],
        "files": [],
        "account_id": "7",
        "app_id": "8",
    }
    (tmp_path / "1.jsonl").write_text(json.dumps(line) + "\n")
    assert not hold_to_the_contract(tmp_path).broken
    (tmp_path / "2.jsonl").write_text(json.dumps(line | changed) + "\n")
    (broken,) = hold_to_the_contract(tmp_path).broken
    assert why in broken
