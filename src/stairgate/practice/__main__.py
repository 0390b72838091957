"""``python -m stairgate.practice --home FOLDER --port N``: run the practice network by itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from stairgate.practice.server import serve

parser = argparse.ArgumentParser(prog="stairgate.practice", description="A practice page on this machine.")
parser.add_argument("--home", type=Path, required=True, help="folder for its database")
parser.add_argument(
    "--port", type=int, default=8766, help="port on this machine, or the next that is free; 0 takes any"
)
chosen = parser.parse_args()
serve(chosen.home, chosen.port)
