"""Holding what was heard in the whole suite to Meta's contract, when all tests are over."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stairgate.networks.base import Account, Secret
from tests.ear.sitecustomize import FOLDER
from tests.networks import facebook_contract, instagram_contract
from tests.networks.facebook_contract import Asked, Broken, node_and_edge

#: how the number of an Instagram account begins, on the practice network as at Meta
_INSTAGRAM = "17841"


@dataclass(frozen=True)
class Heard:
    """How many processes asked how many kinds of requests, and what Meta does not declare."""

    processes: int
    kinds: int
    broken: list[str]

    def __str__(self) -> str:
        asked = f"Meta was asked {self.kinds} kinds of requests by {self.processes} processes"
        if not self.broken:
            return f"{asked}, each as Meta declares it."
        return "\n".join([f"{asked}. Not as Meta declares it:", *self.broken])


def take_down() -> Heard:
    """Return what was heard, and forget it."""
    folder = Path(os.environ.pop(FOLDER))
    heard = hold_to_the_contract(folder)
    shutil.rmtree(folder, ignore_errors=True)
    return heard


def hold_to_the_contract(folder: Path) -> Heard:
    """Return what the ear wrote down in a folder, and what of it is not as Meta's SDK declares it."""
    files = list(folder.glob("*.jsonl"))
    lines = {line for file in files for line in file.read_text().splitlines()}
    return Heard(len(files), len(lines), sorted(set(_broken(lines))))


def _broken(lines: set[str]) -> Iterator[str]:
    for line in lines:
        row = json.loads(line)
        account = Account("", row["account_id"], Secret(""), app_id=row["app_id"])
        contract = instagram_contract if account.account_id.startswith(_INSTAGRAM) else facebook_contract
        try:
            contract.check(_asked(row), account)
        except Broken as broken:
            yield f"{row['method']} {row['path']}: {broken}"


def _asked(row: dict[str, object]) -> Asked:
    params = row["params"]
    assert isinstance(params, list) and isinstance(row["files"], list)
    by_name = dict(params)
    if len(by_name) != len(params):
        raise Broken("a parameter twice")
    return Asked(str(row["method"]), node_and_edge(str(row["path"])), by_name, frozenset(row["files"]))
