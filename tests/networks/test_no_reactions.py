"""Nobody can like or react from here: what a client can do is written down, and liking is not among it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import stairgate.networks
from stairgate.networks.assisted.client import Assisted
from stairgate.networks.base import Capability, Network
from stairgate.networks.bluesky.client import Bluesky
from stairgate.networks.facebook.client import Facebook
from stairgate.networks.instagram.client import Instagram
from stairgate.networks.mastodon.client import Mastodon
from stairgate.networks.x.client import X

DEEDS = {
    *("health", "validate", "stage", "publish", "reconcile", "fetch", "read_item", "read_post"),
    *("handshake", "parse_webhook", "hide", "delete", "block", "subscribe", "account_of"),
    *("owner", "report", "older", "read_settings", "change_setting", "who_gets_in"),
}
_REACTS = re.compile(r"react|\blikes?\b|favou?rite|repost|/likes", re.IGNORECASE)


@pytest.mark.clause("C76")
@pytest.mark.parametrize("client", [Network, Facebook, Instagram, Bluesky, Mastodon, X, Assisted])
def test_no_client_has_a_deed_that_reacts(client: type) -> None:
    deeds = {name for name in vars(client) if not name.startswith("_") and callable(getattr(client, name))}
    assert deeds <= DEEDS, deeds - DEEDS
    assert not any(_REACTS.search(one.value) for one in Capability)


@pytest.mark.clause("C76")
def test_no_request_to_a_network_reacts() -> None:
    folder = Path(stairgate.networks.__file__).parent
    written = {
        path.name: re.sub(r'""".*?"""|#.*', "", path.read_text(), flags=re.DOTALL)
        for path in folder.rglob("*.py")
    }
    sends = {
        name: found.group()
        for name, text in written.items()
        if (
            found := re.search(
                r"app\.bsky\.feed\.(like|repost)|[\"'/](likes|reactions|favourite|reblog|retweets)\b", text
            )
        )
    }
    assert sends == {}
