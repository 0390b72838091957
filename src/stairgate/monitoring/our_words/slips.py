"""A slip says that somebody saw what a change would do. Only with it can the change be made, by them, within an hour.

It carries the exact words, sealed, and the state of the list that the preview was made with.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core import signing

from stairgate.organisations.models import Membership, ScreeningWord
from stairgate.organisations.screening_words import CannotKeepWord, Wanted, state_of

_SALT = "stairgate.our_words"
_AN_HOUR = 3600


def slip_to_add(me: Membership, wanted: Wanted) -> str:
    """Return the slip for adding exactly this."""
    return _slip(me, {"add": [wanted.kind.value, wanted.words, wanted.why]})


def slip_to_end(me: Membership, row: ScreeningWord, because: str) -> str:
    """Return the slip for ending exactly this, for exactly this reason."""
    return _slip(me, {"end": [str(row.pk), because]})


def _slip(me: Membership, deed: dict[str, Any]) -> str:
    return signing.dumps({**deed, "by": str(me.pk), "state": state_of(me.organisation)}, salt=_SALT)


def wanted_on(me: Membership, slip: str) -> Wanted:
    """Return what the slip lets this person add. Raises `CannotKeepWord`."""
    return Wanted.of(*_read(me, slip, "add"))


def reason_on(me: Membership, pk: UUID, slip: str) -> str:
    """Return the reason with which the slip lets this person end a row. Raises `CannotKeepWord`."""
    ended, because = _read(me, slip, "end")
    if ended != str(pk):
        raise CannotKeepWord("That was about other words. Look at what would change, and confirm it.")
    return str(because)


def _read(me: Membership, slip: str, deed: str) -> list[str]:
    try:
        said = signing.loads(slip, salt=_SALT, max_age=_AN_HOUR)
    except signing.BadSignature:
        raise CannotKeepWord("First look at what would change. Then confirm it within an hour.") from None
    if deed not in said or said["by"] != str(me.pk):
        raise CannotKeepWord("First look yourself at what would change. Then confirm it.")
    if said["state"] != state_of(me.organisation):
        raise CannotKeepWord("Our words were changed meanwhile. Look again at what would change.")
    found: list[str] = said[deed]
    return found
