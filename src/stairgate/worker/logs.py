"""How the worker reports trouble: one line of names and values on standard error, never a secret."""

from __future__ import annotations

import logging
import sys

import structlog


def to_standard_error() -> None:
    """Send warnings and worse to standard error, with time, and the traceback of a surprise."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
