"""A place without an interface: it never pretends to have read, or to have sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from stairgate.channels.models import Channel
from stairgate.networks import registry
from stairgate.networks.assisted import Assisted
from stairgate.networks.base import (
    NO_SECRET,
    Account,
    AlreadySpent,
    BadSignature,
    CannotTell,
    Manual,
    Outgoing,
    Staged,
    Trouble,
)
from tests.networks.bluesky_passages import passage

GROUP = Account("https://groups.willowlane.example/families", "families", NO_SECRET)


def test_it_can_do_nothing_by_itself_and_says_so() -> None:
    network = registry.get("assisted")
    assert isinstance(network, Assisted) and network.capabilities == frozenset()
    by_hand = {name for name in Channel.Network.values if not registry.get(name).capabilities}
    assert by_hand == {Channel.Network.ASSISTED}, "exactly those are by hand for the other rooms too"
    assert Channel(network="assisted").by_hand and not Channel(network="facebook").by_hand


@pytest.mark.clause("C78")
def test_publishing_spends_the_passage_and_is_a_step_for_a_person() -> None:
    leave = passage(GROUP)
    network = Assisted()
    assert network.stage(leave) == Staged()
    assert isinstance(network.publish(leave, Staged()), Manual)
    with pytest.raises(AlreadySpent):
        network.publish(leave, Staged())


@pytest.mark.clause("C40")
def test_nothing_read_is_never_nothing_there() -> None:
    network = Assisted()
    for ask in (
        lambda: network.fetch(GROUP, posts=["1"], cursor=""),
        lambda: network.read_item(GROUP, "1"),
        lambda: network.read_post(GROUP, "1"),
        lambda: network.hide(GROUP, "1", hidden=True),
        lambda: network.delete(GROUP, "1"),
        lambda: network.block(GROUP, "1"),
    ):
        with pytest.raises(Trouble, match="a person has to look"):
            ask()
    now = datetime.now(UTC)
    assert isinstance(network.reconcile(GROUP, Outgoing("Soup"), since=now, key="k"), CannotTell)


def test_nothing_that_rings_is_from_there() -> None:
    assert Assisted().handshake(GROUP, {"hub.mode": "subscribe"}) is None
    with pytest.raises(BadSignature):
        Assisted().parse_webhook(GROUP, b"{}", {})
    Assisted().subscribe(GROUP, "https://stairgate.example/hooks/")


def test_nobody_can_be_answered_there() -> None:
    assert Assisted().validate(Outgoing("Soup")) == ()
    assert len(Assisted().validate(Outgoing("Soup", reply_to="1"))) == 1


@pytest.mark.parametrize(
    ("days", "says"), [(None, "Nobody has confirmed yet"), (29, ""), (31, "Nobody has confirmed since")]
)
def test_it_is_believed_to_be_there_for_a_month_after_a_person_saw_it(days: int | None, says: str) -> None:
    seen = None if days is None else datetime.now(UTC) - timedelta(days=days)
    health = Assisted().health(Account("https://groups.willowlane.example/f", "f", NO_SECRET, seen_at=seen))
    assert health.ok is (says == "") and says in " ".join(health.problems)
