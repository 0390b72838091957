"""Reads a text and says what it found, where and why. Pure Python: no database, no clock, no network.

from stairgate.screening import Direction, Screener, default_pack
Screener(default_pack()).screen("Text Tom on 07700 900142", direction=Direction.OUTBOUND_POST)
"""

from stairgate.screening.case import MOST_BEFORE
from stairgate.screening.engine import Screener
from stairgate.screening.facts import OrganisationFacts
from stairgate.screening.kinds import (
    Action,
    Author,
    Category,
    Context,
    Direction,
    Finding,
    Screening,
    Severity,
    action_for,
)
from stairgate.screening.names import NameIndex, digest_name, digests_of
from stairgate.screening.own_words import EXCEPTABLE, NEVER_EXCEPTED, OwnWord
from stairgate.screening.pack import Pack, default_pack, load_pack
from stairgate.screening.phrases import PackError
from stairgate.screening.wire import from_json, to_json

__all__ = [
    "EXCEPTABLE",
    "MOST_BEFORE",
    "NEVER_EXCEPTED",
    "Action",
    "Author",
    "Category",
    "Context",
    "Direction",
    "Finding",
    "NameIndex",
    "OrganisationFacts",
    "OwnWord",
    "Pack",
    "PackError",
    "Screener",
    "Screening",
    "Severity",
    "action_for",
    "default_pack",
    "digest_name",
    "digests_of",
    "from_json",
    "load_pack",
    "to_json",
]
