"""``stairgate policy check``: is a policy pack whole? One line for each mistake, and what to do."""

from __future__ import annotations

import argparse
import sys
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from stairgate.policies.packs.form import Pack, PackError
from stairgate.policies.packs.loading import folder_of, load_pack, shipped_packs


def add_parser(subparsers: Any) -> None:
    """Add ``policy`` to the program's commands."""
    parser = subparsers.add_parser("policy", help="check a policy pack")
    deeds = parser.add_subparsers(dest="deed", metavar="DEED", required=True)
    check = deeds.add_parser(
        "check",
        help="say whether a policy pack is whole",
        description="Reads a folder with a policy pack and prints each mistake with its file, its line and what to do. "
        "Ends with 0 when the pack is whole, 1 when it is not. Knows no setting.",
    )
    check.add_argument(
        "folders", nargs="*", metavar="FOLDER", help="default: the packs that come with Stairgate"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check every pack; return 0 when all are whole, 1 when one is not, 2 when a folder is not there."""
    for name in args.folders:
        if not Path(name).is_dir():
            print(f"stairgate: {name} is no folder. Name the folder that holds a pack.toml.", file=sys.stderr)
            return 2
    given = [(name, Path(name)) for name in args.folders]
    return max(_check(name, folder) for name, folder in given or _shipped())


def _shipped() -> list[tuple[str, Traversable]]:
    return [(name, folder_of(name)) for name in shipped_packs()]


def _check(name: str, folder: Traversable) -> int:
    try:
        print(_summary(load_pack(folder)))
    except PackError as error:
        for trouble in error.troubles:
            print(f"{name}: {trouble}")
        print(f"{name}: {len(error.troubles)} to put right.")
        return 1
    return 0


def _summary(found: Pack) -> str:
    return (
        f"{found.title}, version {found.version}: whole. {len(found.sections)} sections, {len(found.conduct)} lines of "
        f"the code, {len(found.risks)} risks, {len(found.questions)} questions, {len(found.directory)} contacts."
    )
