"""What Stairgate does on each network, what people do there by hand, and what nobody can do. Pure.

What it does is what its client says (`Network.capabilities`). For all the rest it says here who does it, and how: a network
that is not named, or a capability that is not, gets the words that hold anywhere.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from stairgate.networks.base import Capability, Network
from stairgate.networks.public import PUBLIC


class Way(enum.StrEnum):
    """Who does something on a network."""

    OURS = "ours"
    BY_HAND = "by_hand"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that may be wanted on a network, who does it, and how where it is not Stairgate."""

    what: str
    way: Way
    how: str = ""


_WHAT = {
    Capability.READ: "Read what people write, and screen it",
    Capability.WEBHOOKS: "Be told at once when somebody writes",
    Capability.PUBLISH: "Put a post there, once it is approved",
    Capability.PICTURES: "Put pictures with it",
    Capability.ALT_TEXT: "Describe each picture for those who can’t see it",
    Capability.EDIT: "Change the words of a post that is out",
    Capability.REPLY: "Answer as the team",
    Capability.HIDE: "Hide what somebody wrote under our post",
    Capability.DELETE_OTHERS: "Delete what somebody else wrote",
    Capability.BLOCK: "Ban an account",
    Capability.REPORT: "Report what somebody wrote to the network",
    Capability.SETTINGS: "Read and set the settings of the page",
}

_ABOUT_ITEMS = (Capability.HIDE, Capability.DELETE_OTHERS, Capability.BLOCK, Capability.REPORT)

_How = tuple[Way, str]

#: what holds where nothing else is said
_ELSE: Mapping[Capability, _How] = {
    Capability.READ: (Way.BY_HAND, "Open it and look: nothing that is written there comes to the inbox."),
    Capability.WEBHOOKS: (Way.NOBODY, "It is read every minute instead."),
    Capability.PUBLISH: (Way.BY_HAND, "One person pastes the approved words there, a second one looks."),
    Capability.PICTURES: (Way.BY_HAND, "Put them there with the words."),
    Capability.ALT_TEXT: (Way.BY_HAND, "Type the description there, where the place has a field for it."),
    Capability.EDIT: (Way.NOBODY, "Take the post down, and write a new one."),
    Capability.REPLY: (Way.BY_HAND, "Answer there, with words that somebody else has read."),
    Capability.HIDE: (Way.BY_HAND, "Hide it there, or take it down."),
    Capability.DELETE_OTHERS: (Way.NOBODY, "Only whoever wrote it can."),
    Capability.BLOCK: (Way.BY_HAND, "Open their profile there, and block them."),
    Capability.SETTINGS: (Way.BY_HAND, "The settings sheet says what to set."),
}
_HOW: Mapping[str, Mapping[Capability, _How]] = {
    "mastodon": {
        Capability.HIDE: (
            Way.NOBODY,
            "Report it: whoever runs the server can limit it. A ban stops them writing to us; what is there stays.",
        ),
    },
    "x": {
        Capability.WEBHOOKS: (
            Way.NOBODY,
            "It is read every minute instead, one week back. What is older, look at on X.",
        ),
        Capability.BLOCK: (Way.BY_HAND, "Open their profile on X, press the three dots, then “Block”."),
        Capability.DELETE_OTHERS: (Way.NOBODY, "Only whoever wrote it can. Under our own posts, hide it."),
    },
    "assisted": {
        Capability.WEBHOOKS: (Way.NOBODY, "Open it and look, as often as the policy says."),
        Capability.EDIT: (Way.BY_HAND, "Take it down there, and begin a new post here."),
        Capability.DELETE_OTHERS: (Way.BY_HAND, "An administrator of the group takes it down there."),
        Capability.BLOCK: (Way.BY_HAND, "An administrator takes them out of the group."),
    },
}


def table(network: Network) -> tuple[Row, ...]:
    """Return everything that may be wanted on a network, and who does it there: Stairgate first, then people."""
    rows = [_row(network, capability) for capability in _WHAT]
    order = list(Way)
    return tuple(sorted(rows, key=lambda row: order.index(row.way)))


def not_ours(network: Network) -> tuple[Row, ...]:
    """Return what may be wanted about something that the public wrote, and that Stairgate does not do there."""
    rows = (_row(network, capability) for capability in _ABOUT_ITEMS)
    return tuple(row for row in rows if row.way != Way.OURS)


def _row(network: Network, capability: Capability) -> Row:
    if capability in network.capabilities:
        return Row(_WHAT[capability], Way.OURS)
    return Row(_WHAT[capability], *_how(network.name, capability))


def _how(network: str, capability: Capability) -> _How:
    if capability == Capability.REPORT:
        return Way.BY_HAND, PUBLIC[network].reporting
    return _HOW.get(network, {}).get(capability, _ELSE[capability])


def by_hand(network: Network, capability: Capability) -> str:
    """Return how a person does what Stairgate does not do there; "" for what it does, and for what nobody can do."""
    row = _row(network, capability)
    return row.how if row.way == Way.BY_HAND else ""
