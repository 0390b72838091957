"""Random deeds, very many. Run: python -m tests.publishing.many_deeds [--runs 10000] [--db postgres]

The machine of `test_random_deeds` with another number of runs; says in the end how many ran.
"""

from __future__ import annotations

import argparse
import os
import sys

import pytest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    options = parser.parse_args()
    # Read as the machine is imported, which pytest does.
    os.environ["STAIRGATE_RANDOM_DEEDS"] = str(options.runs)
    machine = "tests/publishing/test_random_deeds.py"
    return int(pytest.main(["-q", "-s", "-p", "no:cacheprovider", f"--db={options.db}", machine]))


if __name__ == "__main__":
    sys.exit(main())
