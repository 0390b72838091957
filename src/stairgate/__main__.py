"""``python -m stairgate``: the command line."""

import sys

from stairgate.cli import main

if __name__ == "__main__":
    sys.exit(main())
