"""Settings for the test suite: a throw-away data folder, made before the real settings are read."""

import os
import tempfile
from pathlib import Path

from stairgate.config.home import Home, prepare

_folder = os.environ.get("STAIRGATE_TEST_HOME") or tempfile.mkdtemp(prefix="stairgate-test-")
os.environ["STAIRGATE_HOME"] = _folder
prepare(Home(Path(_folder)))

from stairgate.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
