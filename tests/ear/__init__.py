"""What the Facebook client asks in the whole suite, heard in every process, and held to Meta's contract at the end."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tests.ear import sitecustomize
from tests.ear.sitecustomize import FOLDER


def set_up() -> None:
    """Hear this process and those it starts. A worker of xdist finds the folder of the first one."""
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="stairgate-ear-")
        here = str(Path(__file__).parent)
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))
    sitecustomize.install()
