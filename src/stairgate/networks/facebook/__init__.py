"""Facebook Pages, through the Graph API."""

from stairgate.networks.facebook.client import Facebook

__all__ = ["Facebook"]
