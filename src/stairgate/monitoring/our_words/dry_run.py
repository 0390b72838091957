"""A change of the setting's own words, tried on what was written before: what it would stop, and what let go.

Only the newest texts are read, in batches, for a few seconds at most. How many were read is part of the answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from stairgate.clauses import control
from stairgate.monitoring.models import Item
from stairgate.organisations.models import Organisation, ScreeningWord
from stairgate.organisations.screening_words import Wanted
from stairgate.organisations.selectors import screening_facts
from stairgate.publishing.models import Post, Revision
from stairgate.publishing.screen import screen_with, words_of
from stairgate.screening import (
    Action,
    Author,
    Context,
    Direction,
    Finding,
    OrganisationFacts,
    OwnWord,
    Screener,
    Screening,
    Severity,
    default_pack,
)
from stairgate.screening.own_words import Additions

MOST_TEXTS = 2_000  # of our posts, and as many comments
MOST_SECONDS = 6.0
MOST_SHOWN = 20
_BATCH = 200
_AROUND = 160  # letters shown before and after what is marked
_ORDER = {Action.PASS: 0, Action.LOOK: 1, Action.HOLD: 2}

_SEVERITIES = {ScreeningWord.Kind.HOLD: Severity.HOLD, ScreeningWord.Kind.LOOK: Severity.LOOK}


@dataclass(frozen=True, slots=True)
class Written:
    """One text of the history: a post of ours in its newest version, or a comment."""

    name: str
    is_ours: bool
    text: str
    alts: tuple[str, ...]
    has_picture: bool
    is_reply: bool
    at: datetime
    address: str = ""

    @property
    def words(self) -> str:
        """Every word of it, as positions of findings count."""
        return words_of(self.text, self.alts) if any(self.alts) else self.text

    def screened(self, screener: Screener) -> Screening:
        """Return what screening finds in it."""
        if self.is_ours:
            return screen_with(screener, self.text, alts=self.alts, is_reply=self.is_reply)
        context = Context(has_picture=self.has_picture, author=Author.STRANGER)
        return screener.screen(self.text, direction=Direction.INBOUND_COMMENT, context=context)


@dataclass(frozen=True, slots=True)
class Difference:
    """One text that would be treated otherwise. ``marked`` is what is found newly, or no longer, in ``excerpt``."""

    written: Written
    before: Action
    after: Action
    excerpt: str
    marked: tuple[Finding, ...]

    @property
    def is_let_go(self) -> bool:
        """Whether less would happen to it than now."""
        return _ORDER[self.after] < _ORDER[self.before]


@dataclass(slots=True)
class DryRun:
    """What a change would do to the texts that were read."""

    posts: int = 0
    comments: int = 0
    stopped: int = 0
    pointed_at: int = 0
    let_go: int = 0
    otherwise: int = 0  # found otherwise, and treated the same
    ran_out: bool = False
    shown: list[Difference] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many texts would be treated otherwise."""
        return self.stopped + self.pointed_at + self.let_go

    @property
    def not_shown(self) -> int:
        """How many of them are counted only."""
        return self.changed - len(self.shown)

    def count(self, one: Difference) -> None:
        """Count a text in which something else would be found."""
        if one.is_let_go:
            self.let_go += 1
        elif one.after is one.before:
            self.otherwise += 1
            return
        elif one.after is Action.HOLD:
            self.stopped += 1
        else:
            self.pointed_at += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(one)


@control("C31", "What a new word of our own would change is shown on our own history before it counts")
def adding(organisation: Organisation, wanted: Wanted, clock: Callable[[], float] = time.monotonic) -> DryRun:
    """Return what would change if this were added."""
    facts = screening_facts(organisation)
    return _tried(organisation, facts, _with(facts, wanted), _only(wanted), clock)


def ending(
    organisation: Organisation, row: ScreeningWord, clock: Callable[[], float] = time.monotonic
) -> DryRun:
    """Return what would change if this were ended."""
    facts = screening_facts(organisation)
    wanted = Wanted.of(row.kind, row.words, row.why)
    return _tried(organisation, facts, _without(facts, wanted), _only(wanted), clock)


