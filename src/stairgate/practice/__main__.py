"""``python -m stairgate.practice --home FOLDER --port N``: run the practice network by itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from stairgate.practice.server import serve

parser = argparse.ArgumentParser(prog="stairgate.practice", description="A practice page on this machine.")
parser.add_argument("--home", type=Path, required=True, help="folder for its database")
parser.add_argument("--port", type=int, default=8766, help="port on this machine; 0 takes a free one")
chosen = parser.parse_args()
serve(chosen.home, chosen.port)
