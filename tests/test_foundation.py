"""The house itself: the floors, the licence, the pins, and what the suite stands on."""

from __future__ import annotations

import ast
import hashlib
import logging
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_socket import SocketConnectBlockedError

import stairgate
from stairgate.cli import _COMMANDS
from stairgate.networks import registry

ROOT = Path(__file__).resolve().parents[1]
SOURCE = Path(stairgate.__file__).parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
COMMANDS = (
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/stairgate start --demo",
    "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/pytest",
)
#: the text of the GNU Affero General Public License, version 3, with https addresses
AGPL = "8486a10c4393cee1c25392769ddd3b2d6c242d6ec7928e1414efff7dfb2f07ef"


def imports(path: Path) -> set[str]:
    """Return the first names of everything a file imports, at any depth."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "no relative imports"
            found.add(str(node.module).partition(".")[0])
    return found


def test_every_floor_holds() -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout


@pytest.mark.clause("C82")
def test_the_verifier_needs_only_the_standard_library_and_cryptography() -> None:
    assert imports(SOURCE / "ledger/verifier.py") <= {*sys.stdlib_module_names, "cryptography"}


def test_every_network_is_behind_the_registry() -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    doors = [rule for rule in contracts if "stairgate.networks.registry" in rule.get("allowed_importers", [])]
    guarded = [module for door in doors for module in door["protected_modules"]]
    others = {
        (module, *importer)
        for door in doors
        for module in door["protected_modules"]
        if (importer := tuple(set(door["allowed_importers"]) - {"stairgate.networks.registry"}))
    }
    # Instagram's interface is Facebook's Graph API: the line to it is written once
    assert others == {("stairgate.networks.facebook", "stairgate.networks.instagram")}
    there = {path.parent.name for path in (SOURCE / "networks").glob("*/__init__.py")}
    assert set(guarded) == {f"stairgate.networks.{name}" for name in there}
    assert there <= set(registry._CLIENTS)


def test_the_licence_is_the_whole_official_text() -> None:
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == AGPL
    assert PROJECT["project"]["license"] == "AGPL-3.0-or-later"


def test_what_others_made_is_named_with_its_licence() -> None:
    notice = (ROOT / "NOTICE").read_text("utf-8")
    for path in [*(SOURCE / "web/static/vendor").iterdir(), *(ROOT / "LICENSES").iterdir()]:
        assert path.name in notice


@pytest.mark.parametrize("name", ["base", "dev", "postgres", "s3"])
def test_pins_are_exact_with_hashes_and_name_no_address(name: str) -> None:
    text = (ROOT / f"requirements/{name}.txt").read_text("utf-8")
    pins = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).strip())
    assert pins and all(
        re.match(r"[a-zA-Z0-9._\[\],-]+==\S+", pin) and "--hash=sha256:" in pin for pin in pins
    )
    assert "://" not in text and "--index" not in text and "--find-links" not in text and " @ " not in text


def test_pins_fit_what_is_asked_for() -> None:
    """Else: tools/pin.sh"""
    pinned = (ROOT / "requirements/base.txt").read_text("utf-8").lower()
    for wanted in PROJECT["project"]["dependencies"]:
        name = re.split(r"[\[<>=~! ]", wanted)[0].lower()
        assert re.search(rf"^{re.escape(name)}(\[.*\])?==", pinned, re.MULTILINE), name


def test_the_readme_gives_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [command for command in COMMANDS if f"\n    {command}\n" not in readme] == []


def test_every_setting_and_command_is_in_the_docs() -> None:
    hosting = (ROOT / "docs/hosting.md").read_text("utf-8")
    read = {
        name
        for path in SOURCE.rglob("*.py")
        for name in re.findall(r"\bSTAIRGATE_[A-Z_]+\b", path.read_text("utf-8"))
    } - {"STAIRGATE_TEST_HOME"}
    assert {name for name in read if f"`{name}`" not in hosting} == set()
    assert [command for command in _COMMANDS if f"stairgate {command}" not in hosting] == []


def test_every_link_between_the_docs_leads_somewhere() -> None:
    """Pictures are made by the browser tests with --pictures, and committed."""
    missing = {
        f"{page.name}: {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    }
    assert missing == set()


@pytest.mark.filterwarnings("ignore:A test tried to use")
def test_no_test_reaches_another_machine() -> None:
    with pytest.raises(SocketConnectBlockedError), socket.socket() as line:
        line.settimeout(1)
        line.connect(("192.0.2.1", 80))  # TEST-NET-1: nobody's


@pytest.mark.django_db
def test_the_suite_runs_on_the_database_it_was_asked_to(request: pytest.FixtureRequest) -> None:
    wanted = {"sqlite": "sqlite", "postgres": "postgresql"}[request.config.getoption("--db")]
    assert connection.vendor == wanted


@pytest.mark.django_db
def test_sqlite_takes_the_lock_when_a_transaction_begins() -> None:
    """Both databases must queue writers alike: SQLite does so only with IMMEDIATE transactions."""
    if connection.vendor == "sqlite":
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_page_that_broke_leaves_its_cause_with_the_host() -> None:
    """There is no mail, so without this nobody would ever learn why."""
    logger = logging.getLogger("django.request")
    assert any(isinstance(handler, logging.StreamHandler) for handler in logger.handlers)