def _own(wanted: Wanted) -> tuple[OwnWord, ...]:
    severity = _SEVERITIES.get(wanted.kind)
    return (OwnWord(wanted.words, severity, wanted.why),) if severity else ()


def _only(wanted: Wanted) -> Additions:
    own = _own(wanted)
    return Additions(own, () if own else (wanted.words,))


def _with(facts: OrganisationFacts, wanted: Wanted) -> OrganisationFacts:
    own = _own(wanted)
    if own:
        return replace(facts, own_words=facts.own_words + own)
    return replace(facts, exceptions=facts.exceptions | {wanted.words})


def _without(facts: OrganisationFacts, wanted: Wanted) -> OrganisationFacts:
    own_words = tuple(one for one in facts.own_words if one.words != wanted.words)
    return replace(facts, own_words=own_words, exceptions=facts.exceptions - {wanted.words})


def _tried(
    organisation: Organisation,
    before: OrganisationFacts,
    after: OrganisationFacts,
    only: Additions,
    clock: Callable[[], float],
) -> DryRun:
    now, then = Screener(default_pack(), before), Screener(default_pack(), after)
    run, end = DryRun(), clock() + MOST_SECONDS
    for written in history(organisation):
        if clock() > end:
            run.ran_out = True
            break
        run.posts += written.is_ours
        run.comments += not written.is_ours
        if only.concern(written.words):
            difference = _difference(written, written.screened(now), written.screened(then))
            if difference is not None:
                run.count(difference)
    return run


def _difference(written: Written, before: Screening, after: Screening) -> Difference | None:
    if before.findings == after.findings:
        return None
    new = [finding for finding in after.findings if finding not in before.findings]
    gone = [finding for finding in before.findings if finding not in after.findings]
    excerpt, marked = cut(written.words, new or gone)
    return Difference(written, before.action, after.action, excerpt, marked)


def cut(text: str, findings: list[Finding]) -> tuple[str, tuple[Finding, ...]]:
    """Return the part of a text around the first finding, and the findings that lie in it, counted from there."""
    first = min((finding.start for finding in findings), default=0)
    start, end = max(0, first - _AROUND), min(len(text), first + 2 * _AROUND)
    before, after = "… " if start else "", " …" if end < len(text) else ""
    moved = start - len(before)
    inside = (
        replace(finding, start=finding.start - moved, end=min(finding.end, end) - moved)
        for finding in findings
        if finding.start < end
    )
    return f"{before}{text[start:end]}{after}", tuple(inside)


def history(organisation: Organisation) -> Iterator[Written]:
    """Yield the newest posts and the newest comments of a setting, as many of each as `MOST_TEXTS`, in batches."""
    yield from chain(_posts(organisation), _comments(organisation))


def _posts(organisation: Organisation) -> Iterator[Written]:
    """Yield the newest version of each post, the newest posts first."""
    rows = _newest_versions().filter(post__organisation=organisation).order_by("-created_at", "pk")
    with_pictures = rows.select_related("post").prefetch_related("pictures")
    for row in with_pictures[:MOST_TEXTS].iterator(chunk_size=_BATCH):
        alts = tuple(use.alt for use in row.pictures.all())
        yield Written(
            name=str(row.post_id),
            is_ours=True,
            text=row.text,
            alts=alts,
            has_picture=bool(alts),
            is_reply=row.post.kind == Post.Kind.REPLY,
            at=row.created_at,
            address=reverse("publishing:review", args=[row.post_id]),
        )


def _newest_versions() -> QuerySet[Revision]:
    newer = Revision.objects.filter(post=OuterRef("post"), number__gt=OuterRef("number"))
    return Revision.objects.filter(~Exists(newer))


def _comments(organisation: Organisation) -> Iterator[Written]:
    """Yield what the public wrote, the newest first."""
    rows = Item.objects.filter(organisation=organisation).order_by("-first_seen_at", "pk")
    values = rows.values_list("pk", "text", "has_picture", "first_seen_at")
    for pk, text, has_picture, at in values[:MOST_TEXTS].iterator(chunk_size=_BATCH):
        yield Written(
            name=str(pk), is_ours=False, text=text, alts=(), has_picture=has_picture, is_reply=False, at=at
        )
