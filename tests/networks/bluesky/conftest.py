"""The client, the nursery's account, and a server between the two that can fail on purpose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stairgate.networks.base import Account
from stairgate.networks.bluesky import Bluesky
from stairgate.networks.bluesky.client import MODERATION
from tests.networks.bluesky_fixture import BlueskyServer
from tests.networks.bluesky_middleman import Middleman, middleman


@pytest.fixture
def client(bluesky: BlueskyServer) -> Bluesky:
    """A client that knows whoever takes reports here."""
    return Bluesky(bluesky.moderation.did if bluesky.moderation else MODERATION)


@pytest.fixture
def account(bluesky: BlueskyServer) -> Account:
    return bluesky.account


@pytest.fixture
def between(bluesky: BlueskyServer) -> Iterator[Middleman]:
    with middleman(bluesky.url) as server:
        yield server
