"""The guide "Adding a network" keeps its word: a neighbour is small enough to copy, and every step of it is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import stairgate.networks
from stairgate.channels.models import Channel
from stairgate.networks import registry
from stairgate.networks.base import Capability
from stairgate.networks.public import PUBLIC

FOLDER = Path(stairgate.networks.__file__).parent
ROOT = FOLDER.parents[2]
GUIDE = (ROOT / "docs/adding-a-network.md").read_text("utf-8")
#: those with an interface: they are what a newcomer copies
SPEAKS = sorted(name for name in Channel.Network.values if Capability.READ in registry.get(name).capabilities)


def lines_of_code(path: Path) -> int:
    """Return how many lines of a file say something to the computer: no comment, no docstring, no blank line."""
    text = path.read_text("utf-8")
    kept = {
        number for number, line in enumerate(text.splitlines(), 1) if line.strip() and line.strip()[0] != "#"
    }
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            kept -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(kept)


def size_of(network: str) -> int:
    return sum(lines_of_code(path) for path in (FOLDER / network).glob("*.py"))


def test_the_smallest_client_is_under_300_lines_and_is_the_one_to_copy() -> None:
    sizes = {name: size_of(name) for name in SPEAKS}
    smallest = min(sizes, key=lambda name: sizes[name])
    assert sizes[smallest] < 300, sizes
    assert f"`networks/{smallest}/`" in GUIDE and f"{sizes[smallest]} lines" in GUIDE


def test_no_file_of_a_client_is_long() -> None:
    long = {path.name for path in FOLDER.rglob("*.py") if len(path.read_text("utf-8").splitlines()) > 450}
    assert long == set() or long == {"base.py"}


@pytest.mark.parametrize("network", Channel.Network.values)
def test_every_network_has_all_that_the_guide_asks_for(network: str) -> None:
    sprite = (ROOT / "src/stairgate/web/static/stairgate/icons.svg").read_text("utf-8")
    assert registry.get(network).name == network and network in PUBLIC
    assert f'id="brand-{network}"' in sprite
    assert f'"stairgate.networks.{network}"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_the_guide_names_only_what_is_there() -> None:
    named = re.findall(r"`((?:src|tests|docs|tools|networks|channels|publishing)/[\w./-]+)`", GUIDE)
    there = [ROOT, ROOT / "src/stairgate"]
    gone = [one for one in named if not any((folder / one).exists() for folder in there)]
    assert len(named) > 12 and gone == []
