"""The house rules as a paper: for the door, the noticeboard, and whoever asks for them."""

from __future__ import annotations

from datetime import datetime

from stairgate.channels.models import Channel
from stairgate.channels.opening.selectors import house_rules, report_text
from stairgate.clauses import control
from stairgate.policies.models import PolicyVersion
from stairgate.printing import paper
from stairgate.printing.paper import Paper


@control("C02", "The public house rules can be printed, just as the signed policy has them")
def house_rules_paper(channel: Channel, version: PolicyVersion, *, at: datetime) -> Paper:
    """Return the house rules of a page, as the version in force has them."""
    place = channel.organisation
    local = place.local(at)
    return Paper(
        title="Our house rules",
        sender=place.name,
        about=f"For everybody who joins or follows {channel.name}.",
        foot=f"{place.name} · house rules of {channel.name} · policy version {version.label}",
        made_at=local,
        elements=[
            paper.bullets(house_rules(version)),
            paper.heading(2, "Tell us"),
            paper.words(report_text(channel)),
        ],
    )
