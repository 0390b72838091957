"""``python -m stairgate.worker``: run the worker until told to stop."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stairgate.config.settings")

import django

django.setup()

from stairgate.worker.loop import Worker  # noqa: E402 - after Django is set up

Worker().run()
