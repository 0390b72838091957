"""One whole installation, started once, filled, and stopped with one Ctrl-C. The tests reuse it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.cli.installation import NURSERY, Installation, Running, mode
from tests.databases import own_database

WORDS = "Ottilie’s first carrot"


@dataclass(frozen=True, slots=True)
class FirstStart:
    """What was seen while it ran for the first time, and what was left after Ctrl-C."""

    modes: dict[str, str]
    alive: tuple[int, str]
    front_door: tuple[int, str]
    processes: int
    code: int
    left: list[psutil.Process]
    told: str


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, FirstStart]]:
    with own_database() as environment:
        installation = Installation(tmp_path_factory.mktemp("installation") / "home", environment)
        with installation.started() as running:
            yield installation, _first_start(installation, running)


def _first_start(installation: Installation, running: Running) -> FirstStart:
    home = installation.home
    modes = {"home": mode(home)} | {path.relative_to(home).as_posix(): mode(path) for path in home.rglob("*")}
    alive, front_door = running.get("/alive/"), running.get("/")
    installation.python(NURSERY)
    picture = home / "pictures" / "carrot.jpg"
    picture.write_text(WORDS, "utf-8")
    picture.chmod(0o600)
    code = running.stop(group=True)
    return FirstStart(modes, alive, front_door, len(running.family), code, running.left(), running.told())


@pytest.fixture
def first_start(first: tuple[Installation, FirstStart]) -> FirstStart:
    return first[1]


@pytest.fixture
def installation(first: tuple[Installation, FirstStart]) -> Installation:
    """An installation with a nursery in it, which does not run. A test leaves it as it was."""
    return first[0]


@pytest.fixture
def ours(installation: Installation, tmp_path: Path) -> Iterator[Installation]:
    """A copy of that installation, which looks as if it ran just now. A test may do anything to it."""
    with installation.copied(tmp_path / "ours") as copy:
        yield copy
