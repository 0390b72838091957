"""``stairgate policy check``: what is wrong with a pack, for whoever writes one."""

from __future__ import annotations

import shutil
from importlib.resources import as_file
from pathlib import Path

import pytest

from stairgate.policies.packs.loading import folder_of
from tests.cli.installation import Installation, Said, refused, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with as_file(folder_of("england-school-or-club")) as source:
        shutil.copytree(source, tmp_path / "ours")
    return tmp_path / "ours"


def test_the_packs_that_come_with_it(tmp_path: Path) -> None:
    said = Installation(tmp_path / "home").run("policy", "check")
    assert (said.code, said.err) == (0, "")
    first, second = said.out.splitlines()
    assert first.startswith("England, early years, version ") and ": whole. " in first
    assert second.startswith("England, school or club, version ") and ": whole. " in second
    assert list(tmp_path.iterdir()) == []


def test_a_pack_of_our_own(folder: Path) -> None:
    said = run("policy", "check", str(folder))
    assert (said.code, said.err) == (0, "") and ": whole. " in said.out


def test_mistakes_one_a_line_and_how_many(folder: Path) -> None:
    path = folder / "policy.md"
    path.write_text(path.read_text("utf-8").replace("Serves: C68", "Serves: C680"), "utf-8")
    said = run("policy", "check", str(folder))
    assert (said.code, said.err) == (1, "")
    home, unknown, total = said.out.splitlines()
    assert home.startswith(f"{folder}: policy.md, line 1, policy: C68 has no home")
    assert "section “families”: “C680” is no clause. Write a clause from C01 to C111." in unknown
    assert total == f"{folder}: 2 to put right."


def test_what_is_inherited_is_named_with_the_pack_it_comes_from(folder: Path) -> None:
    path = folder / "pack.toml"
    path.write_text(path.read_text("utf-8").replace("leaves_out = [", 'leaves_out = ["lado", '), "utf-8")
    said = run("policy", "check", str(folder))
    assert said.code == 1
    assert f"{folder}: england-early-years/policy.md, line " in said.out and "contact.lado" in said.out


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    refused(run("policy", "check", str(tmp_path / "none")), "is no folder", "pack.toml")


@pytest.mark.parametrize("arguments", [["policy"], ["policy", "mend"]], ids=" ".join)
def test_what_makes_no_sense(arguments: list[str]) -> None:
    said = run(*arguments)
    assert said == Said(2, "", said.err) and said.err.startswith("usage: stairgate policy")
