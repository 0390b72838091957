"""Settings for the test suite: a throw-away data folder, made before the real settings are read."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from stairgate.config.home import Home, prepare

_folder = os.environ.get("STAIRGATE_TEST_HOME", "")
if not _folder:
    _folder = tempfile.mkdtemp(prefix="stairgate-test-")
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["STAIRGATE_HOME"] = _folder
prepare(Home(Path(_folder)))

from stairgate.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
