"""The settings sheet of one account as a paper: what we know of it, and each setting to be looked at and written down."""

from __future__ import annotations

from datetime import datetime

from stairgate.channels.models import Channel
from stairgate.channels.selectors import ChannelNow
from stairgate.clauses import control
from stairgate.policies.models import PolicyVersion
from stairgate.policies.reading.selectors import pack_for
from stairgate.printing import paper
from stairgate.printing.paper import Element, Paper

_CHECKLIST = "list-settings"
_HEAD = ("Setting", "We expect", "Found", "As expected?")


@control(
    "C33",
    "A dated sheet of each account, with every setting to be written down, is printed and signed by hand",
)
def settings_sheet(account: ChannelNow, version: PolicyVersion | None, *, at: datetime) -> Paper:
    """Return the sheet of one account. Without a policy there is nothing to expect, so it has no list."""
    channel = account.channel
    place = channel.organisation
    local = place.local(at)
    when = f"{local:%A} {local.day} {local:%B %Y, %H:%M}"
    return Paper(
        title=f"Settings sheet: {channel.name}",
        sender=place.name,
        about=f"Printed {when}.",
        foot=f"{place.name} · {channel.name} · settings sheet · {local.day} {local:%B %Y, %H:%M}",
        made_at=local,
        elements=[
            paper.heading(2, "What we know"),
            paper.facts(_known(account, version)),
            *_list(version),
            paper.by_hand("Looked at by", "Signed", "Date and time"),
            paper.by_hand("Second person", "Signed", "Date and time"),
        ],
    )


def _known(account: ChannelNow, version: PolicyVersion | None) -> list[tuple[str, str]]:
    channel: Channel = account.channel
    connection = getattr(channel, "connection", None)
    allowed = channel.organisation.local(channel.authorised_at)
    rows = [
        ("Kind", channel.get_network_display()),
        ("Address", connection.public_url if connection else ""),
        ("State", channel.get_status_display()),
        ("For", ", ".join(channel.purposes)),
        ("Mailbox", channel.mailbox),
        ("Authorised", f"by {channel.authorised_by.first_name}, {allowed.day} {allowed:%B %Y}"),
        (
            "Page administrators",
            ", ".join(one.first_name for one in account.administrators) or "nobody fit today",
        ),
        ("What shuts its gate", " ".join(one.says for one in account.restrictions) or "nothing"),
    ]
    if version is not None:
        rows.append(("Policy", f"{version.title}, version {version.label}"))
    return rows


def _list(version: PolicyVersion | None) -> list[Element]:
    if version is None:
        return []
    lists = [one for one in pack_for(version).checklists if one.id == _CHECKLIST]
    return [
        element
        for one in lists
        for element in (
            paper.heading(2, one.title),
            paper.words(one.intro),
            paper.table(
                _HEAD,
                [(item.text, item.expected, "", "yes / no") for item in one.items],
                widths=(32, 34, 24, 10),
            ),
        )
    ]
