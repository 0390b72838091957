"""Instagram (a professional account), through the Graph API of the Facebook page it is linked to."""

from stairgate.networks.instagram.client import Instagram

__all__ = ["Instagram"]
