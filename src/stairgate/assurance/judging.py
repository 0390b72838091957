"""What the facts say of each clause, all judges asked. Pure."""

from __future__ import annotations

from stairgate.assurance import (
    judges_asking,
    judges_checking,
    judges_library,
    judges_opening,
    judges_people,
    judges_settings,
    judges_signing,
    judges_telling,
    judges_work,
)
from stairgate.assurance.known import Known
from stairgate.assurance.marks import Mark, Worth

_JUDGES = (
    judges_people.JUDGES
    | judges_signing.JUDGES
    | judges_asking.JUDGES
    | judges_telling.JUDGES
    | judges_opening.JUDGES
    | judges_work.JUDGES
    | judges_settings.JUDGES
    | judges_library.JUDGES
    | judges_checking.JUDGES
)


def marks(known: Known) -> dict[str, Mark]:
    """Return what the facts say, by clause; a clause of which they say nothing is not there.

    What shuts an account breaks its clause, also when no judge knows that reason.
    """
    if known.policy is None:
        return {}
    found = {clause: mark for clause, judge in _JUDGES.items() if (mark := judge(known))}
    for clause, mark in judges_work.shut(known).items():
        if clause not in found or found[clause].worth != Worth.BROKEN:
            found[clause] = mark
    return found
