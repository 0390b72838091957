"""Take out each single condition of the gate, and see a test fail. Run: python -m tests.mutation.run

The tests run once as they are. Then, for each mutant, a child of that process swaps the code of one function
and runs those tests that called it, until one fails. Nothing on disk is changed. A mutant that no test
notices has survived, and is a condition nobody watches.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import TextIO

import hypothesis
import pytest

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.targets import FACTS, QUICK, QUICK_TESTS, SAME, TARGETS, TESTS

_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one mutant: the test that noticed it, or why nobody could; "" when it survived."""

    module: str
    mutant: Mutant
    noticed_by: str

    @property
    def survived(self) -> bool:
        return not self.noticed_by and self.mutant.key not in SAME


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--module", action="append", choices=TARGETS, help="only this module (again for more)"
    )
    parser.add_argument("--quick", action="store_true", help="only what pure tests must notice by themselves")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--table", action="store_true", help="print every mutant, not only what survived")
    parser.add_argument(
        "--write",
        type=Path,
        metavar="FILE",
        help="write the table as a page of the docs; with --module, only the part of that module in it",
    )
    parser.add_argument(
        "--rest",
        action="store_true",
        help="try only what the page to be written has not settled yet",
    )
    parser.add_argument("--tests", action="append", help="by these tests alone (again for more)")
    options = parser.parse_args(argv)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")  # pytest holds back what tests print, but not this
    hypothesis.settings.register_profile("mutation", database=None, derandomize=True, max_examples=30)
    hypothesis.settings.load_profile("mutation")
    modules = list(QUICK if options.quick else options.module or TARGETS)
    kept = options.write and (options.module or options.rest)
    before = options.write.read_text("utf-8") if kept else ""
    trial = Trial(modules, options.workers, options.table, out, _known(before) if options.rest else {})
    began = time.monotonic()
    tests = options.tests or (QUICK_TESTS if options.quick else TESTS)
    status = pytest.main(["-q", "-p", "no:cacheprovider", *tests], plugins=[trial])
    if status or not trial.results:
        return int(status) or 1
    stale = (
        sorted(set(SAME) - {result.mutant.key for result in trial.results})
        if len(modules) == len(TARGETS)
        else []
    )
    for function, what in stale:
        print(f"No such change any more, take it from the list: {function}: {what}")
    survived = sum(result.survived for result in trial.results)
    print(f"{_summary(trial.results)} ({time.monotonic() - began:.0f} s)")
    if options.write:
        options.write.write_text(_page(trial.results, before), "utf-8")
    return 1 if survived or stale else 0


def _line(result: Result) -> str:
    mutant = result.mutant
    place = f"{result.module.removeprefix('stairgate.')}:{mutant.line}"
    return f"{place:24} {mutant.function:24} {mutant.what[:90]:90} {_fate(result)}"


def _fate(result: Result) -> str:
    return result.noticed_by or SAME.get(result.mutant.key) or "SURVIVED"


def _summary(results: list[Result]) -> str:
    survived = sum(result.survived for result in results)
    same = sum(not result.noticed_by and result.mutant.key in SAME for result in results)
    return _counted(len(results), same, survived)


def _counted(every: int, same: int, survived: int) -> str:
    return (
        f"{every} conditions taken out one at a time: {every - same - survived} noticed, "
        f"{same} that change nothing, {survived} survived"
    )


def _page(results: list[Result], before: str = "") -> str:
    """Return the table as a page. No line numbers: it changes only when the gate, or who notices, does.

    Modules that were not tried this time stay as the page ``before`` has them.
    """
    parts = _parts(before)
    ordered = sorted(results, key=lambda result: (result.module, result.mutant.line))
    for module in dict.fromkeys(result.module for result in ordered):
        parts[module] = [_row(result) for result in ordered if result.module == module]
    rows = [row for part in parts.values() for row in part]
    survived = sum(row.endswith("| *SURVIVED* |") for row in rows)
    same = sum(row.endswith("* |") for row in rows) - survived
    lines = [
        "# Each condition of the gate, taken out once",
        "",
        "Written by `python -m tests.mutation.run --write docs/gate-mutations.md`. Each row is the gate with one",
        "thing changed: a condition held true or false, a deed, a lock, a filter or a transaction left out, a fact",
        "taken on trust. Beside it is a test that fails then, or why nothing can tell the two apart.",
        "",
        f"{_counted(len(rows), same, survived)}.",
    ]
    for module in sorted(parts):
        lines += ["", f"## `{module}`", "", "| Function | Changed | Noticed by |", "|---|---|---|"]
        lines += parts[module]
    return "\n".join(lines) + "\n"


def _parts(page: str) -> dict[str, list[str]]:
    """Return, by module, the rows of a page that was written before."""
    parts: dict[str, list[str]] = {}
    for line in page.splitlines():
        if line.startswith("## "):
            rows = parts[line[3:].strip("`")] = []
        elif line.startswith("| `"):
            rows.append(line)
    return parts


