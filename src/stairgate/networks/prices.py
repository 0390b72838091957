"""What a network takes for being used by a program, in its own money.

Plain data with a version. X changes its prices: when it does, change the line and its day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """What one network takes, in United States dollars, as its developer console said on a day."""

    post: Decimal
    post_with_link: Decimal
    read: Decimal  # for each post that is read, once a day
    source: str
    as_of: str


PRICES: dict[str, Price] = {
    "x": Price(
        post=Decimal("0.015"),
        post_with_link=Decimal("0.200"),
        read=Decimal("0.005"),
        source="the developer console of X",
        as_of="November 2026",
    ),
}

#: X counts what only looks like an address as a link too
_LINK = re.compile(r"https?://\S|\b(?:[\w-]+\.)+[a-z]{2,}\b", re.IGNORECASE)


def has_link(text: str) -> bool:
    """Return whether a text has a link in it, or what a network would make one of."""
    return bool(_LINK.search(text))


def cost_of(network: str, text: str) -> str:
    """Return what a post would cost there, as a sentence for whoever writes it; "" where nothing is taken."""
    price = PRICES.get(network)
    if price is None:
        return ""
    if has_link(text):
        return f"about {_dollars(price.post_with_link)}, because it has a link; without one, {_dollars(price.post)}"
    return f"about {_dollars(price.post)}; with a link it would be {_dollars(price.post_with_link)}"


def costs_of(pages: Iterable[tuple[str, str]], text: str) -> tuple[str, ...]:
    """Return what a post would cost on each page, by its name and network, where something is taken; as sentences."""
    found = ((name, cost_of(network, text)) for name, network in pages)
    return tuple(f"On {name} it costs {cost}." for name, cost in found if cost)


def read_cost(network: str) -> str:
    """Return what reading costs there, as a sentence; "" where nothing is taken."""
    price = PRICES.get(network)
    if price is None:
        return ""
    return f"Each post that is read costs about {_dollars(price.read)}, once a day. Ours are read back for a month, too."


def _dollars(amount: Decimal) -> str:
    return f"${amount.normalize():f}" if amount % Decimal("0.01") else f"${amount:.2f}"
