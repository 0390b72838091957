"""Screening what is about to go out, with what the setting knows. Failing to screen is never a pass."""

from __future__ import annotations

from functools import lru_cache

from stairgate.organisations.models import Organisation
from stairgate.organisations.selectors import screening_facts
from stairgate.publishing.models import Revision
from stairgate.screening import Author, Context, Direction, Pack, Screener, Screening, default_pack


@lru_cache(maxsize=1)
def _pack() -> Pack:
    return default_pack()


def screen_words(text: str, organisation: Organisation, *, has_picture: bool) -> Screening:
    """Return what screening finds in words that would go out in the setting's name."""
    screener = Screener(_pack(), screening_facts(organisation))
    return screener.screen(
        text, direction=Direction.OUTBOUND_POST, context=Context(has_picture=has_picture, author=Author.STAFF)
    )


def screen_revision(revision: Revision, organisation: Organisation, *, has_picture: bool) -> Screening:
    """Screen a stored version afresh, with today's rules and names."""
    return screen_words(revision.text, organisation, has_picture=has_picture)