def _known(page: str) -> dict[tuple[str, str], list[str]]:
    """Return, by module and the first two cells of a row, the third of each such row."""
    known: dict[tuple[str, str], list[str]] = {}
    for module, rows in _parts(page).items():
        for row in rows:
            cells, _, fate = row.removesuffix(" |").rpartition(" | ")
            known.setdefault((module, cells), []).append(fate)
    return known


def _cells(mutant: Mutant) -> str:
    what = mutant.what.replace("|", "\\|").replace("`", "")
    return f"| `{mutant.function}` | `{what}`"


def _row(result: Result) -> str:
    fate = f"`{result.noticed_by.partition('[')[0]}`" if result.noticed_by else f"*{_fate(result)}*"
    return f"{_cells(result.mutant)} | {fate} |"


@dataclass
class Trial:
    """A plugin of pytest: one honest run of the tests, then one child for each mutant."""

    modules: list[str]
    workers: int
    whole_table: bool
    out: TextIO
    known: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        calls = {item: self._honest(item, session) for item in session.items}
        if session.testsfailed:
            return True
        running: dict[int, tuple[str, Mutant, int]] = {}
        places: dict[int, int] = {}
        for name in self.modules:
            module = importlib.import_module(name)
            source = Path(str(module.__file__)).read_text("utf-8")
            for mutant in mutants(source, TARGETS[name], FACTS):
                places[id(mutant)] = len(places)
                fate = self._known(name, mutant)
                noticed = fate.strip("`") if fate.startswith("`") else ""
                if noticed or fate == f"*{SAME.get(mutant.key)}*":
                    self.results.append(Result(name, mutant, noticed))
                    continue
                if len(running) >= self.workers:
                    self._wait(running)
                code = _function(module, mutant).__code__
                items = [item for item, (seen, _) in calls.items() if code in seen]
                items.sort(key=lambda item: calls[item][1])
                pid, pipe = _start(module, mutant, items)
                running[pid] = (name, mutant, pipe)
        while running:
            self._wait(running)
        self.results.sort(key=lambda result: places[id(result.mutant)])
        return True

    @staticmethod
    def _honest(item: pytest.Item, session: pytest.Session) -> tuple[set[CodeType], float]:
        """Run a test as it is; return the functions it called, and how long it took.

        What the whole session shares stays standing, the database first: the children inherit it.
        """
        seen: set[CodeType] = set()
        began = time.monotonic()
        sys.setprofile(lambda frame, event, _: seen.add(frame.f_code) if event == "call" else None)
        try:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=session)
        finally:
            sys.setprofile(None)
        return seen, time.monotonic() - began

    def _known(self, module: str, mutant: Mutant) -> str:
        """Return what the page says of it, each of its rows once; "" when it does not."""
        found = self.known.get((module, _cells(mutant)), [])
        return found.pop(0) if found else ""

    def _wait(self, running: dict[int, tuple[str, Mutant, int]]) -> None:
        pid, status = os.wait()
        module, mutant, pipe = running.pop(pid)
        with os.fdopen(pipe) as said:
            noticed = said.read()
        if os.WIFSIGNALED(status):
            late = os.WTERMSIG(status) in {signal.SIGALRM, signal.SIGPROF}
            noticed = "ran on for ever" if late else "broke the interpreter"
        result = Result(module, mutant, noticed)
        self.results.append(result)
        if self.whole_table or result.survived:
            print(_line(result), file=self.out, flush=True)


def _start(module: ModuleType, mutant: Mutant, items: list[pytest.Item]) -> tuple[int, int]:
    """Fork a child that becomes the mutant and runs the tests; return it, and where it says who noticed."""
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return pid, read
    # Of its own work, not of the clock on the wall: on a busy computer everything would seem to run for ever.
    signal.setitimer(signal.ITIMER_PROF, _SECONDS)
    signal.alarm(30 * _SECONDS)
    try:
        _become(module, mutant)
        noticed = next((item.name for item in items if _fails(item)), "")
        os.write(write, noticed.encode())
    finally:
        os._exit(0)


def _fails(item: pytest.Item) -> bool:
    from _pytest.runner import runtestprotocol

    reports = runtestprotocol(item, nextitem=item.session, log=False)  # type: ignore[arg-type]
    return any(report.failed for report in reports)


def _become(module: ModuleType, mutant: Mutant) -> None:
    if mutant.code is None:
        _swap_everywhere(getattr(module, mutant.function), _function(module, mutant))
    else:
        _function(module, mutant).__code__ = mutant.code


def _swap_everywhere(decorated: object, bare: FunctionType) -> None:
    """Put it in the place of the decorated one in each module that imported that by name: tests did."""
    ours = [module for name, module in sys.modules.items() if name.startswith(("stairgate.", "tests."))]
    for module in ours:
        for name, value in list(vars(module).items()):
            if value is decorated:
                setattr(module, name, bare)


def _function(module: ModuleType, mutant: Mutant) -> FunctionType:
    """Return the function itself, out of its decorators."""
    found: object = module
    for part in mutant.function.split("."):
        found = getattr(found, part)
    plain = inspect.unwrap(found)  # type: ignore[arg-type]
    assert isinstance(plain, FunctionType), plain
    return plain


if __name__ == "__main__":
    sys.exit(main())
