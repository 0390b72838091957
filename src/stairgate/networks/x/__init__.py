"""X, through its API v2."""

from stairgate.networks.x.client import X

__all__ = ["X"]
