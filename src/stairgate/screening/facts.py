"""What a setting tells the screening about itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from stairgate.screening.names import NameIndex
from stairgate.screening.own_words import Additions, OwnWord, additions_of

MILDEST_LEVEL, STRICTEST_LEVEL = 1, 4


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """One setting's own facts. Children's names exist here only as keyed hashes.

    ``profanity_level`` runs from 1 (hold only the worst words) to 4 (hold even mild ones). Raises
    ValueError outside that range. ``own_words`` are looked for besides the rules of the pack; inside a phrase of
    ``exceptions`` some findings are no matter (`own_words.EXCEPTABLE`).
    """

    names: NameIndex = field(default_factory=NameIndex)
    staff_names: frozenset[str] = frozenset()
    group_names: frozenset[str] = frozenset()
    allowed_contacts: frozenset[str] = frozenset()
    office_phone: str = ""
    profanity_level: int = 3
    own_words: tuple[OwnWord, ...] = ()
    exceptions: frozenset[str] = frozenset()
    #: the two above made ready for screening
    additions: Additions = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not MILDEST_LEVEL <= self.profanity_level <= STRICTEST_LEVEL:
            raise ValueError(f"profanity_level must be {MILDEST_LEVEL} to {STRICTEST_LEVEL}")
        object.__setattr__(self, "additions", additions_of(self.own_words, self.exceptions))
