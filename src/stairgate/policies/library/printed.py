"""The card for families: where children, young people and parents find help."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from stairgate.clauses import Coverage, control
from stairgate.organisations.models import Membership, Organisation
from stairgate.policies.library.selectors import Entry
from stairgate.printing import paper
from stairgate.printing.paper import Paper


def card_version(found: Sequence[Entry], leads: Sequence[Membership]) -> str:
    """Return what tells one card from the next: it changes with every word on it."""
    words = [f"{one.name}\t{one.contact}\t{one.use}" for one in found]
    words += [f"{lead.first_name}\t{lead.phone}" for lead in leads]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:8]


@control(
    "C53",
    "A card to hand out says where to find help, from the list that is looked at each term, with its version",
    coverage=Coverage.WHOLE,
)
def card_paper(
    organisation: Organisation, found: Sequence[Entry], leads: Sequence[Membership], *, at: datetime
) -> Paper:
    """Return the card as a paper: 999, our own safeguarding lead, and what was looked at within a term."""
    local = organisation.local(at)
    version = card_version(found, leads)
    ours = [(f"{lead.first_name}, {lead.job_title}", lead.phone or "ask at the office") for lead in leads]
    rows = [(one.name, one.contact, one.use) for one in found]
    elements = [
        paper.words("Is a child in danger now? Ring 999.", bold=True),
        paper.heading(2, "Here with us"),
        paper.facts(
            [*ours, ("The office", organisation.office_phone), ("E-mail", organisation.office_email)]
        ),
        paper.heading(2, "Elsewhere, free to ask"),
        paper.table(("Who", "How", "What for"), rows, widths=(26, 32, 42))
        if rows
        else paper.words("Ask us: the list is being looked at."),
        paper.small("If something online worries you, tell a grown-up you trust. It is never your fault."),
    ]
    return Paper(
        title="Where to find help",
        sender=organisation.name,
        about="For children, young people, parents and carers: help with staying safe online, and with any worry.",
        foot=f"{organisation.name} · help card {version} · {local.day} {local:%B %Y}",
        made_at=local,
        elements=elements,
    )
