"""Bluesky, through the AT Protocol."""

from stairgate.networks.bluesky.client import Bluesky

__all__ = ["Bluesky"]
