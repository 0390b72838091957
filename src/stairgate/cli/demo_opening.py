"""Willow Lane looks at its pages before they open: each thing of the going-live sheet and each setting, by Priya."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from stairgate.channels.models import Channel
from stairgate.channels.opening.rules import Item
from stairgate.channels.opening.services import Owned, Said, confirm, now_on
from stairgate.cli.demo_settings import Told, as_agreed, settle

if TYPE_CHECKING:
    from stairgate.cli.demo import Nursery

_WHERE = {
    Item.RULES: "The pinned post",
    Item.REPORT: "The pinned post, below the house rules",
    Item.HELP: "The pinned post, last lines",
    Item.OWNER: "Willow Lane Childcare, portfolio 000 000 000",
}


def confirm_all(place: Nursery, channel: Channel, now: datetime, told: Told = as_agreed) -> None:
    """Confirm everything that an account needs before anything goes out to it. ``told``: what its network says."""
    owned = Owned([place.people["Priya"].pk, place.people["Kofi"].pk], each_their_own=True)
    cards = now_on(channel, now).cards
    confirm(
        actor=place.people["Priya"],
        channel=channel,
        said={card.item: Said(card.digest, _WHERE.get(card.item, ""), owned) for card in cards},
        at=now,
    )
    settle(place, channel, now, told)
