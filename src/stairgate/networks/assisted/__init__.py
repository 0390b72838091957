"""Groups, and anything else without an interface: people do everything there, step by step."""

from stairgate.networks.assisted.client import Assisted

__all__ = ["Assisted"]
