"""The made-up setting the screening tests speak for."""

from __future__ import annotations

from dataclasses import replace

from stairgate.screening import (
    Author,
    Category,
    Context,
    Direction,
    Finding,
    NameIndex,
    OrganisationFacts,
    Screener,
    Screening,
    Severity,
    default_pack,
)

CHILDREN = ("Ottilie", "Idris", "Rowan", "Ada", "Bo", "Maya", "Zoë", "Mary Kate")
KEY = b"a key that only the tests hold!!"
OFFICE = "01632 960118"
FACTS = OrganisationFacts(
    names=NameIndex.build(KEY, CHILDREN),
    staff_names=frozenset({"Priya", "Kofi", "Tom", "Gwen", "Leah"}),
    group_names=frozenset({"Acorns", "Seedlings", "Saplings"}),
    allowed_contacts=frozenset(
        {OFFICE, "office@willowlane.example", "12 Willow Lane, Fenmoor, FE1 2ZZ", "@willowlane"}
    ),
    office_phone=OFFICE,
)
SCREENER = Screener(default_pack(), FACTS)
BY_RULES = Screener(replace(default_pack(), learned=None), FACTS)  # what the rules say, unweighed


def going_out(text: str, *, picture: bool = False) -> Screening:
    """Screen a post of the setting's own."""
    return SCREENER.screen(text, direction=Direction.OUTBOUND_POST, context=Context(has_picture=picture))


def coming_in(text: str, author: Author = Author.STRANGER) -> Screening:
    """Screen a comment by the public."""
    return SCREENER.screen(text, direction=Direction.INBOUND_COMMENT, context=Context(author=author))


def only(screening: Screening, prefix: str) -> list[Finding]:
    """The findings whose rule begins with ``prefix``."""
    return [finding for finding in screening.findings if finding.rule.startswith(prefix)]


def stretch(text: str, finding: Finding) -> str:
    """The words a finding points at."""
    return text[finding.start : finding.end]


def ruled(text: str, author: Author = Author.STRANGER) -> Screening:
    """Screen a comment by the public with the rules alone."""
    return BY_RULES.screen(text, direction=Direction.INBOUND_COMMENT, context=Context(author=author))


def gravest(category: Category, screening: Screening) -> Severity | None:
    """The gravest finding of ``category``, or None where there is none."""
    found = (finding.severity for finding in screening.findings if finding.category is category)
    return max(found, default=None)
