"""Screening what is about to go out, with what the setting knows. Failing to screen is never a pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from stairgate.clauses import control
from stairgate.organisations.models import Organisation
from stairgate.organisations.selectors import screening_facts
from stairgate.publishing.models import Post, Revision
from stairgate.screening import (
    Author,
    Context,
    Direction,
    Finding,
    Pack,
    Screener,
    Screening,
    action_for,
    default_pack,
)


@lru_cache(maxsize=1)
def _pack() -> Pack:
    return default_pack()


def words_of(text: str, alts: Sequence[str]) -> str:
    """Return every word the public would get: the text, then the description of each photo."""
    return "\n\n".join([text, *alts])


@control("C36", "The description of a photo is screened like the words: a child's name in it is held")
@control("C79", "Contact details are found in the description of a photo too")
def screen_words(text: str, organisation: Organisation, *, alts: Sequence[str], is_reply: bool) -> Screening:
    """Return what screening finds in words that would go out in the setting's name. One query.

    ``alts`` holds the description of each photo. Positions count in `words_of` both.
    """
    screener = Screener(_pack(), screening_facts(organisation))
    return screen_with(screener, text, alts=alts, is_reply=is_reply)


def screen_with(screener: Screener, text: str, *, alts: Sequence[str], is_reply: bool) -> Screening:
    """Do the same with a screener that is there already."""
    context = Context(has_picture=bool(alts), is_reply=is_reply, author=Author.STAFF)
    own = screener.screen(text, direction=Direction.OUTBOUND_POST, context=context)
    if not any(alts):
        return own
    whole = screener.screen(words_of(text, alts), direction=Direction.OUTBOUND_POST, context=context)
    beside = tuple(_described(finding) for finding in whole.findings if finding.end > len(text))
    findings = own.findings + beside
    return replace(own, findings=findings, action=action_for(findings))


def clean_among(texts: Sequence[str], organisation: Organisation) -> frozenset[str]:
    """Return those texts in which screening finds nothing at all. What cannot be screened raises. One query."""
    return frozenset(text for text, found in screen_all(texts, organisation).items() if not found.findings)


def screen_all(texts: Sequence[str], organisation: Organisation) -> dict[str, Screening]:
    """Return, for each text, what screening finds in it as a post without photos. One query."""
    screener = Screener(_pack(), screening_facts(organisation))
    context = Context(has_picture=False, is_reply=False, author=Author.STAFF)
    return {
        text: screener.screen(text, direction=Direction.OUTBOUND_POST, context=context) for text in set(texts)
    }


def _described(finding: Finding) -> Finding:
    """Say where it is. The editor offers new wording for the text alone."""
    return replace(finding, title=f"{finding.title}, in the description of a photo", suggestion=None)


def screen_revision(revision: Revision, post: Post) -> Screening:
    """Screen a stored version afresh, with today's rules and names."""
    alts = [use.alt for use in revision.pictures.all()]
    is_reply = post.kind == Post.Kind.REPLY
    return screen_words(revision.text, post.organisation, alts=alts, is_reply=is_reply)
