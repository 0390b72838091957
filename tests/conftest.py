"""What every test shares: which database, no network but this machine, and the parts that must be real."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import databases, ear
from tests.databases import own_database, use_postgres

pytest_plugins = ["tests.practice.fixtures", "tests.networks.bluesky_fixture", "tests.networks.photo_stand"]

#: on CI every part is there, so a test that leaves one out has failed
ON_CI = os.environ.get("STAIRGATE_CI") == "1"
PARTS = ("browser", "node")
#: where whole installations run in processes of their own: what they do there nobody sees from here
INSTALLATIONS = ("tests/browser/", "tests/cli/", "tests/crash/", "tests/worker/")
#: of the browser's ways, the one that leads through everything is gone on both databases
WAYS = ("tests/browser/test_whole_way.py",)
#: where a database itself is tried, by its guards, its locks, its tools and what is killed: there each case runs on both
TRIED = re.compile(
    r"tests/(ledger|worker|organisations)/|tests/crash/test_(changes|matrix)"
    r"|tests/cli/test_(backup|check|rekey|start|worker)|_at_once|/test_gate"
)
#: long ones that ask of the rules, not of a database; who is killed is tried on both by the matrix
ONCE = (
    "web/test_budget",
    "crash/test_killed_worker",
    "publishing/test_random_deeds",
    "people/test_many_deeds",
)
#: which test holds which clause, where the whole suite was collected
WHOLE_SUITE = pytest.StashKey[dict[str, list[str]]]()
#: of any other file so many tests; on SQLite whoever runs `pytest` runs all of them
FIRST = 1
CLAUSE_TESTS = Path(__file__).resolve().parents[1] / "src/stairgate/clauses/tests.json"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=["sqlite", "postgres"], default="sqlite", help="which real database")
    parser.addoption(
        "--write-clause-tests",
        nargs="?",
        type=Path,
        const=CLAUSE_TESTS,
        metavar="FILE",
        help="write which test holds which clause (with --collect-only, on the whole suite)",
    )
    parser.addoption(
        "--second-database",
        action="store_true",
        help="only what may differ on another database: all that tries one, and the first tests of each other file",
    )
    parser.addoption("--pictures", action="store_true", help="keep the guide's pictures in docs/pictures")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if hypothesis.settings.get_current_profile_name() == "default":
        # how long an example takes says how busy this computer is, and nothing about Stairgate
        hypothesis.settings.register_profile("any computer", deadline=None)
        hypothesis.settings.load_profile("any computer")
    ear.set_up()
    if config.getoption("--db") == "postgres":
        use_postgres()


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that share a running part stay on one worker; browser tests come last."""
    for item in items:
        for part in PARTS:
            if item.get_closest_marker(part):
                item.add_marker(pytest.mark.xdist_group(part))
                break
    if config.getoption("--second-database"):
        near = for_the_second_database([item for item in items if comes_near_a_database(item)])
        config.hook.pytest_deselected(items=[item for item in items if item not in set(near)])
        items[:] = near
    elif config.args == config.getini("testpaths") and not (config.option.keyword or config.option.markexpr):
        config.stash[WHOLE_SUITE] = _clause_tests(items)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    target: Path | None = config.getoption("--write-clause-tests")
    if target:
        target.write_text(json.dumps(_clause_tests(items), indent=1) + "\n", "utf-8")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a file by what it is for: made while tests are collected, it may differ from one worker to the next."""
    return argname if isinstance(val, bytes) else None


def comes_near_a_database(item: pytest.Item) -> bool:
    """Return whether it may matter to a test which database the suite runs on. In doubt it does.

    Whoever is not among these cannot: pytest-django refuses Django's connection, `own_database` its own.
    """
    if item.get_closest_marker("browser"):
        # a page looks the same on both; the ways that lead through everything are gone on both
        return item.nodeid.startswith(WAYS)
    asked = set(getattr(item, "fixturenames", ()))
    return (
        item.get_closest_marker("django_db") is not None
        or bool(asked & {"db", "transactional_db", "live_server", "installation_environment"})
        or item.nodeid.startswith(INSTALLATIONS)
    )


def for_the_second_database(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return of each file its first tests: that what it is about works on the second database too.

    Where a database itself is tried, all stay.
    """
    met: Counter[str] = Counter()
    found = []
    for item in items:
        file = item.nodeid.partition("::")[0]
        if (met[file] < FIRST and not any(name in file for name in ONCE)) or TRIED.search(item.nodeid):
            found.append(item)
        met[file] += 1
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    allowed = item.get_closest_marker("browser") or comes_near_a_database(item)
    databases.refused_to = "" if allowed else item.nodeid


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hold what the Facebook client asked, in all processes of the suite, to what Meta declares."""
    if hasattr(session.config, "workerinput"):
        return  # the first process hears for all
    from tests.ear.whole_suite import take_down  # Meta's SDK is large, and only this process asks it

    heard = take_down()
    if heard.broken:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if heard.kinds:
        session.config.get_terminal_writer().line(f"\n{heard}", red=bool(heard.broken))


def _clause_tests(items: list[pytest.Item]) -> dict[str, list[str]]:
    """Return, by clause, the tests marked with it, without their parameters."""
    found: dict[str, set[str]] = {}
    for item in items:
        for marker in item.iter_markers("clause"):
            for clause in marker.args:
                found.setdefault(str(clause), set()).add(item.nodeid.partition("[")[0])
    return {clause: sorted(found[clause]) for clause in sorted(found, key=lambda name: (len(name), name))}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if ON_CI and report.skipped and any(item.get_closest_marker(part) for part in PARTS):
        report.outcome = "failed"
        report.longrepr = f"Skipped, and on CI every part is there: {report.longrepr}"
    return report


@pytest.fixture
def installation_environment() -> Iterator[dict[str, str]]:
    """The environment for a whole Stairgate in processes of its own, with a database nobody else uses."""
    with own_database() as environment:
        yield environment
