"""The sheet of the envelope: a cover to read before it is opened, and what is inside on a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from stairgate.channels.models import Credential, Envelope
from stairgate.channels.vault.codes import CodeKey
from stairgate.networks.base import Secret
from stairgate.printing import paper
from stairgate.printing.paper import Element, Paper


@dataclass(frozen=True, slots=True)
class Inside:
    """One thing that is in the envelope."""

    credential: Credential
    secret: Secret
    codes: CodeKey | None = field(default=None, repr=False)


def envelope_paper(envelope: Envelope, inside: Sequence[Inside], *, at: datetime) -> Paper:
    """Return the sheet: fold it so that the first page is outside, and seal it."""
    place = envelope.organisation
    local = place.local(at)
    day = f"{local.day} {local:%B %Y, %H:%M}"
    return Paper(
        title=f"Envelope {envelope.number}: {envelope.channel.name}",
        sender=place.name,
        about=f"Printed {day} by {envelope.printed_by.first_name}. Kept: {envelope.kept_where}.",
        foot=f"{place.name} · {envelope.channel.name} · envelope {envelope.number} · {day}",
        made_at=local,
        elements=[*_cover(envelope), paper.new_page(), *_within(inside)],
    )


def _cover(envelope: Envelope) -> list[Element]:
    return [
        paper.heading(2, "Before you open it"),
        paper.words(
            "Inside is what opens this account. Open it only when something on the page cannot wait and nobody who "
            "holds the mailbox can be reached. Is a child in danger now? Ring 999 first."
        ),
        paper.heading(2, "If you open it"),
        paper.bullets(
            [
                f"Say so in Stairgate: Accounts, {envelope.channel.name}, Vault, “Envelope {envelope.number} "
                "was opened”. Managers and the safeguarding lead are told.",
                "Do what cannot wait, and nothing else.",
                "The same day everything inside is changed, the new passwords are put into the vault, and a new "
                "envelope is printed.",
            ]
        ),
        paper.heading(2, "Sealing it"),
        paper.words(
            "Fold the pages with this one outside. Seal the edges, and sign across the seal, two people."
        ),
        paper.by_hand("Sealed by", "Signed across the seal", "Date and time"),
        paper.by_hand("Second person", "Signed across the seal", "Date and time"),
        paper.by_hand("Opened by", "Why", "Date and time"),
    ]


def _within(inside: Sequence[Inside]) -> list[Element]:
    found: list[Element] = []
    for one in inside:
        found.append(paper.heading(2, one.credential.get_kind_display()))
        rows = [
            ("Where", one.credential.where),
            ("Sign in as", one.credential.sign_in),
            ("Secret", str.__str__(one.secret)),
        ]
        if one.codes:
            rows.append(("Key for codes", one.codes.in_groups))
            rows.append(("Kind of codes", one.codes.kind))
        found.append(paper.facts(rows))
    if any(one.codes for one in inside):
        found.append(
            paper.small(
                "Codes: type the key into any authenticator app, “enter a key by hand”, by time. "
                "It then shows the code of the moment."
            )
        )
    return found
