"""``python -m stairgate``."""

import sys

from stairgate.cli import main

sys.exit(main())
