"""A network that cannot ring: what the public writes there is read at each poll."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stairgate.networks.base import Account, BadSignature, WebhookNote


class NeverRings:
    """The part of `networks.base.Network` about a doorbell, where there is none."""

    label: str

    def handshake(self, account: Account, query: Mapping[str, str]) -> str | None:
        """Return None: nothing there can ring, so nothing that rings is from there."""
        return None

    def parse_webhook(
        self, account: Account, raw: bytes, headers: Mapping[str, str]
    ) -> Sequence[WebhookNote]:
        """Raise `BadSignature`: nothing is sent from there, so whatever came is not from there."""
        raise BadSignature(f"{self.label} sends no webhooks")

    def subscribe(self, account: Account, callback_url: str) -> None:
        """Do nothing: nothing there can ring."""
