"""Starts the benchmark both ways: `python -m bench.screening` and `python bench/screening`."""

import sys
from pathlib import Path

if not __package__:
    here = Path(__file__).resolve().parent
    sys.path[:] = [str(here.parents[1]), *(entry for entry in sys.path if Path(entry).resolve() != here)]

from bench.screening.cli import main

if __name__ == "__main__":
    sys.exit(main())
