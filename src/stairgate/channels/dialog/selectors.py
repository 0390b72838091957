"""What the pages of the way through a dialog show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stairgate.channels.connecting import CannotConnect
from stairgate.channels.dialog.services import app_of, asks_in_a_dialog, way_back
from stairgate.channels.models import Channel, Dialog, HealthReading, NetworkApp


@dataclass(frozen=True, slots=True)
class Way:
    """How an account is connected through a dialog: the app, where the network comes back to, and what it is asked."""

    app: NetworkApp | None
    back: str
    asks: tuple[tuple[str, str], ...]  # each permission: its name, and what it is for


def way_of(channel: Channel) -> Way | None:
    """Return the way through a dialog; None for a network that has none. One query."""
    try:
        client = asks_in_a_dialog(channel)
    except CannotConnect:
        return None
    return Way(app_of(channel.organisation), way_back(), tuple(client.asks.items()))


def allowed_of(channel: Channel, reading: HealthReading | None) -> tuple[str, ...]:
    """Return in words what the network lets us do, as it said last; empty where it does not say."""
    if reading is None or not reading.scopes:
        return ()
    try:
        asks = asks_in_a_dialog(channel).asks
    except CannotConnect:
        return ()
    return tuple(what for scope, what in asks.items() if scope in reading.scopes)


@dataclass(frozen=True, slots=True)
class Shown:
    """One page to pick from."""

    account_id: str
    name: str
    problem: str
    connected: bool  # it is the page this account is connected to


def offers_of(dialog: Dialog) -> list[Shown]:
    """Return the pages to pick from: first those that can be."""
    connection: Any = getattr(dialog.channel, "connection", None)
    there = connection.account_id if connection else ""
    found = [Shown(number, name, problem, number == there) for number, name, problem in dialog.offers]
    return sorted(found, key=lambda one: (bool(one.problem), not one.connected))
