"""A network that asks a person, in a dialog of its own, whether we may speak for a page of theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from stairgate.networks.base import Secret


@dataclass(frozen=True, slots=True)
class App:
    """How a network knows a setting. ``dialog_url``: where its dialog is, ``base_url``: where its interface is."""

    base_url: str
    dialog_url: str
    app_id: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class Offer:
    """A page that a person may hand over. ``problem``: what they may not do there that we need, or ""."""

    account_id: str
    name: str
    problem: str = ""


@runtime_checkable
class AsksInADialog(Protocol):
    """What such a network's client can do besides `networks.base.Network`."""

    asks: Mapping[str, str]  # each permission it asks for, and in words what it lets us do

    def known(self, app: App) -> None:
        """Ask whether the network knows the app by this secret. Raises `Trouble` with what is wrong."""

    def dialog(self, app: App, *, back: str, state: str) -> str:
        """Return the address of the dialog, which sends the person to ``back`` with their answer and ``state``."""

    def refused(self, answer: Mapping[str, str]) -> str:
        """Return why an answer of the dialog is no yes, as a sentence; "" for a yes."""

    def person(self, app: App, *, code: str, back: str) -> Secret:
        """Return the person's own long-lived token for the code of a yes. Raises `Trouble`."""

    def offers(self, app: App, person: Secret) -> Sequence[Offer]:
        """Return every page the person could hand over. Raises `Trouble`, also when something was not allowed."""

    def key_of(self, app: App, person: Secret, account_id: str) -> Secret:
        """Return the token of one of these pages. Raises `Trouble`."""
