"""What a deed of this room says when it does nothing."""

from __future__ import annotations


class Refusal(Exception):
    """Nothing was changed; the message says why and what to do."""
