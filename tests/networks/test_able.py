"""What is said of a network is what its client does, and for the rest a person learns what to do."""

from __future__ import annotations

import pytest

from stairgate.channels.models import Channel
from stairgate.networks import able, prices, registry
from stairgate.networks.able import Way
from stairgate.networks.base import Capability, KnowsOwner, Reports

NETWORKS = Channel.Network.values


@pytest.mark.parametrize("name", NETWORKS)
def test_everything_is_said_once_and_nothing_is_claimed_that_no_client_does(name: str) -> None:
    network = registry.get(name)
    rows = able.table(network)
    assert len(rows) == len(Capability) and len({row.what for row in rows}) == len(rows)
    assert sum(row.way == Way.OURS for row in rows) == len(network.capabilities)
    assert all(bool(row.how) is (row.way != Way.OURS) for row in rows)
    assert [row.way for row in rows] == sorted((row.way for row in rows), key=list(Way).index)


@pytest.mark.parametrize("name", NETWORKS)
def test_who_claims_to_report_can(name: str) -> None:
    network = registry.get(name)
    assert isinstance(network, Reports) is (Capability.REPORT in network.capabilities)


def test_what_is_left_to_a_person_is_honest() -> None:
    x, mastodon, group = (registry.get(name) for name in ("x", "mastodon", "assisted"))
    assert "three dots" in able.by_hand(x, Capability.BLOCK)
    assert able.by_hand(x, Capability.HIDE) == "", "Stairgate does it"
    assert able.by_hand(mastodon, Capability.HIDE) == "", "nobody can"
    assert {row.way for row in able.table(group)} == {Way.BY_HAND, Way.NOBODY}
    assert "x.com" not in able.by_hand(group, Capability.REPORT) and able.by_hand(group, Capability.REPORT)


def test_who_knows_whose_token_it_is_asks_for_no_number() -> None:
    assert {name for name in NETWORKS if isinstance(registry.get(name), KnowsOwner)} >= {"mastodon", "x"}


@pytest.mark.parametrize(
    ("network", "text", "says"),
    [
        ("x", "Puddle day!", "about $0.015; with a link it would be $0.20"),
        ("x", "See https://willowlane.example/menu", "about $0.20, because it has a link"),
        ("x", "See willowlane.example", "about $0.20, because it has a link"),
        ("x", "At 9.30 on Friday. Bring boots", "about $0.015; with"),
        ("facebook", "See https://willowlane.example", ""),
    ],
)
def test_what_a_post_costs_is_said(network: str, text: str, says: str) -> None:
    assert prices.cost_of(network, text).startswith(says)
    assert bool(prices.cost_of(network, text)) is bool(says)


def test_each_page_that_costs_is_named() -> None:
    pages = [("Willow Lane", "facebook"), ("Willow on X", "x")]
    (one,) = prices.costs_of(pages, "Soup")
    assert one == "On Willow on X it costs about $0.015; with a link it would be $0.20."
    assert (
        prices.read_cost("x")
        == "Each post that is read costs about $0.005, once a day. Ours are read back for a month, too."
    )
    assert prices.read_cost("bluesky") == ""


def test_prices_are_those_of_networks_we_know() -> None:
    assert set(prices.PRICES) <= set(NETWORKS)
    assert all(price.post < price.post_with_link and price.as_of for price in prices.PRICES.values())
