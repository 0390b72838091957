"""Which client speaks to which network. Clients are made once: they hold only a connection pool."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from stairgate.networks.base import Network

_CLIENTS = {
    "facebook": ("stairgate.networks.facebook", "Facebook"),
    "instagram": ("stairgate.networks.instagram", "Instagram"),
    "bluesky": ("stairgate.networks.bluesky", "Bluesky"),
    "mastodon": ("stairgate.networks.mastodon", "Mastodon"),
    "x": ("stairgate.networks.x", "X"),
    "assisted": ("stairgate.networks.assisted", "Assisted"),
}


@cache
def get(name: str) -> Network:
    """Return the client of a network. Raises KeyError for a network Stairgate does not know."""
    module, client = _CLIENTS[name]
    made: Network = getattr(import_module(module), client)()
    return made
