"""Mastodon, and what else speaks its interface (GoToSocial, Takahe, Pixelfed)."""

from stairgate.networks.mastodon.client import Mastodon

__all__ = ["Mastodon"]
